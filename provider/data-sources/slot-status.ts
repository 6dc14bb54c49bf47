import type { PostgresServer } from "../postgres/server";
import type { SessionInfo } from "../postgres/session";
import { lit, type Sql, sql } from "../postgres/sql";

/** The status of a replication slot at the publisher. */
export interface SlotStatus {
  readonly active: boolean;
  /** Null for a physical slot. */
  readonly plugin: string | null;
  /** Null before PostgreSQL 13. */
  readonly wal_status: string | null;
  readonly restart_lsn: string | null;
  readonly confirmed_flush_lsn: string | null;
  readonly retained_wal_bytes: number | null;
  readonly lag_bytes: number | null;
  /** Null before PostgreSQL 13, and without a limit. */
  readonly safe_wal_size_bytes: number | null;
  readonly consumer_application_name: string | null;
  /** Null for a role without access to it. */
  readonly consumer_state: string | null;
}

/**
 * Reads a slot's status in one round trip. Requires no privilege except CONNECT.
 *
 * @returns null if the slot does not exist.
 * @throws PostgresError
 */
export async function slotStatus(
  server: PostgresServer,
  database: string,
  name: string,
  signal: AbortSignal,
): Promise<SlotStatus | null> {
  const [status] = await server.select<SlotStatus>(database, (session) => statusQuery(name, session), signal);
  return status ?? null;
}

/** The end of the WAL; on a standby, the end of the replayed WAL. */
const WAL_END = sql`CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                         ELSE pg_catalog.pg_current_wal_lsn() END`;

function statusQuery(name: string, { version }: SessionInfo): Sql {
  const has13 = version.atLeast(13);
  return sql`
    SELECT s.active, s.plugin, s.restart_lsn, s.confirmed_flush_lsn,
           ${has13 ? sql`s.wal_status` : sql`NULL::text`} AS wal_status,
           pg_catalog.pg_wal_lsn_diff(${WAL_END}, s.restart_lsn)::int8 AS retained_wal_bytes,
           pg_catalog.pg_wal_lsn_diff(${WAL_END}, s.confirmed_flush_lsn)::int8 AS lag_bytes,
           ${has13 ? sql`s.safe_wal_size` : sql`NULL::int8`} AS safe_wal_size_bytes,
           a.application_name AS consumer_application_name, r.state AS consumer_state
    FROM pg_catalog.pg_replication_slots s
    LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid
    LEFT JOIN pg_catalog.pg_stat_replication r ON r.pid = s.active_pid
    WHERE s.slot_name = ${lit(name)}`;
}
