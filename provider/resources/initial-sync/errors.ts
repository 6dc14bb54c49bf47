import { DiagnosticError } from "../../framework/diagnostics";
import { formatRelationName, relationId, type RelationName } from "../../postgres/relation-name";
import { list } from "../../postgres/sql";
import type { SubscriptionStatus, TableState } from "../../postgres/subscription-status";
import type { WorkerLimits } from "../../postgres/worker-limits";
import { MAX_LISTED_NAMES, nameList } from "../shared/name-list";
import type { Symptom } from "./watch";

/** The subscription whose first copy is awaited. */
export interface Awaited {
  readonly name: string;
  readonly database: string;
}

const UNCHANGED =
  "Nothing was changed, and nothing is lost: the server goes on trying. Once the cause is gone, apply again.";
const SERVER_LOG = "The subscriber's server log has the exact error.";

/** For a subscription that is not in the database, or not any more. */
export function subscriptionIsMissing(
  { name, database }: Awaited,
  others: readonly string[],
): DiagnosticError {
  const names = others.map((other) => JSON.stringify(other)).join(", ");
  return new DiagnosticError(
    "Subscription does not exist",
    `The database ${JSON.stringify(database)} has no subscription ${JSON.stringify(name)}, so there is no first copy to wait for; it has ${names || "none"}. ` +
      "Correct subscription or database, or refer to the name of the postgresql_subscription, which makes this resource depend on it.",
    ["subscription"],
  );
}

/** For a subscription that copies nothing, however long one waits. */
export function subscriptionIsDisabled(awaited: Awaited, status: SubscriptionStatus): DiagnosticError {
  return new DiagnosticError(
    "Subscription is disabled",
    `${labelOf(awaited)} is disabled, so its first copy would never be done: ${tablesNotReady(status)}. ` +
      "Set enabled = true on it. If it has disabled itself (disable_on_error), the subscriber's server log has the reason.",
  );
}

/** For a first copy that is not done when time is up. */
export function notDone(
  awaited: Awaited,
  status: SubscriptionStatus,
  step: "create" | "update",
): DiagnosticError {
  const { apply_error_count: applyErrors, sync_error_count: copyErrors } = status;
  const errors =
    applyErrors === null || copyErrors === null
      ? ""
      : `; so far, applying changes has failed ${times(applyErrors)} and copying tables ${times(copyErrors)}`;
  return new DiagnosticError(
    "First copy is not done",
    `${labelOf(awaited)}: ${tablesNotReady(status)} when the time limit of ${step} expired. ` +
      `The subscription is enabled, and its worker is ${status.worker_running ? "" : "not "}running${errors}.\n\n` +
      "Nothing is lost: the server continues to copy. Apply again to continue waiting, " +
      `with a longer limit in timeouts { ${step} = "…" } if the tables are large.\n\n` +
      "If it makes no progress, look into the subscriber's server log for the errors of its logical replication workers; " +
      "check that the subscriber's server still reaches the publisher with the subscription's conninfo and password; " +
      "and that max_logical_replication_workers and max_worker_processes leave it a worker for each subscription and " +
      "max_sync_workers_per_subscription for its tables.",
  );
}

/** For a copy that meets rows. */
export function rowsInTheWay(
  awaited: Awaited,
  tables: readonly RelationName[],
  { failedAttempts }: Symptom,
): DiagnosticError {
  const one = tables.length === 1;
  const truncate = `TRUNCATE ${list(tables.slice(0, MAX_LISTED_NAMES).map(relationId)).text}`;
  return new DiagnosticError(
    `Table${one ? "" : "s"} to copy already contain${one ? "s" : ""} rows`,
    `${labelOf(awaited)}: the first copy of ${named(tables)} does not get done${attempts(failedAttempts)}, and the table${one ? "" : "s"} already contain${one ? "s" : ""} rows at the subscriber. ` +
      "They are not from this copy: its rows become visible when it is done. Most likely, a row of the publisher has the same key as one of them.\n\n" +
      `If the rows may go, run ${truncate} at the subscriber: the server then copies the publisher's rows by itself.\n` +
      "If they are the publisher's rows, and no row was written there since, replace the subscription with copy_data = false.\n\n" +
      `${UNCHANGED} ${SERVER_LOG}`,
  );
}

