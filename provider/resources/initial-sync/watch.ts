import { formatRelationName } from "../../postgres/relation-name";
import type { SubscribedTable, SubscriptionStatus } from "../../postgres/subscription-status";

/** How long nothing may go on before it is a symptom: several restarts of a worker, which take 5 s each by default. */
const PATIENCE_MS = 30_000;
/** Fewer attempts can fail by chance: a restart of a server, a broken connection. */
const FAILED_ATTEMPTS = 3;
/** How long a table's copy must have been failing. */
const FAILING_MS = 10_000;
/** How long one kind of symptom is not reported again. */
const REPORT_MS = 10_000;

/** A first copy that seems to make no progress. */
export interface Symptom {
  /** A table whose copy fails while others may go on, or a copy in which nothing goes on at all. */
  readonly kind: "failing" | "stalled";
  /** What it is about. */
  readonly tables: readonly SubscribedTable[];
  readonly seconds: number;
  readonly failedAttempts: number;
  /** Whether the worker that applies changes has been connected to the publisher. */
  readonly connected: boolean;
  /** Whether changes have arrived in the meantime: a worker that applies a large transaction starts no copies. */
  readonly busy: boolean;
}

/** What is known of a table whose first copy is not done. */
interface Attempts {
  readonly state: SubscribedTable["state"];
  pid: number | null;
  pidSince: number;
  /** The longest attempt that has failed. */
  longest: number;
  failed: number;
  failingSince: number | undefined;
  /** The subscription's error count when the table's copy was last seen to be running. */
  errors: number;
}

/**
 * Tells a first copy that is slow from one that does not get on, from one status after the other. A copy gets on as long
 * as the states of tables change, or a worker outlasts all earlier attempts at its table. This needs no more than the
 * process IDs of workers, which every version shows to every role.
 */
export class CopyWatch {
  readonly #tables = new Map<string, Attempts>();
  #progressAt: number | undefined;
  #failed = 0;
  #errors = 0;
  #copyingAt = -Infinity;
  #connectedAt = -Infinity;
  #appliedAt = -Infinity;
  #pid: number | null = null;
  #lsn: string | null = null;
  readonly #reportedAt = { failing: -Infinity, stalled: -Infinity };

  /**
   * Takes a status of the subscription into account.
   *
   * @param at When it was read, in milliseconds.
   * @returns A symptom to look into, if any. The same one is not reported again for a while.
   */
  observe(status: SubscriptionStatus, at: number): Symptom | null {
    const unfinished = status.tables.filter(({ state }) => state !== "ready");
    const errors = status.sync_error_count ?? 0;
    const names = new Set(unfinished.map(formatRelationName));
    const done = [...this.#tables.keys()].filter((name) => !names.has(name));
    for (const name of done) this.#tables.delete(name);
    const seen = unfinished.map((table) => this.#observeTable(table, errors, at));
    const isApplied = this.#observeWorker(status, at) && unfinished.every(({ state }) => isCopied(state));
    if (seen.includes("running") || seen.includes("progress")) this.#copyingAt = at;
    if (this.#progressAt === undefined || done.length > 0 || isApplied || seen.includes("progress")) {
      this.#progressAt = at;
      this.#failed = 0;
      this.#errors = errors;
      this.#copyingAt = at;
    } else {
      this.#failed += seen.filter((each) => each === "failed").length;
    }
    return this.#stalled(unfinished, errors, at) ?? this.#failing(unfinished, errors, at);
  }

  #observeTable(
    table: SubscribedTable,
    errors: number,
    at: number,
  ): "progress" | "running" | "failed" | "idle" {
    const { state, worker_pid: pid } = table;
    const name = formatRelationName(table);
    const known = this.#tables.get(name);
    if (known?.state !== state) {
      const fresh = { state, pid, pidSince: at, longest: 0, failed: 0, failingSince: undefined, errors };
      this.#tables.set(name, fresh);
      return "progress";
    }
    if (known.pid !== pid) {
      const hasEnded = known.pid !== null;
      if (hasEnded) {
        known.failed += 1;
        known.failingSince ??= at;
        known.longest = Math.max(known.longest, at - known.pidSince);
      }
      known.pid = pid;
      known.pidSince = at;
      return hasEnded ? "failed" : "idle";
    }
    if (pid === null) {
      if (errors > known.errors) known.failingSince ??= at;
      return "idle";
    }
    known.errors = errors;
    // Attempts that fail at the same row do not take the same time.
    return at - known.pidSince > known.longest * 1.5 ? "progress" : "running";
  }

  /** @returns Whether the worker that applies changes stays connected. */
  #observeWorker({ worker_pid: pid, received_lsn: lsn }: SubscriptionStatus, at: number): boolean {
    const stays = pid !== null && lsn !== null && pid === this.#pid;
    if (stays) this.#connectedAt = at;
    if (stays && lsn !== this.#lsn) this.#appliedAt = at;
    this.#pid = pid;
    this.#lsn = lsn;
    return stays;
  }

  #failing(unfinished: readonly SubscribedTable[], errors: number, at: number): Symptom | null {
    const attempts = (table: SubscribedTable): number => {
      const known = this.#tables.get(formatRelationName(table));
      return known?.failingSince === undefined || at - known.failingSince < FAILING_MS
        ? 0
        : Math.max(known.failed, errors - known.errors);
    };
    const tables = unfinished.filter(
      (table) => table.state === "copying" && attempts(table) >= FAILED_ATTEMPTS,
    );
    if (tables.length === 0) return null;
    return this.#report("failing", tables, Math.max(...tables.map(attempts)), at);
  }

  #stalled(unfinished: readonly SubscribedTable[], errors: number, at: number): Symptom | null {
    if (unfinished.length === 0 || at - (this.#progressAt ?? at) < PATIENCE_MS) return null;
    const failed = Math.max(this.#failed, errors - this.#errors);
    const isRunning = at - this.#copyingAt < PATIENCE_MS;
    return isRunning && failed < FAILED_ATTEMPTS ? null : this.#report("stalled", unfinished, failed, at);
  }

  #report(
    kind: Symptom["kind"],
    tables: readonly SubscribedTable[],
    failedAttempts: number,
    at: number,
  ): Symptom | null {
    if (at - this.#reportedAt[kind] < REPORT_MS) return null;
    this.#reportedAt[kind] = at;
    return {
      kind,
      tables,
      seconds: Math.round((at - (this.#progressAt ?? at)) / 1_000),
      failedAttempts,
      connected: at - this.#connectedAt < PATIENCE_MS,
      busy: at - this.#appliedAt < PATIENCE_MS,
    };
  }
}

/** Whether nothing but the worker that applies changes has to do with the table any more. */
function isCopied(state: SubscribedTable["state"]): boolean {
  return state === "copied" || state === "synchronized";
}
