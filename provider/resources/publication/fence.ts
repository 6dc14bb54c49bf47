import { setTimeout as sleep } from "node:timers/promises";
import { DiagnosticError } from "../../framework/diagnostics";
import { backoff } from "../../postgres/backoff";
import { PostgresError } from "../../postgres/errors";
import { relationId, type RelationName } from "../../postgres/relation-name";
import type { SessionInfo } from "../../postgres/session";
import { list, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";

const MAX_TRIES = 5;

/** A transaction that writes has not ended. */
class WriterRemains extends Error {}

/**
 * Keeps every other session from writing for the rest of the transaction, and waits until no transaction that has written
 * is left. New writers wait behind this one meanwhile, so each wait is short: {@link retryFence} tries again.
 *
 * A transaction that has created a table may have written to it, and nobody else can see or lock that table. Its own lock
 * gives it away. A superuser can also keep others from creating tables until the end.
 */
export async function fenceWriters(tx: Transaction, session: SessionInfo): Promise<void> {
  const tables = await tx.query<RelationName>(
    sql`SELECT n.nspname AS schema, c.relname AS name
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.oid >= 16384
        ORDER BY c.oid`,
  );
  const names = tables.map((table) => sql`ONLY ${relationId(table)}`);
  await tx.queryAll([
    sql`SET LOCAL lock_timeout = '2s'`,
    ...(names.length > 0 ? [sql`LOCK TABLE ${list(names)} IN SHARE MODE`] : []),
    ...(session.superuser ? [sql`LOCK TABLE pg_catalog.pg_class IN SHARE MODE`] : []),
  ]);
  const [newTable] = await tx.query(
    sql`SELECT FROM pg_catalog.pg_locks l
        WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.granted
          AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = l.relation)
        LIMIT 1`,
  );
  if (newTable !== undefined) throw new WriterRemains("a transaction that has created a table has not ended");
}

/** Does the work again, after a pause, while a writer keeps it from getting its locks. */
export async function retryFence<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isWriter(error)) throw error;
      if (tries === MAX_TRIES) {
        throw new DiagnosticError(
          "Transactions that write do not end",
          `A change of all_tables needs a moment without transactions that write to the database, so that subscribers miss no row, and ${MAX_TRIES} attempts of 2 s each found none: ${error.message}. Nothing was changed.\n\n` +
            "Find the transactions in pg_stat_activity and pg_prepared_xacts, end them or wait for them, and apply again.",
          ["all_tables"],
        );
      }
      await sleep(1_000 + backoff(tries), undefined, { signal }).catch(() => undefined);
    }
  }
}

function isWriter(error: unknown): error is Error {
  return (
    error instanceof WriterRemains ||
    (error instanceof PostgresError && error.sqlState === SQLSTATE.LOCK_NOT_AVAILABLE)
  );
}
