import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { conninfo } from "../../sandbox/postgres-endpoint";
import { type SandboxServer, startSandboxServer } from "../../sandbox/sandbox-server";
import type { PostgresSettings } from "../../sandbox/postgres-settings";
import { connectClient } from "../support/client";
import { createDatabase, dropDatabases, type TestDatabase } from "../support/database";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import { createTerraform, type Terraform } from "../support/terraform";

// The provider watches a stalled copy for half a minute, so these tests run concurrently.

const started: SandboxServer[] = [];

afterAll(async () => {
  await dropDatabases();
  await Promise.all(started.map((server) => server.stop()));
});

async function startServer(settings: PostgresSettings): Promise<SandboxServer> {
  const server = await startSandboxServer({ major: 18, settings });
  started.push(server);
  return server;
}

/** A database with the empty tables `a` and `b`, published by `p`. */
async function databaseWithTables(server: PostgresEndpoint): Promise<TestDatabase> {
  const database = await createDatabase(server);
  await database.query(
    "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE a, b",
  );
  return database;
}

async function subscribe(publisher: TestDatabase, subscriber: TestDatabase): Promise<void> {
  const connection = conninfo(publisher.server, publisher.name).replaceAll("'", "''");
  await subscriber.query(
    `CREATE SUBSCRIPTION s CONNECTION '${connection}' PUBLICATION p WITH (slot_name = '${subscriber.name}')`,
  );
}

async function waiting({ server, name }: TestDatabase): Promise<Terraform> {
  const terraform = await createTerraform({ provider: { server, database: name } });
  await terraform.write({ resource: { postgresql_initial_sync: { s: { subscription: "s" } } } });
  return terraform;
}

const LOG = "The subscriber's server log has the exact error.";
const UNCHANGED = "Nothing was changed, and nothing is lost: the server goes on trying.";

test.concurrent.each(["subscriber", "publisher10"] as const)(
  "a publisher without a free slot for copies is reported with its limits, to the subscriber %s",
  async (name) => {
    const publisher = await databaseWithTables(await startServer({ max_replication_slots: "1" }));
    const subscriber = await databaseWithTables(sharedServer(name));
    await subscribe(publisher, subscriber);
    const { diagnostics } = await errorOf((await waiting(subscriber)).apply());
    expect(diagnostics).toMatchObject([{ summary: "First copy fails again and again" }]);
    const detail = diagnostics[0]?.detail ?? "";
    expect(detail).toMatch(/^Subscription "s" in database "t_\w+": the copy of public\.(a|b) \(copying\)/);
    expect(detail).toContain("max_replication_slots and max_wal_senders at the publisher");
    expect(detail).toContain("grant it SELECT");
    expect(detail).toMatch(
      name === "subscriber"
        ? /\d+ of 50 \(max_active_replication_origins\) are in use/
        : /\d+ of 50 \(max_replication_slots\) are in use/,
    );
    expect(detail).toContain(LOG);
    expect(detail).toContain(UNCHANGED);
  },
);

test.concurrent(
  "a subscriber without a free sync worker is reported with its limits and their use",
  async () => {
    const publisher = await databaseWithTables(sharedServer("publisher"));
    const subscriber = await databaseWithTables(await startServer({ max_logical_replication_workers: "1" }));
    await subscribe(publisher, subscriber);
    const { diagnostics } = await errorOf((await waiting(subscriber)).apply());
    expect(diagnostics).toMatchObject([{ summary: "First copy does not start" }]);
    const detail = diagnostics[0]?.detail ?? "";
    expect(detail).toMatch(
      /^Subscription "s" in database "t_\w+" is connected to the publisher, but for \d+ s no worker has copied public\.a \(initializing\), public\.b \(initializing\)\./,
    );
    expect(detail).toContain("max_logical_replication_workers: 1 of 1 in use");
    expect(detail).toContain("max_sync_workers_per_subscription: 4");
    expect(detail).toContain("max_worker_processes: 40");
    expect(detail).toContain(UNCHANGED);
  },
);

test.concurrent("a subscription whose worker cannot connect is reported with the likely causes", async () => {
  const publisher = await databaseWithTables(sharedServer("publisher"));
  const subscriber = await databaseWithTables(sharedServer("subscriber"));
  const lock = await connectClient(subscriber.server, subscriber.name);
  await lock.query("BEGIN; LOCK TABLE b IN EXCLUSIVE MODE");
  await subscribe(publisher, subscriber);
  await subscriber.query(
    `ALTER SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1 dbname=${publisher.name} user=nobody'`,
  );
  await lock.end();
  // A copy that has already started may finish.
  await publisher.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active");
  const { diagnostics } = await errorOf((await waiting(subscriber)).apply());
  expect(diagnostics).toMatchObject([{ summary: "The subscription's worker is not connected" }]);
  const detail = diagnostics[0]?.detail ?? "";
  expect(detail).toMatch(
    /no worker has stayed connected to the publisher for \d+ s, so nothing is copied: \d of 2 tables/,
  );
  expect(detail).toContain("check host and port in conninfo");
  expect(detail).toMatch(/max_logical_replication_workers: \d+ of 20 in use/);
  expect(detail).toContain(LOG);
  expect(detail).toContain(UNCHANGED);
  await subscriber.query(
    "ALTER SUBSCRIPTION s DISABLE; ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s",
  );
});

test.concurrent("copies that queue behind those of another subscription are awaited", async () => {
  const server = await startServer({
    max_logical_replication_workers: "3",
    max_sync_workers_per_subscription: "1",
  });
  const publisher = await databaseWithTables(sharedServer("publisher"));
  const first = await databaseWithTables(server);
  const second = await databaseWithTables(server);
  const lock = await connectClient(server, first.name);
  await lock.query("BEGIN; LOCK TABLE a, b IN EXCLUSIVE MODE");
  await subscribe(publisher, first);
  const workers = () =>
    first.query<{ workers: number }>("SELECT count(pid)::int AS workers FROM pg_stat_subscription");
  await eventually(workers, ([row]) => row?.workers === 2);
  await subscribe(publisher, second);
  await eventually(workers, ([row]) => row?.workers === 3);

  const terraform = await waiting(second);
  const apply = terraform.apply();
  let ended = false;
  const end = (): void => void (ended = true);
  void apply.then(end, end);
  // Longer than the provider watches a stalled copy.
  const since = Date.now();
  await eventually(() => Date.now() - since > 40_000 || ended);
  expect(ended).toBe(false);
  await lock.end();
  await apply;
  await terraform.expectEmptyPlan();
});
