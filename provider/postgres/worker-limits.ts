import type { PostgresServer } from "./server";
import type { SessionInfo } from "./session";
import { lit, type Sql, sql } from "./sql";

/** What a subscriber allows its logical replication workers, and how much of it is in use. */
export interface WorkerLimits {
  readonly max_logical_replication_workers: number;
  /** Workers that run now, of all subscriptions of the server. */
  readonly logical_replication_workers: number;
  readonly max_sync_workers_per_subscription: number;
  readonly max_worker_processes: number;
  /** `max_active_replication_origins`, or `max_replication_slots` before PostgreSQL 18. */
  readonly max_origins: number;
  /** Each subscription has one, and from PostgreSQL 14 on each table that is being copied. */
  readonly origins: number;
  /** How many of these workers copy tables. */
  readonly copies: number;
  /** The pause before a worker that has failed is started again: `wal_retrieve_retry_interval`. */
  readonly retry_seconds: number;
}

/**
 * Reads the limits that a subscription's workers can meet at the subscriber, in one round trip. Any role that can
 * connect can read them.
 *
 * @throws PostgresError
 */
export async function workerLimits(
  server: PostgresServer,
  database: string,
  signal: AbortSignal,
): Promise<WorkerLimits> {
  const [limits] = await server.select<WorkerLimits>(database, workerLimitsQuery, signal);
  if (limits === undefined) throw new Error("a query without FROM has returned no row");
  return limits;
}

/** The setting of the server that limits its replication origins. */
export function originsSetting({ version }: SessionInfo): string {
  return version.atLeast(18) ? "max_active_replication_origins" : "max_replication_slots";
}

function workerLimitsQuery(session: SessionInfo): Sql {
  const setting = (name: string): Sql => sql`pg_catalog.current_setting(${lit(name)})::int4`;
  return sql`
    SELECT ${setting("max_logical_replication_workers")} AS max_logical_replication_workers,
           (SELECT count(*) FROM pg_catalog.pg_stat_subscription WHERE pid IS NOT NULL) AS logical_replication_workers,
           ${setting("max_sync_workers_per_subscription")} AS max_sync_workers_per_subscription,
           ${setting("max_worker_processes")} AS max_worker_processes,
           ${setting(originsSetting(session))} AS max_origins,
           (SELECT count(*) FROM pg_catalog.pg_replication_origin) AS origins,
           (SELECT count(*) FROM pg_catalog.pg_stat_subscription WHERE pid IS NOT NULL AND relid IS NOT NULL) AS copies,
           (SELECT setting::float8 / 1000 FROM pg_catalog.pg_settings WHERE name = 'wal_retrieve_retry_interval') AS retry_seconds`;
}
