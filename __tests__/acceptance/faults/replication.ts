import type { PostgresEndpoint } from "../../../sandbox/postgres-endpoint";
import { RECORD_ARRIVALS, REPEATED_ARRIVALS } from "../../support/arrivals";
import { createDatabase, type TestDatabase } from "../../support/database";
import { eventually } from "../../support/eventually";
import { startTcpProxy, type TcpProxy, through } from "../../support/faults/tcp-proxy";
import { sharedServer } from "../../support/shared-environment";
import {
  type Configuration,
  createTerraform,
  type ProviderConnection,
  type Terraform,
} from "../../support/terraform";

/** Seconds after which the attempts of all three parties to connect end. */
const CONNECT_TIMEOUT_SECONDS = 2;

/** The passwords of the replication role, by the names of Terraform's variables. */
export const REPLICATION_PASSWORDS = {
  replication_password: "replication-pass",
  rotated_password: "rotated-pass",
};

/** Attributes of the resources, each in addition to, or instead of, the usual ones. Null leaves a resource out. */
export type Attributes = Readonly<Partial<Record<ResourceName, Readonly<Record<string, unknown>> | null>>>;

type ResourceName = "role" | "publication" | "replicated_schema" | "subscription" | "initial_sync";

/** A whole replication, with a proxy on each way between its three parties. */
export interface Replication {
  readonly publisher: TestDatabase;
  readonly subscriber: TestDatabase;
  /** Name of everything that is not in a database of its own: role, slot. */
  readonly name: string;
  readonly terraform: Terraform;
  /** Between the subscriber and the publisher. The provider uses it too where it connects with `conninfo`. */
  readonly link: TcpProxy;
  /** Between the provider and each server. */
  readonly access: Readonly<Record<"publisher" | "subscriber", TcpProxy>>;
  /** Writes the configuration, with these attributes in addition to those that it was created with. */
  configure(attributes: Attributes): Promise<void>;
}

/** What {@link createReplication} can do differently. */
export interface ReplicationOptions extends Attributes {
  /**
   * Whether the configuration reads the status of the slot and of the subscription.
   * @default false
   */
  readonly status?: boolean;
  /** @default - the servers that all test files share */
  readonly servers?: Readonly<Record<"publisher" | "subscriber", PostgresEndpoint>>;
}

/**
 * Two databases, the publisher's with the tables `a`, which has a key, and `b`, which has none, and a configuration that
 * replicates them. Nothing is applied yet.
 */
export async function createReplication({
  servers = { publisher: sharedServer("publisher"), subscriber: sharedServer("subscriber") },
  status = false,
  ...attributes
}: ReplicationOptions = {}): Promise<Replication> {
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
  const connectionTo = (side: "publisher" | "subscriber", database: TestDatabase): ProviderConnection => ({
    server: through(access[side], servers[side]),
    database: database.name,
    arguments: { connect_timeout: CONNECT_TIMEOUT_SECONDS },
  });
  const terraform = await createTerraform({
    aliases: {
      publisher: connectionTo("publisher", publisher),
      subscriber: connectionTo("subscriber", subscriber),
    },
    secrets: REPLICATION_PASSWORDS,
  });
  const { name } = publisher;
  const configure = (further: Attributes): Promise<void> =>
    terraform.write({
      ...configurationOf(name, link, merged(attributes, further)),
      ...(status && { data: STATUS }),
    });
  await configure({});
  return { publisher, subscriber, name, terraform, link, access, configure };
}

const STATUS = {
  postgresql_replication_status: {
    slot: { provider: "postgresql.publisher", slot_name: "${postgresql_subscription.x.slot_name}" },
    subscription: { provider: "postgresql.subscriber", subscription: "${postgresql_subscription.x.name}" },
  },
};

function merged(attributes: Attributes, further: Attributes): Attributes {
  const all: Record<string, Readonly<Record<string, unknown>> | null> = { ...attributes };
  for (const [resource, each] of Object.entries(further))
    all[resource] = each && { ...all[resource], ...each };
  return all;
}

function configurationOf(name: string, link: TcpProxy, attributes: Attributes): Configuration {
  const secret = { password_wo: "${var.replication_password}", password_wo_version: "1" };
  const connection = {
    provider: "postgresql.subscriber",
    conninfo: `host=${link.host} port=${link.port} dbname=${name} user=${name} sslmode=disable connect_timeout=${CONNECT_TIMEOUT_SECONDS}`,
    ...secret,
    publications: ["${postgresql_publication.x.name}"],
  };
  const usual: Record<ResourceName, Record<string, unknown>> = {
    role: {
      provider: "postgresql.publisher",
      name,
      login: true,
      replication: true,
      roles: ["pg_read_all_data"],
      ...secret,
    },
    publication: { provider: "postgresql.publisher", name: "p", tables: ["public.a", "public.b"] },
    replicated_schema: {
      ...connection,
      refresh_triggers: { tables: "${jsonencode(postgresql_publication.x.published_tables)}" },
      depends_on: ["postgresql_role.x"],
    },
    subscription: {
      ...connection,
      name: "s",
      slot_name: name,
      published_tables: "${postgresql_publication.x.published_tables}",
      refresh_triggers: { tables: "${jsonencode(postgresql_replicated_schema.x.tables)}" },
      depends_on: ["postgresql_replicated_schema.x"],
    },
    initial_sync: {
      provider: "postgresql.subscriber",
      subscription: "${postgresql_subscription.x.name}",
      refresh_triggers: { tables: "${jsonencode(postgresql_subscription.x.tables)}" },
    },
  };
  return {
    resource: Object.fromEntries(
      Object.entries(usual)
        .filter(([type]) => attributes[type as ResourceName] !== null)
        .map(([type, each]) => [
          `postgresql_${type}`,
          { x: { ...each, ...attributes[type as ResourceName] } },
        ]),
    ),
  };
}

/**
 * Writes a row to each table, and waits until each row of the publisher is at the subscriber.
 *
 * @throws Error when one arrives twice.
 */
export async function expectRowsOnce(
  { publisher, subscriber }: Replication,
  tables: readonly string[] = ["a", "b"],
): Promise<void> {
  for (const table of tables) await publisher.query(`INSERT INTO ${table} SELECT max(id) + 1 FROM ${table}`);
  const each = tables.map((table) => `SELECT '${table}' AS tab, id FROM ${table}`).join(" UNION ALL ");
  const rows = `SELECT tab, array_agg(id ORDER BY id) AS ids FROM (${each}) AS rows GROUP BY tab ORDER BY tab`;
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
