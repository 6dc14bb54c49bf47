import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { startSandboxServer } from "../../sandbox/sandbox-server";
import { connectClient } from "../support/client";
import { createDatabase, type TestDatabase } from "../support/database";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const publisher = sharedServer("publisher");
const publisher10 = sharedServer("publisher10");
const ADDRESS = "postgresql_replication_slot.s";

/** A configuration with one slot at `postgresql_replication_slot.s`. */
function slot(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_replication_slot: { s: { plugin: "pgoutput", ...attributes } } } };
}

const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end()));
});

async function connect(server: PostgresEndpoint, database: string, options: object = {}): Promise<Client> {
  const client = await connectClient(server, database, options);
  clients.push(client);
  return client;
}

/** Reads from a slot, as a subscriber does, until the client ends. */
async function readFrom(database: TestDatabase, name: string): Promise<Client> {
  const options = { replication: "database", application_name: "the reader" };
  const client = await connect(database.server, database.name, options);
  // It streams for ever.
  client
    .query(`START_REPLICATION SLOT ${name} LOGICAL 0/0 (proto_version '1', publication_names 'p')`)
    .catch(() => undefined);
  await eventually(
    () => slotsOf(database),
    ([row]) => row?.active === true,
  );
  return client;
}

describe("postgresql_replication_slot", () => {
  test("is created, imported, made anew when something changes or it is gone, and destroyed", async () => {
    const database = await createDatabase(publisher);
    const other = await createDatabase(publisher);
    const [name, second] = [`${database.name}_a`, `${database.name}_b`];
    const provider = { server: publisher, database: database.name };
    const terraform = await createTerraform({ provider });
    await terraform.write(slot({ name, two_phase: true, failover: true }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      id: `${database.name}.${name}`,
      name,
      database: database.name,
      plugin: "pgoutput",
      two_phase: true,
      failover: true,
      wal_status: "reserved",
    });
    expect(await slotsOf(database)).toMatchObject([
      { name, plugin: "pgoutput", two_phase: true, failover: true },
    ]);

    const importing = await createTerraform({ provider });
    await importing.write(slot({ name }));
    await importing.import(ADDRESS, `${database.name}.${name}`);
    await importing.expectEmptyPlan();

    await terraform.write(slot({ name: second, database: other.name, plugin: "test_decoding" }));
    const { changes } = await terraform.plan();
    expect(changes[ADDRESS]?.replace_paths).toEqual(
      expect.arrayContaining([["name"], ["database"], ["plugin"]]),
    );
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await slotsOf(database)).toEqual([]);
    expect(await slotsOf(other)).toMatchObject([{ name: second, plugin: "test_decoding", two_phase: false }]);

    await other.query("SELECT pg_drop_replication_slot($1)", [second]);
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.apply();
    await terraform.destroy();
    expect(await slotsOf(other)).toEqual([]);
  });

  test("refuses a bad name, and one that is taken anywhere in the server", async () => {
    const database = await createDatabase(publisher);
    const other = await createDatabase(publisher);
    const name = database.name;
    await database.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [name]);
    await database.query("SELECT pg_create_physical_replication_slot($1)", [`${name}_physical`]);
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write({
      resource: {
        postgresql_replication_slot: {
          here: { name, plugin: "pgoutput" },
          there: { name, database: other.name, plugin: "pgoutput" },
          physical: { name: `${name}_physical`, plugin: "pgoutput" },
        },
      },
    });
    const { diagnostics } = await errorOf(terraform.plan());
    const found = Object.fromEntries(diagnostics.map((each) => [`${each.address}`, each.detail]));
    expect(found["postgresql_replication_slot.here"]).toContain(`terraform import ADDRESS '${name}.${name}'`);
    expect(found["postgresql_replication_slot.there"]).toContain(`a slot of this name in database "${name}"`);
    expect(found["postgresql_replication_slot.physical"]).toContain("a physical slot of this name");
    await database.query("SELECT pg_drop_replication_slot($1)", [`${name}_physical`]);

    await terraform.write(slot({ name: "My-Slot" }));
    const invalid = await errorOf(terraform.plan());
    expect(invalid.diagnostics[0]).toMatchObject({ summary: "Invalid name", attribute: "name" });

    await terraform.write(slot({ name: `${name}_b`, plugin: "nonesuch" }));
    const missing = await errorOf(terraform.apply());
    expect(missing.diagnostics[0]?.detail).toMatch(
      /could not access file "nonesuch".*SQLSTATE 58P01.*Correct the plugin's name/s,
    );
    expect(await slotsOf(database)).toMatchObject([{ name }]);
  });

  test("waits for running transactions while it is created, and leaves nothing behind when that ends early", async () => {
    const database = await createDatabase(publisher);
    const name = database.name;
    const client = await connect(publisher, "postgres");
    await client.query("BEGIN; SELECT txid_current()");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });

    await terraform.write(slot({ name, timeouts: { create: "1s" } }));
    const late = await errorOf(terraform.apply());
    expect(late.diagnostics[0]?.detail).toMatch(
      /after all transactions that were running at the start have ended.*timeouts \{ create/s,
    );
    expect(await slotsOf(database)).toEqual([]);

    await terraform.write(slot({ name }));
    const interrupted = await terraform.applyUntil(async () => (await slotsOf(database)).length > 0);
    expect(interrupted.diagnostics[0]?.detail).toContain("The operation was cancelled.");
    expect(await slotsOf(database)).toEqual([]);
    expect(await terraform.state(ADDRESS)).toBeUndefined();
  });

  test("takes new timeouts while its wal_status moves", async () => {
    const database = await createDatabase(publisher);
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write(slot({ name: database.name }));
    await terraform.apply();
    // As if the slot had been behind when Terraform looked.
    const stateFile = join(terraform.directory, "terraform.tfstate");
    const state = await readFile(stateFile, "utf8");
    expect(state).toContain('"wal_status": "reserved"');
    await writeFile(stateFile, state.replace('"wal_status": "reserved"', '"wal_status": "extended"'));
    await terraform.write(slot({ name: database.name, timeouts: { delete: "1m" } }));
    await terraform.apply("-refresh=false");
    expect(await terraform.state(ADDRESS)).toMatchObject({ timeouts: { delete: "1m" } });
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });

  test("is destroyed once nobody reads from it, and names the reader that does not stop", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE PUBLICATION p");
    const name = database.name;
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write(slot({ name, timeouts: { delete: "1s" } }));
    await terraform.apply();
    const reader = await readFrom(database, name);
    const [busy] = await slotsOf(database);

    const { diagnostics } = await errorOf(terraform.destroy());
    expect(diagnostics).toMatchObject([{ summary: "Replication slot is in use" }]);
    expect(diagnostics[0]?.detail).toContain(
      `process ${busy?.active_pid} of the server (application "the reader")`,
    );

    await terraform.write(slot({ name }));
    await terraform.apply();
    const destroying = terraform.destroy();
    const asked = new Set<string>();
    await eventually(
      async () => {
        const rows = await database.query<{ asked: string }>(
          `SELECT pid || ' ' || query_start AS asked FROM pg_stat_activity
           WHERE application_name = 'terraform-provider-postgresql' AND query LIKE '%active_pid%' AND datname = current_database()`,
        );
        for (const row of rows) {
          asked.add(row.asked);
        }
        return [...asked].map((each) => each.split(" ")[0]);
      },
      // The refresh asks once: whoever asks again is waiting.
      (pids) => pids.length > new Set(pids).size,
    );
    await reader.end();
    await destroying;
    expect(await slotsOf(database)).toEqual([]);
  });

  test("says what the server's settings are short of, and when the slot is lost", async () => {
    const server = await startSandboxServer({
      major: 18,
      settings: { wal_level: "replica", max_replication_slots: "1" },
    });
    try {
      const terraform = await createTerraform({ provider: { server } });
      await terraform.write(slot({ name: "a" }));
      const early = await errorOf(terraform.apply());
      expect(early.diagnostics[0]).toMatchObject({
        severity: "warning",
        summary: "Logical replication is not enabled yet",
      });
      expect(early.diagnostics.at(-1)?.detail).toMatch(
        /wal_level.*\(SQLSTATE 55000\).*rds\.logical_replication = 1/s,
      );

      await server.restart({ wal_level: "logical", max_replication_slots: "1" });
      await terraform.apply();
      const full = await createTerraform({ provider: { server } });
      await full.write(slot({ name: "b" }));
      const refused = await errorOf(full.apply());
      expect(refused.diagnostics[0]).toMatchObject({
        severity: "warning",
        summary: "All replication slots are in use",
      });
      expect(refused.diagnostics.at(-1)?.detail).toMatch(/\(SQLSTATE 53400\).*Raise max_replication_slots/s);

      const client = await connect(server, "postgres");
      await client.query("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
      await client.query("SELECT pg_reload_conf()");
      await eventually(
        async () => {
          await client.query("CREATE TABLE IF NOT EXISTS t (a int); INSERT INTO t VALUES (1)");
          await client.query("SELECT pg_switch_wal()");
          await client.query("CHECKPOINT");
          const { rows } = await client.query<{ wal_status: string }>(
            "SELECT wal_status FROM pg_replication_slots",
          );
          return rows[0]?.wal_status;
        },
        (status) => status === "lost",
      );
      const { changes, diagnostics } = await terraform.plan();
      expect(changes).toEqual({});
      expect(diagnostics).toMatchObject([{ severity: "warning", summary: "Replication slot is lost" }]);
      expect(diagnostics[0]?.detail).toContain("terraform apply -replace=ADDRESS");
      await terraform.apply(`-replace=${ADDRESS}`);
      expect((await terraform.plan()).diagnostics).toEqual([]);
    } finally {
      await Promise.all(clients.splice(0).map((client) => client.end()));
      await server.stop();
    }
  });

  test.each(["publisher", "publisher10"] as const)(
    "can be managed at the %s by a role with REPLICATION, and by no other",
    async (serverName) => {
      const server = sharedServer(serverName);
      const database = await createDatabase(server);
      const replicator = await createRole(server, "REPLICATION");
      const terraform = await createTerraform({ provider: { server: replicator, database: database.name } });
      await terraform.write(slot({ name: database.name }));
      await terraform.apply();
      await terraform.expectEmptyPlan();
      await terraform.destroy();
      expect(await slotsOf(database)).toEqual([]);

      await database.query(`ALTER ROLE ${replicator.username} NOREPLICATION`);
      const { diagnostics } = await errorOf(terraform.apply());
      expect(diagnostics[0]?.detail).toMatch(/\(SQLSTATE 42501\).*REPLICATION attribute.*rds_replication/s);
    },
  );

  test("takes over the state that the upstream provider has left, and names versions that lack an option", async () => {
    const database = await createDatabase(publisher10);
    const name = database.name;
    await database.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [name]);
    const terraform = await createTerraform({ provider: { server: publisher10, database: name } });
    await terraform.write(slot({ name }));
    await writeUpstreamState(terraform, ADDRESS, {
      id: `${name}.${name}`,
      name,
      database: name,
      plugin: "pgoutput",
    });
    expect((await terraform.plan("-refresh=false")).changes).toEqual({});
    await terraform.expectEmptyPlan();
    await terraform.destroy();

    await terraform.write(slot({ name, two_phase: true, failover: true }));
    const { diagnostics } = await errorOf(terraform.plan());
    expect(diagnostics).toMatchObject([
      { summary: "PostgreSQL 14 or later is needed", attribute: "two_phase" },
      { summary: "PostgreSQL 17 or later is needed", attribute: "failover" },
    ]);
  });
});

interface SlotRow {
  readonly name: string;
  readonly plugin: string;
  readonly active: boolean;
  readonly active_pid: number | null;
}

/** The slots of a database, with whatever else this version has of them. */
function slotsOf(database: TestDatabase): Promise<SlotRow[]> {
  return database.query<SlotRow & Record<string, unknown>>(
    "SELECT slot_name AS name, * FROM pg_replication_slots WHERE database = current_database()",
  );
}
