import { DiagnosticError } from "../../framework/diagnostics";
import { formatRelationName } from "../../postgres/relation-name";
import type { SubscriptionStatus } from "../../postgres/subscription-status";

const MOST_NAMES = 10;

/** For a subscription that is not in the database, or not any more. */
export function subscriptionIsMissing(
  name: string,
  database: string,
  others: readonly string[],
): DiagnosticError {
  const names = others.map((other) => JSON.stringify(other)).join(", ");
  return new DiagnosticError(
    "Subscription does not exist",
    `The database ${JSON.stringify(database)} has no subscription ${JSON.stringify(name)}, so there is no first copy to wait for; it has ${names || "none"}. ` +
      "Correct subscription or database, or refer to the postgresql_subscription's name, which makes this resource depend on it.",
    ["subscription"],
  );
}

/** For a subscription that copies nothing, however long one waits. */
export function subscriptionIsDisabled(
  name: string,
  database: string,
  status: SubscriptionStatus,
): DiagnosticError {
  return new DiagnosticError(
    "Subscription is disabled",
    `${labelOf(name, database)} is disabled, so its first copy would never be done: ${tablesNotReady(status)}. ` +
      "Set enabled = true on it. Should it have disabled itself (disable_on_error), the subscriber's server log says why.",
  );
}

/** For a first copy that is not done when time is up. */
export function notDone(
  name: string,
  database: string,
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
    `${labelOf(name, database)}: ${tablesNotReady(status)} when the time was up that ${step} is given. ` +
      `The subscription is enabled, and its worker is ${status.worker_running ? "" : "not "}running${errors}.\n\n` +
      "Nothing is lost: the server goes on copying. Apply again to wait on, " +
      `with a longer limit in timeouts { ${step} = "…" } if the tables are large.\n\n` +
      "If it makes no progress, look into the subscriber's server log for the errors of its logical replication workers; " +
      "see that the subscriber's server still reaches the publisher with the subscription's conninfo and password; " +
      "and that max_logical_replication_workers and max_worker_processes leave it a worker for each subscription and " +
      "max_sync_workers_per_subscription for its tables.",
  );
}

function labelOf(name: string, database: string): string {
  return `Subscription ${JSON.stringify(name)} in database ${JSON.stringify(database)}`;
}

function tablesNotReady({ tables }: SubscriptionStatus): string {
  const left = tables.filter(({ state }) => state !== "ready");
  const named = left.slice(0, MOST_NAMES).map((table) => `${formatRelationName(table)} (${table.state})`);
  const more = left.length > MOST_NAMES ? ` and ${left.length - MOST_NAMES} more` : "";
  return `${left.length} of ${tables.length} tables ${left.length === 1 ? "was" : "were"} not ready: ${named.join(", ")}${more}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
