import { formatConninfo, parseConninfo, sameConninfo, withoutPassword } from "../../postgres/conninfo";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { lit, type Sql, sql } from "../../postgres/sql";
import { optionColumns, optionsOf, type OptionsRow } from "./options";
import type { SubscriptionState } from "./schema";

/** A row of pg_subscription. */
export interface SubscriptionRow extends OptionsRow {
  readonly name: string;
  readonly owner: string;
  readonly enabled: boolean;
  readonly slot_name: string | null;
  readonly publications: readonly string[];
  /** Null where this user may not read it. */
  readonly conninfo: string | null;
}

/**
 * Names every column, and `subconninfo` only where it may be read: a single column without privilege makes the whole
 * query fail. Subscriptions of other databases are in the same catalog.
 */
export async function findSubscription(
  server: PostgresServer,
  database: string,
  name: string,
  signal: AbortSignal,
): Promise<SubscriptionRow | undefined> {
  const query = ({ version, canReadSubconninfo }: SessionInfo): Sql =>
    sql`SELECT subname AS name, pg_catalog.pg_get_userbyid(subowner) AS owner, subenabled AS enabled,
               subslotname AS slot_name, subpublications AS publications,
               ${canReadSubconninfo ? sql`subconninfo` : sql`NULL::text`} AS conninfo, ${optionColumns(version)}
        FROM pg_catalog.pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
          AND subname = ${lit(name)}`;
  const [row] = await server.select<SubscriptionRow>(database, query, signal);
  return row;
}

/** `before` has what the server does not tell: what only this provider knows. */
export function stateOf(
  row: SubscriptionRow,
  database: string,
  before: Omit<SubscriptionState, "database">,
): SubscriptionState {
  return {
    name: row.name,
    database,
    conninfo: conninfoOf(row, before),
    password_wo_version: before.password_wo_version,
    publications: row.publications,
    owner: row.owner,
    enabled: row.enabled,
    create_slot: before.create_slot,
    slot_name: row.slot_name,
    copy_data: before.copy_data,
    refresh_triggers: before.refresh_triggers,
    detach_if_unreachable: before.detach_if_unreachable,
    ...optionsOf(row),
  };
}

/** The server's connection string, without the password where that is not the state's business. */
function conninfoOf(
  row: SubscriptionRow,
  before: Pick<SubscriptionState, "conninfo" | "password_wo_version">,
): string {
  if (row.conninfo === null) return before.conninfo;
  if (before.password_wo_version === null) return row.conninfo;
  const current = withoutPassword(parseConninfo(row.conninfo));
  return sameConninfo(current, parseConninfo(before.conninfo)) ? before.conninfo : formatConninfo(current);
}
