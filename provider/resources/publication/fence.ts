import { setTimeout as sleep } from "node:timers/promises";
import { backoff } from "../../postgres/backoff";
import { PostgresError } from "../../postgres/errors";
import { relationId, type RelationName } from "../../postgres/relation-name";
import { list, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";

const MAX_TRIES = 5;

/**
 * Keeps every other session from writing for the rest of the transaction, and waits until no transaction that has written
 * is left. Whoever waits for such a transaction makes new writers wait in turn, so each wait is short:
 * {@link retryFence} tries again.
 */
export async function fenceWriters(tx: Transaction): Promise<void> {
  const tables = await tx.query<RelationName>(
    sql`SELECT n.nspname AS schema, c.relname AS name
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.oid >= 16384
        ORDER BY c.oid`,
  );
  if (tables.length === 0) return;
  await tx.queryAll([
    sql`SET LOCAL lock_timeout = '2s'`,
    sql`LOCK TABLE ${list(tables.map((table) => sql`ONLY ${relationId(table)}`))} IN SHARE MODE`,
  ]);
}

/** Does the work again, after a pause, while a writer keeps it from getting its locks. */
export async function retryFence<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PostgresError) || error.sqlState !== SQLSTATE.LOCK_NOT_AVAILABLE) throw error;
      if (tries === MAX_TRIES) {
        throw error.withRemedy(
          `Changing all_tables needs a moment without transactions that write, and ${MAX_TRIES} attempts of 2 s each found none. Nothing was changed. ` +
            "Find the transactions in pg_stat_activity and pg_prepared_xacts, end them or wait for them, and apply again.",
        );
      }
      await sleep(1_000 + backoff(tries), undefined, { signal }).catch(() => undefined);
    }
  }
}
