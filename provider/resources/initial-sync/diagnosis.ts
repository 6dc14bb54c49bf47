import type { PostgresServer } from "../../postgres/server";
import type { SubscriptionStatus } from "../../postgres/subscription-status";
import { originsSetting, type WorkerLimits, workerLimits } from "../../postgres/worker-limits";
import { existingRows } from "../subscription/existing-rows";
import { type Awaited, copiesDoNotStart, copiesFail, rowsInTheWay, workerDoesNotStay } from "./errors";
import type { Symptom } from "./watch";

/** A worker that fails is started again after `wal_retrieve_retry_interval`. Fewer restarts prove nothing. */
const RESTARTS = 5;

/**
 * Looks for the cause of a symptom.
 *
 * @throws DiagnosticError that names the cause, or the likely ones. Returns when the copy may just be slow.
 */
export async function diagnose(
  server: PostgresServer,
  awaited: Awaited,
  symptom: Symptom,
  status: SubscriptionStatus,
  signal: AbortSignal,
): Promise<void> {
  const { database } = awaited;
  const copying = symptom.tables.filter(({ state }) => state === "copying");
  const { filled } = await existingRows(server, database, copying, signal);
  const rows = filled.length > 0 ? rowsInTheWay(awaited, filled, symptom) : null;
  if (symptom.kind === "failing") {
    if (rows !== null) throw rows;
    return;
  }
  const limits = await workerLimits(server, database, signal);
  if (symptom.seconds < RESTARTS * limits.retry_seconds) return;
  if (symptom.connected && copying.length > 0) {
    throw (
      rows ?? copiesFail(awaited, symptom, limits, originsSetting(await server.session(database, signal)))
    );
  }
  const ownCopies = status.tables.filter((table) => table.worker_running).length;
  // Its turn comes when other subscriptions have copied their tables.
  if (isExhausted(limits) && limits.copies > ownCopies) return;
  if (!symptom.connected) throw workerDoesNotStay(awaited, symptom, status, limits);
  if (isExhausted(limits) || !symptom.busy) throw copiesDoNotStart(awaited, symptom, limits);
}

function isExhausted(limits: WorkerLimits): boolean {
  return (
    limits.max_sync_workers_per_subscription === 0 ||
    limits.logical_replication_workers >= limits.max_logical_replication_workers
  );
}
