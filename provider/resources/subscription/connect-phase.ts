import { setTimeout as sleep } from "node:timers/promises";
import type { Notice } from "../../postgres/connection";
import { PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import { lit, type Sql, sql } from "../../postgres/sql";

const POLL_MS = 250;
/** How long a worker that waits for the publisher may keep the statement from its locks, beyond connect_timeout. */
const LOCK_SECONDS = 10;
/** How long a look at the backend may take. */
const LOOK_PATIENCE_MS = 2_000;
/** After so many looks that say nothing, an interrupt takes effect anyway: the statement waits for something else. */
const MOST_BLIND_LOOKS = 20;

/** A statement of the subscriber's server that may make it connect to the publisher. */
export interface PublisherStatement {
  readonly subscriber: PostgresServer;
  readonly database: string;
  readonly connectTimeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly onNotice?: (notice: Notice) => void;
  /**
   * How long the publisher may take to answer once it is connected, in seconds. A statement with this limit is not
   * cancelled in that phase: it may have changed something at the publisher already.
   *
   * @default - no limit, and cancelled whenever the signal is aborted
   */
  readonly answerTimeoutSeconds?: number;
}

/** Thrown when the publisher does not answer in time, as the reason why a statement was cancelled. */
class PublisherSilence extends Error {
  override readonly name = "PublisherSilence";
}

/**
 * Runs a statement at the subscriber, outside of a transaction block. The server's own walreceiver ignores the
 * connection string's connect_timeout, so a publisher that accepts connections and never answers would block the
 * statement forever. The provider watches the backend's wait event and cancels it instead.
 *
 * @throws PostgresError of kind `unreachable` when the publisher does not answer in time.
 */
export async function runAtSubscriber(statement: Sql, options: PublisherStatement): Promise<void> {
  const { subscriber, database, signal, connectTimeoutSeconds, onNotice } = options;
  const cancel = new AbortController();
  const done = new AbortController();
  const started = Date.now();
  let backend: number | undefined;
  const watch = async (): Promise<void> => {
    let connectedAt: number | undefined;
    let blindLooks = 0;
    while (!done.signal.aborted) {
      // Most statements are over before the first look.
      await sleep(POLL_MS, undefined, { signal: done.signal }).catch(() => undefined);
      if (done.signal.aborted || backend === undefined) continue;
      const phase = await phaseOf(subscriber, database, backend, done.signal);
      const now = Date.now();
      if (phase === "answering") connectedAt ??= now;
      if (phase === "blocked" && now - started >= (connectTimeoutSeconds + LOCK_SECONDS) * 1_000) {
        cancel.abort(
          new PublisherSilence("a worker of the subscription, which holds a lock, waits for its answer"),
        );
      }
      if (phase === "connecting" && now - started >= connectTimeoutSeconds * 1_000) {
        cancel.abort(new PublisherSilence(`it did not answer within ${connectTimeoutSeconds} s`));
      }
      const { answerTimeoutSeconds: limit } = options;
      if (limit === undefined) continue;
      if (connectedAt !== undefined && now - connectedAt >= limit * 1_000) {
        cancel.abort(new PublisherSilence(`it accepted the connection and did not answer within ${limit} s`));
      }
      if (!signal.aborted) continue;
      blindLooks = phase === "unknown" ? blindLooks + 1 : 0;
      if (phase === "connecting" || phase === "blocked" || blindLooks > MOST_BLIND_LOOKS)
        cancel.abort(signal.reason);
    }
  };
  const stop = () => {
    // Otherwise the watch decides.
    if (backend === undefined || options.answerTimeoutSeconds === undefined) cancel.abort(signal.reason);
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const watching = watch();
  try {
    await subscriber.execute(database, statement, cancel.signal, onNotice, (pid) => (backend = pid));
  } catch (error) {
    const { reason } = cancel.signal as { reason?: unknown };
    throw error instanceof PostgresError && reason instanceof PublisherSilence
      ? silence(error, reason)
      : error;
  } finally {
    signal.removeEventListener("abort", stop);
    done.abort();
    await watching;
  }
}

/** The error for a publisher that did not answer, in place of one that says that the statement was cancelled. */
function silence(error: PostgresError, reason: PublisherSilence): PostgresError {
  return new PostgresError({
    kind: "unreachable",
    message: `could not connect to the publisher: ${reason.message}`,
    address: error.address,
    cause: reason,
  });
}

/** `blocked`: by a worker that replicates. */
type Phase = "connecting" | "answering" | "blocked" | "unknown";

/** What a backend is doing, by its wait event, whose spelling has changed over the versions. */
async function phaseOf(
  server: PostgresServer,
  database: string,
  backendPid: number,
  signal: AbortSignal,
): Promise<Phase> {
  const query = sql`
    SELECT wait_event,
           EXISTS (SELECT FROM pg_catalog.pg_stat_subscription
                   WHERE pid = ANY (pg_catalog.pg_blocking_pids(${lit(backendPid)}))) AS blocked
    FROM pg_catalog.pg_stat_activity WHERE pid = ${lit(backendPid)}`;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LOOK_PATIENCE_MS)]);
  const [row] = await server
    .select<{ wait_event: string | null; blocked: boolean }>(database, query, limited)
    .catch(() => []);
  const event = row?.wait_event ?? "";
  if (/^libpqwalreceiverconnect$/i.test(event)) return "connecting";
  if (/^libpqwalreceiver/i.test(event)) return "answering";
  return row?.blocked === true ? "blocked" : "unknown";
}
