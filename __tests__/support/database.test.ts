import { conninfo } from "../../sandbox/postgres-endpoint";
import { startSandbox, type Sandbox } from "../../sandbox/sandbox";
import { createDatabase, dropDatabases } from "./database";

let sandbox: Sandbox<"publisher" | "subscriber">;

beforeAll(async () => {
  sandbox = await startSandbox({ servers: { publisher: { major: 10 }, subscriber: { major: 18 } } });
});

afterAll(async () => {
  await dropDatabases();
  await sandbox.stop();
});

test("every database is another, and the server answers in it", async () => {
  const [a, b] = await Promise.all([1, 2].map(() => createDatabase(sandbox.servers.publisher)));
  expect(a?.name).not.toBe(b?.name);
  expect(await a?.query("SELECT current_database() AS name, $1::int + 1 AS sum", [1])).toEqual([
    { name: a?.name, sum: 2 },
  ]);
});

test("dropping leaves no database, subscription or slot, whichever of them was in use", async () => {
  const publisher = await createDatabase(sandbox.servers.publisher);
  const subscriber = await createDatabase(sandbox.servers.subscriber);
  await publisher.query("CREATE TABLE t (a int PRIMARY KEY)");
  await publisher.query("CREATE PUBLICATION p FOR ALL TABLES");
  await publisher.query("SELECT pg_create_logical_replication_slot('forgotten', 'pgoutput')");
  await subscriber.query("CREATE TABLE t (a int PRIMARY KEY)");
  await subscriber.query(
    `CREATE SUBSCRIPTION "S 1" CONNECTION $$${conninfo(sandbox.servers.publisher, publisher.name)}$$ PUBLICATION p WITH (slot_name = s1)`,
  );
  await subscriber.query(
    `CREATE SUBSCRIPTION orphan CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = none)`,
  );
  await subscriber.query("ALTER SUBSCRIPTION orphan SET (slot_name = lost)");

  await dropDatabases();

  for (const server of [sandbox.servers.publisher, sandbox.servers.subscriber]) {
    const other = await createDatabase(server);
    expect(await other.query("SELECT slot_name FROM pg_replication_slots")).toEqual([]);
    expect(await other.query("SELECT subname FROM pg_subscription")).toEqual([]);
    expect(
      await other.query("SELECT datname FROM pg_database WHERE datname LIKE 't\\_%' AND datname <> $1", [
        other.name,
      ]),
    ).toEqual([]);
  }
});

test("a database that the test dropped itself is no error", async () => {
  const database = await createDatabase(sandbox.servers.subscriber);
  const other = await createDatabase(sandbox.servers.subscriber);
  await other.query(`DROP DATABASE ${database.name} WITH (FORCE)`);
  await expect(dropDatabases()).resolves.toBeUndefined();
});
