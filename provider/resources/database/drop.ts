import { DiagnosticError } from "../../framework/diagnostics";
import type { PostgresServer } from "../../postgres/server";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import { takeOwnership } from "../shared/database-owner";

const PUT_BACK_MS = 10_000;

/**
 * Drops a database, and ends the sessions that are connected to it. When it fails, the database is as it was.
 *
 * @throws DiagnosticError when slots or subscriptions hang on it. PostgreSQL would drop a slot that nobody reads from at
 *   the moment without a word, and its subscriber would be cut off.
 */
export async function dropDatabase(server: PostgresServer, name: string, signal: AbortSignal): Promise<void> {
  const home = server.settings.database;
  const { version } = await server.session(home, signal);
  const found = await findObstacles(server, name, signal);
  if (found === undefined) return;
  refuseObstacles(name, found);
  const restoreOwner = await takeOwnership(server, name, found.owner, signal);
  const forced = version.atLeast(13);
  const [before, after] = preparations(found, forced);
  const alter = async (options: readonly Sql[], within: AbortSignal): Promise<void> => {
    if (options.length === 0) return;
    const statement = sql`ALTER DATABASE ${id(name)} WITH ${list(options, " ")}`;
    await server.execute(home, statement, within);
  };
  try {
    await alter(before, signal);
    await server.closeDatabase(name, signal);
    if (!forced) {
      await server.execute(
        home,
        sql`SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = ${lit(name)}`,
        signal,
      );
    }
    const force = forced ? sql` WITH (FORCE)` : sql``;
    await server.execute(home, sql`DROP DATABASE IF EXISTS ${id(name)}${force}`, signal);
  } catch (error) {
    // What cannot be put back is seen by the next refresh; the reason for the failure is what the user must read.
    await alter(after, AbortSignal.timeout(PUT_BACK_MS)).catch(() => undefined);
    await restoreOwner().catch(() => undefined);
    throw error;
  }
}

/** What must be set before the database can be dropped, and what puts that back. */
function preparations(
  { is_template: isTemplate, allow_connections: allowConnections }: Obstacles,
  forced: boolean,
): [Sql[], Sql[]] {
  const template = (on: boolean): Sql[] => (isTemplate ? [sql`IS_TEMPLATE ${lit(on)}`] : []);
  // Without FORCE, sessions would come back between their end and the drop.
  const connections = (on: boolean): Sql[] =>
    !forced && allowConnections ? [sql`ALLOW_CONNECTIONS ${lit(on)}`] : [];
  return [
    [...template(false), ...connections(false)],
    [...template(true), ...connections(true)],
  ];
}

interface Obstacles {
  readonly owner: string;
  readonly is_template: boolean;
  readonly allow_connections: boolean;
  readonly slots: readonly string[];
  readonly subscriptions: readonly string[];
}

async function findObstacles(
  server: PostgresServer,
  name: string,
  signal: AbortSignal,
): Promise<Obstacles | undefined> {
  const [row] = await server.select<Obstacles>(
    server.settings.database,
    sql`SELECT pg_catalog.pg_get_userbyid(d.datdba) AS owner, d.datistemplate AS is_template,
               d.datallowconn AS allow_connections,
               ARRAY(SELECT slot_name::text FROM pg_catalog.pg_replication_slots
                     WHERE database = d.datname ORDER BY slot_name) AS slots,
               ARRAY(SELECT subname::text FROM pg_catalog.pg_subscription
                     WHERE subdbid = d.oid ORDER BY subname) AS subscriptions
        FROM pg_catalog.pg_database d
        WHERE d.datname = ${lit(name)}`,
    signal,
  );
  return row;
}

function refuseObstacles(name: string, { slots, subscriptions }: Obstacles): void {
  const quoted = (names: readonly string[]): string => names.map((each) => JSON.stringify(each)).join(", ");
  if (slots.length > 0) {
    throw new DiagnosticError(
      "Database has replication slots",
      `The database ${JSON.stringify(name)} was not dropped: with it would go the logical replication slots ${quoted(slots)}, and whoever reads from them would be cut off. ` +
        "Destroy the subscriptions that read from them first (or stop the DMS task), or drop each slot with " +
        `SELECT pg_drop_replication_slot(${lit(slots[0] ?? "").text}) when nobody needs it any more; then destroy again.`,
    );
  }
  if (subscriptions.length > 0) {
    throw new DiagnosticError(
      "Database has subscriptions",
      `The database ${JSON.stringify(name)} was not dropped: it has the subscriptions ${quoted(subscriptions)}, which keep slots at their publishers. ` +
        "Drop each with DROP SUBSCRIPTION in that database, which drops its slot too; then destroy again.",
    );
  }
}
