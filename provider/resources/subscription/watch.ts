import { setTimeout as sleep } from "node:timers/promises";
import { formatRelationName, type RelationName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import { type SubscriptionStatus, subscriptionStatus } from "../../postgres/subscription-status";
import { existingRows } from "./existing-rows";

const POLL_MS = 500;
/** Longer than the pause before a worker that failed is started again: wal_retrieve_retry_interval, 5 s by default. */
const WATCH_MS = 6_500;
/** A worker that has failed before and is younger than this may be about to fail again. */
const YOUNG_SECONDS = 6;

/** What {@link watchWorkers} saw. */
export interface Watched {
  readonly status: SubscriptionStatus;
  readonly workerStays: boolean;
  readonly stuck: readonly (RelationName & { readonly filled: boolean })[];
}

/**
 * Whether the workers of an enabled subscription do their work. One look at a healthy subscription is enough. A worker
 * that fails is started again and again, so anything suspicious is watched until it recovers, for 6.5 s at most.
 */
export async function watchWorkers(
  server: PostgresServer,
  database: string,
  name: string,
  first: SubscriptionStatus,
  signal: AbortSignal,
): Promise<Watched> {
  const deadline = Date.now() + WATCH_MS;
  let status = first;
  while (isSuspicious(status) && Date.now() < deadline) {
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    const next = (await subscriptionStatus(server, database, name, signal)).status;
    if (next === undefined || !next.enabled) break;
    status = next;
  }
  const unfinished = isSuspicious(status) ? idleCopies(status) : [];
  const { filled } = await existingRows(server, database, unfinished, signal);
  const hasRows = new Set(filled.map(formatRelationName));
  return {
    status,
    workerStays: status.worker_running && !isConnecting(status) && !isFailing(status),
    stuck: unfinished.map((table) => ({ ...table, filled: hasRows.has(formatRelationName(table)) })),
  };
}

function isSuspicious(status: SubscriptionStatus): boolean {
  return !status.worker_running || isConnecting(status) || isFailing(status) || idleCopies(status).length > 0;
}

/** A worker whose publisher does not answer waits for minutes, and counts as running meanwhile. */
function isConnecting({ worker_running: running, received_lsn: received }: SubscriptionStatus): boolean {
  return running && received === null;
}

/** A worker that has failed before, and has just been started. */
function isFailing({ apply_error_count: errors, worker_seconds: age }: SubscriptionStatus): boolean {
  return (errors ?? 0) > 0 && age !== null && age < YOUNG_SECONDS;
}

/** Tables that wait for their copy although no other table is being copied. */
function idleCopies({ tables }: SubscriptionStatus): RelationName[] {
  const unfinished = tables.filter(({ state }) => state === "initializing" || state === "copying");
  return unfinished.some(({ worker_running: running }) => running) ? [] : unfinished;
}
