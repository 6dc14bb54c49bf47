import type { PostgresServer } from "./server";
import type { SessionInfo } from "./session";
import { lit, type Sql, sql } from "./sql";

/** How far the first copy of a table is, in words; `ready` is the last: from then on it is replicated with all others. */
export type TableState = "initializing" | "copying" | "copied" | "synchronized" | "ready";

/** A table of a subscription. */
export interface SubscribedTable {
  readonly schema: string;
  readonly name: string;
  readonly state: TableState;
  /** Whether a worker is copying the table, or catching it up, at this moment. */
  readonly worker_running: boolean;
  /** The process ID of this worker: another one is another attempt. Null while none is running. */
  readonly worker_pid: number | null;
}

/** What the subscriber's server tells of a subscription. */
export interface SubscriptionStatus {
  readonly enabled: boolean;
  /** Whether the worker that applies changes is running. */
  readonly worker_running: boolean;
  /** The process ID of this worker. Null while it is not running. */
  readonly worker_pid: number | null;
  /** How long the worker has been running, in seconds. Null while it does not run, and where the role may not see it. */
  readonly worker_seconds: number | null;
  /** Null while the worker is not running, as are the two below. */
  readonly received_lsn: string | null;
  readonly latest_end_lsn: string | null;
  /** In RFC 3339, in UTC. */
  readonly latest_end_time: string | null;
  /** Null before PostgreSQL 15, as is the one below. */
  readonly apply_error_count: number | null;
  readonly sync_error_count: number | null;
  /** Ordered by schema and name. */
  readonly tables: readonly SubscribedTable[];
}

/**
 * Reads a subscription's status in one round trip. Any role that may connect can do it: nothing is read that needs a
 * privilege, least of all the connection string.
 *
 * @returns the status, undefined when the database has no such subscription, and the names of those that it has.
 * @throws PostgresError
 */
export async function subscriptionStatus(
  server: PostgresServer,
  database: string,
  name: string,
  signal: AbortSignal,
): Promise<{ readonly status: SubscriptionStatus | undefined; readonly subscriptions: readonly string[] }> {
  const [names, ...status] = await server.selectAll<[NameRow[], ...StatusRows]>(
    database,
    (session) => [NAMES, ...statusQueries(name, session)],
    signal,
  );
  return { status: statusOf(...status), subscriptions: names.map((each) => each.name) };
}

/** What {@link statusQueries} return. */
export type StatusRows = [StatusRow[], SubscribedTable[]];

/** The queries behind {@link subscriptionStatus}, for use in a round trip that asks for more. */
export function statusQueries(name: string, session: SessionInfo): readonly [Sql, Sql] {
  return [statusQuery(name, session), tablesQuery(name)];
}

/** The status in the rows of {@link statusQueries}; undefined when the database has no such subscription. */
export function statusOf([row]: StatusRow[], tables: SubscribedTable[]): SubscriptionStatus | undefined {
  return row && { ...row, tables };
}

/** Whether the first copy of every table is done. */
export function isInitialSyncDone({ tables }: Pick<SubscriptionStatus, "tables">): boolean {
  return tables.every(({ state }) => state === "ready");
}

interface NameRow {
  readonly name: string;
}

export type StatusRow = Omit<SubscriptionStatus, "tables">;

/** Subscriptions of all databases are in the same catalog. */
const THIS_DATABASE = sql`(SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())`;

const NAMES = sql`
  SELECT subname AS name FROM pg_catalog.pg_subscription WHERE subdbid = ${THIS_DATABASE} ORDER BY subname`;

/**
 * Before PostgreSQL 14 a plain role may not read pg_subscription.oid, so a worker is known to be of this database by
 * its session.
 */
function statusQuery(name: string, { version }: SessionInfo): Sql {
  const hasCounts = version.atLeast(15);
  const counts = hasCounts
    ? sql`e.apply_error_count, e.sync_error_count`
    : sql`NULL AS apply_error_count, NULL AS sync_error_count`;
  const countsJoin = hasCounts
    ? sql`LEFT JOIN pg_catalog.pg_stat_subscription_stats e ON e.subid = s.oid`
    : sql``;
  return sql`
    SELECT s.subenabled AS enabled, w.pid IS NOT NULL AS worker_running,
           w.pid AS worker_pid, w.worker_seconds, w.received_lsn, w.latest_end_lsn,
           pg_catalog.to_char(w.latest_end_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS latest_end_time,
           ${counts}
    FROM pg_catalog.pg_subscription s
    LEFT JOIN (SELECT w.subname, w.pid, w.received_lsn, w.latest_end_lsn, w.latest_end_time,
                      extract(epoch FROM clock_timestamp() - a.backend_start)::float8 AS worker_seconds
               FROM pg_catalog.pg_stat_subscription w
               JOIN pg_catalog.pg_stat_activity a ON a.pid = w.pid AND a.datid = ${THIS_DATABASE}
               WHERE w.relid IS NULL ${version.atLeast(16) ? sql`AND w.leader_pid IS NULL` : sql``}) w
      ON w.subname = s.subname
    ${countsJoin}
    WHERE s.subdbid = ${THIS_DATABASE} AND s.subname = ${lit(name)}`;
}

/** Another database may have a subscription of this name; but pg_subscription_rel is of this database alone. */
function tablesQuery(name: string): Sql {
  return sql`
    SELECT n.nspname AS schema, c.relname AS name,
           CASE r.srsubstate WHEN 'i' THEN 'initializing' WHEN 'd' THEN 'copying' WHEN 'f' THEN 'copied'
                             WHEN 's' THEN 'synchronized' WHEN 'r' THEN 'ready' END AS state,
           w.pid IS NOT NULL AS worker_running, w.pid AS worker_pid
    FROM pg_catalog.pg_subscription_rel r
    JOIN pg_catalog.pg_class c ON c.oid = r.srrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_stat_subscription w ON w.subid = r.srsubid AND w.relid = r.srrelid
    WHERE r.srsubid IN (SELECT subid FROM pg_catalog.pg_stat_subscription WHERE subname = ${lit(name)})
    ORDER BY n.nspname, c.relname`;
}
