import { setTimeout } from "node:timers/promises";
import type { Database } from "./database";
import { LiveLines } from "./say";

const POLL_INTERVAL_MS = 50;

/** pg_subscription_rel.srsubstate, in words. */
const STATES: Readonly<Record<string, string>> = {
  i: "waiting",
  d: "copying",
  f: "copied",
  s: "catching up",
  r: "replicating",
};

interface TableProgress {
  readonly name: string;
  readonly state: string;
  /** Rows copied so far; null while no copy runs. */
  readonly copied: string | null;
}

/**
 * Shows a line for each table of the subscriber's subscriptions, from the moment there are any until all of them have
 * been copied.
 */
export async function watchCopy(publisher: Database, subscriber: Database): Promise<void> {
  const lines = new LiveLines();
  const totals = new Map<string, number>();
  for (;;) {
    const tables = await progress(subscriber);
    for (const { name } of tables) {
      if (!totals.has(name)) {
        totals.set(name, await rowsOf(publisher, name));
      }
    }
    lines.show(tables.map((table) => describe(table, totals.get(table.name) ?? 0)));
    if (tables.length > 0 && tables.every(({ state }) => state === "r")) {
      lines.end();
      return;
    }
    await setTimeout(POLL_INTERVAL_MS);
  }
}

async function progress(subscriber: Database): Promise<TableProgress[]> {
  // Before PostgreSQL 14 a server does not say how far a copy is.
  const copied =
    subscriber.major >= 14
      ? "(SELECT tuples_processed FROM pg_stat_progress_copy WHERE relid = r.srrelid LIMIT 1)"
      : "NULL::bigint";
  return subscriber.query<TableProgress & Record<string, unknown>>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name, r.srsubstate AS state, ${copied} AS copied
     FROM pg_subscription_rel r JOIN pg_class c ON c.oid = r.srrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     ORDER BY 1`,
  );
}

async function rowsOf(database: Database, table: string): Promise<number> {
  const [row] = await database.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(row?.count);
}

function describe({ name, state, copied }: TableProgress, total: number): string {
  const done = state === "i" ? 0 : state === "d" ? Number(copied ?? 0) : total;
  const share = total === 0 ? 1 : done / total;
  const bar = "#".repeat(Math.round(share * 20)).padEnd(20, ".");
  const numbers = `${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} rows`;
  return `  ${name}  [${bar}]  ${numbers}  ${STATES[state] ?? state}`;
}
