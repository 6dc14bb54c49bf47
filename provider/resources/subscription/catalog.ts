import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { lit, type Sql, sql } from "../../postgres/sql";
import {
  statusOf,
  statusQueries,
  type StatusRows,
  type SubscriptionStatus,
} from "../../postgres/subscription-status";
import { optionColumns, type OptionsRow } from "./options";

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

/** A subscription as the server has it: its definition, and how it is doing. */
export interface FoundSubscription {
  readonly row: SubscriptionRow;
  readonly status: SubscriptionStatus;
}

/**
 * Reads a subscription in one round trip.
 *
 * The query names every column, and `subconninfo` only where it may be read: a single column without privilege fails
 * the whole query. Subscriptions of other databases are in the same catalog.
 */
export async function findSubscription(
  server: PostgresServer,
  database: string,
  name: string,
  signal: AbortSignal,
): Promise<FoundSubscription | undefined> {
  const [[row], ...statusRows] = await server.selectAll<[SubscriptionRow[], ...StatusRows]>(
    database,
    (session) => [rowQuery(name, session), ...statusQueries(name, session)],
    signal,
  );
  const status = statusOf(...statusRows);
  return row && status && { row, status };
}

function rowQuery(name: string, session: SessionInfo): Sql {
  return sql`
    SELECT subname AS name, pg_catalog.pg_get_userbyid(subowner) AS owner, subenabled AS enabled,
           subslotname AS slot_name, subpublications AS publications,
           ${session.canReadSubconninfo ? sql`subconninfo` : sql`NULL::text`} AS conninfo, ${optionColumns(session)}
    FROM pg_catalog.pg_subscription
    WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
      AND subname = ${lit(name)}`;
}
