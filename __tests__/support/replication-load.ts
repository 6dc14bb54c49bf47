import type { Client } from "pg";
import { connectClient } from "./client";
import type { TestDatabase } from "./database";
import { eventually } from "./eventually";
import type { Pair } from "./subscription-pair";

const sessions: Client[] = [];

afterAll(async () => {
  // Only a test that has failed leaves one.
  await Promise.all(sessions.map((client) => client.end().catch(() => undefined)));
});

/** A session of its own in a database. */
export async function openSession(database: TestDatabase): Promise<Client> {
  const client = await connectClient(database.server, database.name);
  sessions.push(client);
  return client;
}

/** Keeps the subscriber behind: its worker waits for the table until the returned function is called. */
export async function holdBack({ subscriber }: Pair, table: string): Promise<() => Promise<void>> {
  const client = await openSession(subscriber);
  await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return () => client.end();
}

/**
 * Inserts ever higher numbers into a table, one a transaction, until it is stopped. Returns at once.
 *
 * @param from - the first number.
 */
export async function startWriter(
  database: TestDatabase,
  table: string,
  from: number,
): Promise<() => Promise<void>> {
  const client = await openSession(database);
  let stopped = false;
  const written = (async () => {
    for (let id = from; !stopped; id += 1) {
      await client.query(`INSERT INTO ${table} VALUES ($1)`, [id]);
    }
  })();
  return async () => {
    stopped = true;
    await written;
    await client.end();
  };
}

/** Waits until a table has the same rows on both sides, each of which was inserted once at the subscriber. */
export async function sameRowsOnce({ publisher, subscriber }: Pair, table: string): Promise<void> {
  const query = `SELECT count(*)::int AS rows, coalesce(md5(string_agg(id::text, ',' ORDER BY id)), '') AS hash FROM ${table}`;
  const [expected] = await publisher.query<{ rows: number }>(query);
  await eventually(
    async () => (await subscriber.query<{ rows: number }>(query))[0],
    (found) => JSON.stringify(found) === JSON.stringify(expected),
  );
  const inserted = await subscriber.query(
    `SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids FROM copies_of_${table}`,
  );
  expect(inserted).toEqual([{ rows: expected?.rows, ids: expected?.rows }]);
}
