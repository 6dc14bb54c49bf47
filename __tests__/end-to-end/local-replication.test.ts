import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createDatabase, type TestDatabase } from "../support/database";
import { eventually } from "../support/eventually";
import { sharedServer } from "../support/shared-environment";
import { type CdktfWorkspace, createCdktfWorkspace } from "./cdktf-workspace";
import { filesWith } from "./files-with";

const name = "local_replication";
const twoTables = { tables: JSON.stringify(["public.LogicalReplicationTest", `public."it's 2.0"`]) };

test.concurrent(
  "18 to 18: cdktf deploys, extends, rotates the password of and destroys the replication, and writes no secret down",
  async () => {
    const { publisher, subscriber, workspace, secrets, run } = await setUp("publisher");

    await run("deploy", "--auto-approve");
    expect(await count(subscriber, "LogicalReplicationTest")).toBe(10_000);
    expect(await run("diff")).toContain("No changes.");
    const firstCopy = await copies(subscriber);
    expect(firstCopy).toHaveLength(1);

    Object.assign(workspace.variables, twoTables);
    await run("deploy", "--auto-approve");
    expect(await copied(subscriber, "it's 2.0", 10)).toBe(10);
    const secondCopy = await copies(subscriber);
    expect(secondCopy).toHaveLength(2);
    expect(secondCopy).toEqual(expect.arrayContaining(firstCopy));

    Object.assign(workspace.variables, {
      replication_password: secrets[1],
      replication_password_version: "2",
    });
    await run("deploy", "--auto-approve");
    await disconnectSubscribers(publisher);
    await publisher.query('INSERT INTO "LogicalReplicationTest" VALUES (10001)');
    expect(await copied(subscriber, "LogicalReplicationTest", 10_001)).toBe(10_001);
    expect(await copies(subscriber)).toEqual(secondCopy);

    // Rows come and go: they are counted again when that is asked for.
    expect(await run("diff")).toContain("No changes.");
    const counted = await outputsOf(workspace);
    expect(counted["replication_status"]).toEqual({
      slot_exists: true,
      slot_lost: false,
      subscription_exists: true,
      enabled: true,
      initial_sync_done: true,
      tables: { "public.it's 2.0": "ready", "public.LogicalReplicationTest": "ready" },
    });
    const rows = (table: string, outputs: Record<string, unknown>): unknown =>
      (outputs["row_counts"] as Record<string, unknown>)[`public.${table}`];
    expect(rows("LogicalReplicationTest", counted)).toMatchObject({ publisher: 10_000, subscriber: 10_000 });
    Object.assign(workspace.variables, { row_count_version: "2" });
    await run("deploy", "--auto-approve");
    const again = await outputsOf(workspace);
    expect(rows("LogicalReplicationTest", again)).toMatchObject({ publisher: 10_001, subscriber: 10_001 });
    expect(await run("diff")).toContain("No changes.");

    const outputs = await run("output");
    expect(outputs).toContain(`publication = ${name}`);
    expect(outputs).toContain(`subscription = ${name}`);
    expect(outputs).toContain(`slot_name = ${name}`);
    expect(outputs).toContain("public.LogicalReplicationTest");

    const written = await workspace.files();
    await run("destroy", "--auto-approve");
    expect([...(await remains(publisher)), ...(await remains(subscriber))]).toEqual([]);
    expect(await count(subscriber, "LogicalReplicationTest")).toBe(10_001);

    // What the secrets are not in must be what they would be in.
    const places = ["terraform.local.tfstate", "cdktf.log", "cdktf.out/stacks/local/plan/tfplan"];
    expect(filesWith(name, written)).toEqual(expect.arrayContaining(places));
    expect(filesWith("terraform-provider-postgresql", written)).toContain("terraform.log");
    for (const value of [...secrets, publisher.server.password, subscriber.server.password]) {
      expect(filesWith(value, written)).toEqual([]);
      expect(filesWith(value, await workspace.files())).toEqual([]);
    }
  },
  300_000,
);