/** For copies that fail for a reason that only the server log has. */
export function copiesFail(
  awaited: Awaited,
  { seconds, failedAttempts, tables }: Symptom,
  limits: WorkerLimits,
  originsSetting: string,
): DiagnosticError {
  const failing = tables.filter(({ state }) => state === "copying");
  return new DiagnosticError(
    "First copy fails again and again",
    `${labelOf(awaited)}: the copy of ${named(failing)} starts and does not get done${attempts(failedAttempts)}; no table has made progress for ${seconds} s. ${SERVER_LOG} Likely causes:\n\n` +
      "- The publisher has no replication slot or connection left for copies. Besides the subscription's own, each table that is being copied takes one of each there: raise max_replication_slots and max_wal_senders at the publisher, or drop slots that nothing reads.\n" +
      "- The role of conninfo may not read the table at the publisher: grant it SELECT, and USAGE on the schema.\n" +
      "- The table at the subscriber refuses rows: a constraint that the publisher does not have, a missing column.\n" +
      `- The subscriber has no replication origin left for copies: ${limits.origins} of ${limits.max_origins} (${originsSetting}) are in use.\n\n` +
      UNCHANGED,
  );
}

/** For copies that no worker starts. */
export function copiesDoNotStart(
  awaited: Awaited,
  { seconds, tables }: Symptom,
  limits: WorkerLimits,
): DiagnosticError {
  return new DiagnosticError(
    "First copy does not start",
    `${labelOf(awaited)} is connected to the publisher, but for ${seconds} s no worker has copied ${named(tables)}. The subscriber's limits:\n\n${limitLines(limits)}\n\n` +
      `Raise the limit that is reached, and restart the subscriber. ${UNCHANGED} ${SERVER_LOG}`,
  );
}

/** For a subscription whose worker does not stay connected to the publisher. */
export function workerDoesNotStay(
  awaited: Awaited,
  { seconds }: Symptom,
  status: SubscriptionStatus,
  limits: WorkerLimits,
): DiagnosticError {
  const errors = status.apply_error_count ?? 0;
  return new DiagnosticError(
    "The subscription's worker is not connected",
    `${labelOf(awaited)}: no worker has stayed connected to the publisher for ${seconds} s, so nothing is copied: ${tablesNotReady(status)}. ${SERVER_LOG} Likely causes:\n\n` +
      "- The subscriber's server does not reach the publisher: check host and port in conninfo, the route, the publisher's security group and pg_hba.conf, and its state.\n" +
      "- The publisher refuses the connection: check the user, the password and sslmode, and that max_wal_senders leaves a connection.\n" +
      "- The subscription's slot or publication does not exist at the publisher, the slot is lost, or another process reads from it.\n" +
      (errors > 0
        ? `- A change cannot be applied: that has happened ${times(errors)} so far. Another row has its key, or the tables differ.\n`
        : "") +
      `- The subscriber starts no worker for it. Its limits:\n\n${limitLines(limits)}\n\n${UNCHANGED}`,
  );
}

function limitLines(limits: WorkerLimits): string {
  return [
    `- max_logical_replication_workers: ${limits.logical_replication_workers} of ${limits.max_logical_replication_workers} in use, one for each subscription and one for each table that is being copied`,
    `- max_sync_workers_per_subscription: ${limits.max_sync_workers_per_subscription}`,
    `- max_worker_processes: ${limits.max_worker_processes}, for these workers, their launcher, parallel queries and extensions`,
  ].join("\n");
}

function labelOf({ name, database }: Awaited): string {
  return `Subscription ${JSON.stringify(name)} in database ${JSON.stringify(database)}`;
}

function tablesNotReady({ tables }: SubscriptionStatus): string {
  const left = tables.filter(({ state }) => state !== "ready");
  return `${left.length} of ${tables.length} tables ${left.length === 1 ? "was" : "were"} not ready: ${named(left)}`;
}

/** The first few tables by name, with their states where they are known. */
function named(tables: readonly (RelationName & { readonly state?: TableState })[]): string {
  return nameList(
    tables.map((table) => formatRelationName(table) + (table.state === undefined ? "" : ` (${table.state})`)),
  );
}

function attempts(failed: number): string {
  return failed === 0 ? "" : ` (${failed} attempts have failed)`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
