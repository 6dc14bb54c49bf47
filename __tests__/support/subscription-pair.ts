import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { createDatabase, type TestDatabase } from "./database";
import { eventually } from "./eventually";
import { sharedServer } from "./shared-environment";
import { createTerraform, type Terraform, type TerraformOptions } from "./terraform";

/** The address of the subscription in {@link subscription}. */
export const ADDRESS = "postgresql_subscription.s";

/** Two databases, one of which can subscribe to the other. */
export interface Pair {
  readonly publisher: TestDatabase;
  readonly subscriber: TestDatabase;
  /** Of the publisher, without a password. */
  readonly conninfo: string;
  /** A name that no other test uses for its slot: slots are shared by all databases of a server. */
  readonly slot: string;
}

/** Two databases with the tables `a` and `b`, five rows in each at the publisher, published one by one. */
export async function createPair(
  publishers: PostgresEndpoint = sharedServer("publisher"),
  subscribers: PostgresEndpoint = sharedServer("subscriber"),
): Promise<Pair> {
  const [publisher, subscriber] = await Promise.all([
    createDatabase(publishers),
    createDatabase(subscribers),
  ]);
  const tables = "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY);";
  await publisher.query(`${tables} INSERT INTO a SELECT generate_series(1, 5); INSERT INTO b SELECT * FROM a;
                         CREATE PUBLICATION pub_a FOR TABLE a; CREATE PUBLICATION pub_b FOR TABLE b`);
  await subscriber.query(tables);
  return {
    publisher,
    subscriber,
    slot: publisher.name,
    conninfo: `host=${publishers.host} port=${publishers.port} dbname=${publisher.name} user=${publishers.username}`,
  };
}

/** Terraform at the subscriber of a pair. */
export function subscriptionIn(
  { subscriber, publisher }: Pair,
  { secrets, environment, aliases }: Pick<TerraformOptions, "secrets" | "environment" | "aliases"> = {},
): Promise<Terraform> {
  return createTerraform({
    provider: { server: subscriber.server, database: subscriber.name },
    secrets: { publisher_password: publisher.server.password, ...secrets },
    ...(environment && { environment }),
    ...(aliases && { aliases }),
  });
}

/** A configuration with the subscription `s` to `pub_a`. */
export function subscription(pair: Pair, attributes: Record<string, unknown> = {}): Record<string, unknown> {
  const s = {
    name: "s",
    slot_name: pair.slot,
    conninfo: pair.conninfo,
    password_wo: "${var.publisher_password}",
    password_wo_version: "1",
    publications: ["pub_a"],
    ...attributes,
  };
  return { resource: { postgresql_subscription: { s } } };
}

/** The number of rows of a table. */
export async function count(database: TestDatabase, table: string): Promise<number> {
  return Number((await database.query<{ count: string }>(`SELECT count(*) FROM ${table}`))[0]?.count);
}

/** Waits until a table has as many rows at the subscriber. */
export function rowsArrive(pair: Pair, table: string, expected: number): Promise<number> {
  return eventually(
    () => count(pair.subscriber, table),
    (found) => found === expected,
  );
}

/** The slots of the publisher's database. */
export function slots({ publisher }: Pair): Promise<{ slot_name: string }[]> {
  return publisher.query(
    "SELECT slot_name FROM pg_replication_slots WHERE database = current_database() ORDER BY slot_name",
  );
}

/**
 * Records each row that is inserted into a table at the subscriber, in `copies_of_TABLE`, whether it is copied or
 * applied: the only trace of a row that arrives twice.
 */
export async function recordInserts({ subscriber }: Pair, table: string): Promise<void> {
  await subscriber.query(`CREATE TABLE copies_of_${table} (id int);
    CREATE FUNCTION note_${table}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.copies_of_${table} VALUES (NEW.id); RETURN NEW; END';
    CREATE TRIGGER note BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE PROCEDURE note_${table}();
    ALTER TABLE ${table} ENABLE ALWAYS TRIGGER note`);
}
