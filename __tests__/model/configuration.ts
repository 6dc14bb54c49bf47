import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import type { Configuration } from "../support/terraform";
import type { Model, PublicationModel } from "./model";

/** The passwords of the replication role, by Terraform variable. Each rotation sets the next one. */
export const PASSWORDS = {
  replication_0: "first-pass",
  replication_1: "second-pass",
  replication_2: "third-pass",
};

/** The role that the subscriber connects to the publisher as. */
export const REPLICATOR = "replicator";

/** The addresses in {@link configurationOf}. */
export const SUBSCRIPTION = "postgresql_subscription.s";
export const REPLICATED_SCHEMA = "postgresql_replicated_schema.s";
export const INITIAL_SYNC = "postgresql_initial_sync.s";

export interface Addresses {
  /** Where the subscriber reaches the publisher. */
  readonly publisher: Pick<PostgresEndpoint, "host" | "port">;
  readonly publisherMajor: number;
}

/** The Terraform configuration of a model, composed as LogicalReplication composes it. */
export function configurationOf(model: Model, { publisher, publisherMajor }: Addresses): Configuration {
  const { subscription } = model;
  const version = String(subscription.passwordVersion);
  const password = `\${var.replication_${subscription.passwordVersion % 3}}`;
  const secret = { password_wo: password, password_wo_version: version };
  const conninfo = `host=${publisher.host} port=${publisher.port} dbname=postgres user=${REPLICATOR} sslmode=disable connect_timeout=5`;
  const publications = subscription.publications.map((key) => `\${postgresql_publication.${key}.name}`);
  const sets = subscription.publications.map((key) => publishedTablesOf(key, model.publications[key]));
  const published = `setunion(${sets.join(", ")})`;
  return {
    resource: {
      postgresql_role: {
        replicator: {
          provider: "postgresql.publisher",
          name: REPLICATOR,
          login: true,
          replication: true,
          ...(publisherMajor >= 14 ? { roles: ["pg_read_all_data"] } : { superuser: true }),
          ...secret,
        },
      },
      postgresql_publication: Object.fromEntries(
        Object.entries(model.publications).map(([key, publication]) => [
          key,
          {
            provider: "postgresql.publisher",
            name: publication.name,
            ...membersOf(publication),
            ...publication.options,
            // Otherwise Terraform may drop a publication before the subscription has left it, and rows are lost.
            lifecycle: { create_before_destroy: true },
          },
        ]),
      ),
      postgresql_replicated_schema: {
        s: {
          provider: "postgresql.subscriber",
          conninfo,
          ...secret,
          publications,
          refresh_triggers: { tables: `\${jsonencode(${published})}` },
          depends_on: ["postgresql_role.replicator"],
        },
      },
      postgresql_subscription: {
        s: {
          provider: "postgresql.subscriber",
          name: subscription.name,
          slot_name: subscription.slotName,
          conninfo: `${conninfo} application_name=${subscription.applicationName}`,
          ...secret,
          publications,
          published_tables: `\${${published}}`,
          enabled: subscription.enabled,
          owner: subscription.owner,
          ...subscription.options,
          refresh_triggers: { tables: "${jsonencode(postgresql_replicated_schema.s.tables)}" },
          depends_on: ["postgresql_replicated_schema.s"],
        },
      },
      // A disabled subscription copies nothing.
      ...(subscription.enabled && {
        postgresql_initial_sync: {
          s: {
            provider: "postgresql.subscriber",
            subscription: "${postgresql_subscription.s.name}",
            refresh_triggers: { tables: "${jsonencode(postgresql_replicated_schema.s.tables)}" },
            timeouts: { create: "60s", update: "60s" },
          },
        },
      }),
    },
  };
}

/** The attributes that describe which tables are published. */
function membersOf({ scope, tables, parts }: PublicationModel): Record<string, unknown> {
  if (scope === "all") return { all_tables: true };
  if (scope === "schema") return { tables_in_schema: ["public"] };
  const restricted = Object.entries(parts).map(([table, part]) => ({
    name: `public.${table}`,
    ...(part === "filter" ? { where: "id > 0" } : { columns: ["id", "v"] }),
  }));
  return {
    tables: tables.filter((table) => !(table in parts)).map((table) => `public.${table}`),
    ...(restricted.length > 0 && { table: restricted }),
  };
}

/** An expression for the published tables: known while planning if the publication only lists whole tables. */
function publishedTablesOf(key: string, publication: PublicationModel | undefined): string {
  const address = `postgresql_publication.${key}`;
  const isList = publication?.scope === "tables" && Object.keys(publication.parts).length === 0;
  return isList ? `${address}.tables` : `toset(${address}.published_tables)`;
}
