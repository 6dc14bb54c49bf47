import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { DatabaseError, escapeIdentifier, Pool, type QueryResultRow } from "pg";
import { connectionUrl, type PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { withClient } from "./client";

/** A database of a test's own in a shared server. It is dropped after the last test of the file. */
export interface TestDatabase {
  readonly server: PostgresEndpoint;
  /** Unique; starts with `t_`. */
  readonly name: string;
  /** Runs SQL as the superuser and returns the rows; `$1` and so on stand for the parameters. */
  query<Row extends QueryResultRow>(sql: string, parameters?: unknown[]): Promise<Row[]>;
}

interface OpenDatabase extends TestDatabase {
  readonly pool: Pool;
}

const open: OpenDatabase[] = [];

/** Creates an empty database with a name that no other test has. */
export async function createDatabase(server: PostgresEndpoint): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name}`));
  const pool = new Pool({ connectionString: connectionUrl(server, name), max: 5 });
  // Connections are terminated on purpose when the database is dropped, by us or by the test.
  pool.on("error", () => {});
  const database: OpenDatabase = {
    server,
    name,
    pool,
    query: async <Row extends QueryResultRow>(sql: string, parameters?: unknown[]) =>
      (await pool.query<Row>(sql, parameters)).rows,
  };
  open.push(database);
  return database;
}

/** Drops every database made so far, with whatever is in it or hangs on it. Runs by itself after the last test. */
export async function dropDatabases(): Promise<void> {
  const databases = open.splice(0);
  // Subscriptions first: while both sides are there, each takes its slot at the publisher with it.
  await Promise.all(databases.map(dropSubscriptions));
  await Promise.all(databases.map(dropDatabase));
}

afterAll(dropDatabases);

async function dropSubscriptions(database: OpenDatabase): Promise<void> {
  try {
    const subscriptions = await database.query<{ subname: string }>(
      "SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE datname = current_database()",
    );
    for (const { subname } of subscriptions) {
      const name = escapeIdentifier(subname);
      await database.query(`DROP SUBSCRIPTION ${name}`).catch(async () => {
        // Its publisher or its slot is gone already.
        await database.query(`ALTER SUBSCRIPTION ${name} DISABLE`);
        await database.query(`ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`);
        await database.query(`DROP SUBSCRIPTION ${name}`);
      });
    }
  } catch (error) {
    // The test itself dropped the database.
    if (!hasCode(error, "3D000")) {
      throw error;
    }
  }
}

async function dropDatabase({ server, name, pool }: OpenDatabase): Promise<void> {
  await pool.end();
  await withClient(server, async (client) => {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) {
      return;
    }
    // Subscribers of other tests' making would reconnect faster than we can terminate them.
    await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    const deadline = Date.now() + 10_000;
    for (;;) {
      await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
      try {
        await client.query(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = $1",
          [name],
        );
        await client.query(`DROP DATABASE ${name}`);
        return;
      } catch (error) {
        // A terminated backend takes a moment to let go of its slot and of the database.
        if (!hasCode(error, "55006") || Date.now() > deadline) {
          throw error;
        }
        await setTimeout(20);
      }
    }
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof DatabaseError && error.code === code;
}
