import type { Connection } from "./connection";
import { ServerVersion } from "./server-version";

/** What a session can know of its server and itself. */
export interface SessionInfo {
  readonly version: ServerVersion;
  /** The role that statements run as. */
  readonly user: string;
  readonly superuser: boolean;
  /** Whether the server is a standby, where nothing can be written. */
  readonly inRecovery: boolean;
  /** Whether pg_subscription.subconninfo may be read: superusers only, and on some managed servers nobody. */
  readonly canReadSubconninfo: boolean;
  /** Whether pg_subscription.subsynccommit may be read: before PostgreSQL 14, only by superusers. */
  readonly canReadSubsynccommit: boolean;
}

interface SessionRow {
  readonly version_num: number;
  readonly user: string;
  readonly superuser: boolean;
  readonly in_recovery: boolean;
  readonly can_read_subconninfo: boolean;
  readonly can_read_subsynccommit: boolean;
}

const SESSION_QUERY = `
SELECT pg_catalog.current_setting('server_version_num')::int4 AS version_num,
       rolname AS "user",
       rolsuper AS superuser,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       pg_catalog.has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'SELECT') AS can_read_subconninfo,
       pg_catalog.has_column_privilege('pg_catalog.pg_subscription', 'subsynccommit', 'SELECT') AS can_read_subsynccommit
FROM pg_catalog.pg_roles
WHERE rolname = current_user`;

/**
 * Asks the server, in one round trip.
 *
 * @throws PostgresError
 */
export async function querySession(
  connection: Connection,
  signal: AbortSignal,
  expectedVersion?: ServerVersion,
): Promise<SessionInfo> {
  const [result] = await connection.read(SESSION_QUERY, signal);
  const row = result?.rows[0] as SessionRow;
  return {
    version: expectedVersion ?? new ServerVersion(row.version_num),
    user: row.user,
    superuser: row.superuser,
    inRecovery: row.in_recovery,
    canReadSubconninfo: row.can_read_subconninfo,
    canReadSubsynccommit: row.can_read_subsynccommit,
  };
}
