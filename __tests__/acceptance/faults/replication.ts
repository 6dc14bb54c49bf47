import type { PostgresEndpoint } from "../../../sandbox/postgres-endpoint";
import { RECORD_ARRIVALS, REPEATED_ARRIVALS } from "../../support/arrivals";
import { createDatabase, type TestDatabase } from "../../support/database";
import { eventually } from "../../support/eventually";
import { startTcpProxy, type TcpProxy, through } from "../../support/faults/tcp-proxy";
import { sharedServer } from "../../support/shared-environment";
import { type Configuration, createTerraform, type Terraform } from "../../support/terraform";

/** Seconds after which an attempt to connect ends, wherever it is made. */
export const CONNECT_TIMEOUT_SECONDS = 2;

/** A whole replication, with a proxy on each way between its three parties. */
export interface Replication {
  readonly publisher: TestDatabase;
  readonly subscriber: TestDatabase;
  /** The name of everything that is not in a database of its own: role, slot. */
  readonly name: string;
  readonly terraform: Terraform;
  /** Between the subscriber and the publisher. The provider reaches the publisher over it too, where it uses `conninfo`. */
  readonly link: TcpProxy;
  /** Between the provider and each server. */
  readonly access: Readonly<Record<"publisher" | "subscriber", TcpProxy>>;
  /** Writes the configuration, with these attributes of the subscription. */
  configure(attributes: Readonly<Record<string, unknown>>): Promise<void>;
}

/**
 * Two databases, the publisher's with the tables `a`, which has a key, and `b`, which has none, and a configuration of
 * all that replicates them. Nothing is applied yet.
 *
 * @param attributes - of the subscription.
 */
export async function createReplication(
  attributes: Readonly<Record<string, unknown>> = {},
  servers: Readonly<Record<"publisher" | "subscriber", PostgresEndpoint>> = {
    publisher: sharedServer("publisher"),
    subscriber: sharedServer("subscriber"),
  },
): Promise<Replication> {
  const publisher = await createDatabase(servers.publisher);
  const subscriber = await createDatabase(servers.subscriber);
  await publisher.query(`
    CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a SELECT generate_series(1, 5);
    CREATE TABLE b (id int); ALTER TABLE b REPLICA IDENTITY FULL; INSERT INTO b SELECT generate_series(1, 5)`);
  await subscriber.query(RECORD_ARRIVALS);
  const link = await startTcpProxy(servers.publisher);
  const access = {
    publisher: await startTcpProxy(servers.publisher),
    subscriber: await startTcpProxy(servers.subscriber),
  };
  const limits = { arguments: { connect_timeout: CONNECT_TIMEOUT_SECONDS } };
  const terraform = await createTerraform({
    aliases: {
      publisher: {
        server: through(access.publisher, servers.publisher),
        database: publisher.name,
        ...limits,
      },
      subscriber: {
        server: through(access.subscriber, servers.subscriber),
        database: subscriber.name,
        ...limits,
      },
    },
    secrets: { replication_password: "replication-pass" },
  });
  const name = publisher.name;
  const configure: Replication["configure"] = (further) =>
    terraform.write(configurationOf(name, link, { ...attributes, ...further }));
  await configure({});
  return { publisher, subscriber, name, terraform, link, access, configure };
}

function configurationOf(
  name: string,
  link: TcpProxy,
  attributes: Readonly<Record<string, unknown>>,
): Configuration {
  const connection = {
    conninfo: `host=${link.host} port=${link.port} dbname=${name} user=${name} sslmode=disable connect_timeout=${CONNECT_TIMEOUT_SECONDS}`,
    password_wo: "${var.replication_password}",
    password_wo_version: "1",
    publications: ["${postgresql_publication.p.name}"],
  };
  return {
    resource: {
      postgresql_role: {
        r: {
          provider: "postgresql.publisher",
          name,
          login: true,
          replication: true,
          roles: ["pg_read_all_data"],
          password_wo: "${var.replication_password}",
          password_wo_version: "1",
        },
      },
      postgresql_publication: {
        p: { provider: "postgresql.publisher", name: "p", tables: ["public.a", "public.b"] },
      },
      postgresql_replicated_schema: {
        s: {
          provider: "postgresql.subscriber",
          ...connection,
          refresh_triggers: { tables: "${jsonencode(postgresql_publication.p.tables)}" },
          depends_on: ["postgresql_role.r"],
        },
      },
      postgresql_subscription: {
        s: {
          provider: "postgresql.subscriber",
          name: "s",
          slot_name: name,
          ...connection,
          published_tables: "${postgresql_publication.p.tables}",
          refresh_triggers: { tables: "${jsonencode(postgresql_replicated_schema.s.tables)}" },
          depends_on: ["postgresql_replicated_schema.s"],
          ...attributes,
        },
      },
      postgresql_initial_sync: {
        s: {
          provider: "postgresql.subscriber",
          subscription: "${postgresql_subscription.s.name}",
          refresh_triggers: { tables: "${jsonencode(postgresql_replicated_schema.s.tables)}" },
          timeouts: { create: "20s", update: "20s" },
        },
      },
    },
  };
}

/** Writes a row to each table, and waits until each row of the publisher is at the subscriber. @throws Error when one is there twice. */
export async function expectRowsOnce({ publisher, subscriber }: Replication): Promise<void> {
  await publisher.query("INSERT INTO a SELECT max(id) + 1 FROM a; INSERT INTO b SELECT max(id) + 1 FROM b");
  const rows =
    "SELECT array_agg(id ORDER BY id) AS ids FROM (SELECT id FROM a UNION ALL SELECT id FROM b) AS rows";
  const expected = JSON.stringify(await publisher.query(rows));
  await eventually(
    () => subscriber.query(rows),
    (found) => JSON.stringify(found) === expected,
  );
  expect(await subscriber.query(REPEATED_ARRIVALS)).toEqual([]);
}

/** Waits until nothing is left at either server of what Terraform creates, but the tables. */
export async function expectNothingLeft(replication: Replication): Promise<void> {
  await eventually(
    () => remains(replication),
    (found) => found.length === 0,
  );
}

/** What is there of a replication, of whatever kind. */
export async function remains({ publisher, subscriber, name }: Replication): Promise<string[]> {
  const names = async (database: TestDatabase, query: string): Promise<string[]> =>
    (await database.query<{ name: string }>(query)).map((row) => row.name);
  return [
    ...(await names(
      publisher,
      `SELECT 'publication ' || pubname AS name FROM pg_publication
       UNION ALL SELECT 'slot ' || slot_name FROM pg_replication_slots WHERE database = current_database()
       UNION ALL SELECT 'role' FROM pg_roles WHERE rolname = '${name}'`,
    )),
    ...(await names(
      subscriber,
      `SELECT 'subscription ' || subname AS name FROM pg_subscription
       WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    )),
  ];
}