test.concurrent(
  "10 to 18: cdktf deploys, extends and destroys the replication, without waiting for copies, and without an output that moves",
  async () => {
    const { publisher, subscriber, workspace, run } = await setUp("publisher10");
    Object.assign(workspace.variables, { wait_for_initial_sync: "false", compare_row_counts: "false" });

    await run("deploy", "--auto-approve");
    expect(await run("diff")).toContain("No changes.");
    expect(await outputsOf(workspace)).toMatchObject({
      replication_status: { slot_exists: true, enabled: true, tables: null, initial_sync_done: null },
      row_counts: {},
    });
    expect(await copied(subscriber, "LogicalReplicationTest", 10_000)).toBe(10_000);
    expect(await run("diff")).toContain("No changes.");

    Object.assign(workspace.variables, twoTables);
    await run("deploy", "--auto-approve");
    expect(await copied(subscriber, "it's 2.0", 10)).toBe(10);

    await run("destroy", "--auto-approve");
    expect([...(await remains(publisher)), ...(await remains(subscriber))]).toEqual([]);
  },
  300_000,
);

/** Two databases, with tables at the publisher, and a workspace whose variables name them. */
async function setUp(publisherName: "publisher" | "publisher10") {
  const publisher = await createDatabase(sharedServer(publisherName));
  const subscriber = await createDatabase(sharedServer("subscriber"));
  await createTable(publisher, "LogicalReplicationTest", 10_000);
  await createTable(publisher, "it's 2.0", 10);
  const secrets = [secret(), secret()] as const;
  const workspace = await createCdktfWorkspace({
    ...serverVariables("publisher", publisher),
    ...serverVariables("subscriber", subscriber),
    replication_password: secrets[0],
  });
  const run = (command: string, ...flags: string[]) => workspace.cdktf(command, "local", ...flags);
  return { publisher, subscriber, workspace, secrets, run };
}

/** The stack's outputs as its state has them. */
async function outputsOf({ directory }: CdktfWorkspace): Promise<Record<string, unknown>> {
  const state = JSON.parse(await readFile(join(directory, "terraform.local.tfstate"), "utf8")) as {
    readonly outputs: Readonly<Record<string, { readonly value: unknown }>>;
  };
  return Object.fromEntries(Object.entries(state.outputs).map(([key, { value }]) => [key, value]));
}

function secret(): string {
  return `it's \\ ${randomBytes(8).toString("hex")}`;
}

function serverVariables(role: string, { server, name: database }: TestDatabase): Record<string, string> {
  const { host, port, username, password } = server;
  return Object.fromEntries(
    Object.entries({ host, port, database, username, password }).map(([key, value]) => [
      `${role}_${key}`,
      String(value),
    ]),
  );
}

async function createTable(database: TestDatabase, table: string, rows: number): Promise<void> {
  await database.query(`CREATE TABLE "${table}" (a int PRIMARY KEY)`);
  await database.query(`INSERT INTO "${table}" SELECT generate_series(1, $1::int)`, [rows]);
}

async function count(database: TestDatabase, table: string): Promise<number> {
  const [row] = await database.query<{ count: number }>(`SELECT count(*)::int FROM "${table}"`);
  return row?.count ?? -1;
}

/** The table's rows once they have come. */
function copied(database: TestDatabase, table: string, rows: number): Promise<number> {
  return eventually(
    () => count(database, table),
    (found) => found === rows,
  );
}

/** Which tables were copied, and when: a table that is copied again has another position, and other row versions. */
async function copies(subscriber: TestDatabase): Promise<unknown[]> {
  const tables = await eventually(
    () =>
      subscriber.query<{ table: string; lsn: string; state: string }>(
        `SELECT srrelid::regclass::text AS table, srsublsn::text AS lsn, srsubstate AS state
         FROM pg_subscription_rel JOIN pg_subscription s ON s.oid = srsubid
         WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      ),
    (found) => found.every(({ state }) => state === "r"),
  );
  return Promise.all(
    tables.map(async ({ table, lsn }) => {
      const [first] = await subscriber.query(`SELECT xmin::text FROM ${table} WHERE a = 1`);
      return { table, lsn, first };
    }),
  );
}

/** Makes the subscribers connect anew, with the password that they have now. */
async function disconnectSubscribers(publisher: TestDatabase): Promise<void> {
  await publisher.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_replication JOIN pg_stat_activity USING (pid) WHERE datname = current_database()",
  );
}

/** What of the replication is there, of whatever kind. */
function remains(database: TestDatabase): Promise<unknown[]> {
  return database.query(
    `SELECT 'slot' AS kind FROM pg_replication_slots WHERE slot_name = $1 AND database = current_database()
     UNION ALL SELECT 'publication' FROM pg_publication
     UNION ALL SELECT 'role' FROM pg_roles WHERE rolname = $1
     UNION ALL SELECT 'subscription' FROM pg_subscription
       WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [name],
  );
}
