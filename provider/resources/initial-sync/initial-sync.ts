import { setTimeout as sleep } from "node:timers/promises";
import type { CreateOperation } from "../../framework/resource";
import { computed, optional, required, type Schema } from "../../framework/schema";
import { listOf, mapOf, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";
import { backoff } from "../../postgres/backoff";
import { PostgresError } from "../../postgres/errors";
import { formatRelationName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import {
  isInitialSyncDone,
  type SubscriptionStatus,
  subscriptionStatus,
} from "../../postgres/subscription-status";
import {
  databaseAttribute,
  databaseObjectId,
  databaseObjectLabel,
  databaseOf,
  nullWithoutDatabase,
  parseDatabaseObjectId,
  planDatabase,
} from "../shared/database-object";
import { define } from "../shared/define";
import { identifierComplaint } from "../shared/identifier";
import { askWhilePlanning } from "../shared/plan-check";
import { diagnose } from "./diagnosis";
import { notDone, subscriptionIsDisabled, subscriptionIsMissing } from "./errors";
import { CopyWatch } from "./watch";

const schema = {
  description:
    "Waits until the initial copy of every table of a subscription is complete, so that dependent resources find the rows. " +
    'Configure the provider for the subscriber. The wait fails after `timeouts { create = "…" }` (default: 20 minutes), or `update` if it waits again. ' +
    "The resource changes nothing on the server. If it fails, the server continues to copy, and the next apply resumes waiting.\n\n" +
    "The wait fails early and reports the cause if the copy cannot complete: existing rows in the table, a limit of one of the servers, a worker that does not stay connected. " +
    "It does so only after several attempts of the server have failed. It never fails early because a copy is slow.\n\n" +
    "If a plan finds tables without a complete initial copy, for example because the subscription was replaced, it updates this resource in place, and the apply waits again.",
  attributes: {
    subscription: required(string, {
      description: "Name of the subscription to wait for.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    refresh_triggers: optional(mapOf(string), {
      description:
        "Arbitrary values. When they change, or are known only after apply, the next apply waits again. Set this to the `tables` of the postgresql_subscription, so that the apply that replaces the subscription or adds tables to it waits again.",
    }),
    tables: computed(listOf(string), {
      description:
        "Tables whose initial copy is complete, as `schema.table`, sorted. A part of a name that contains a dot or a double quote is in double quotes.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type InitialSyncState = State<S>;

/**
 * `postgresql_initial_sync`: ID `database.subscription`. Separate from the subscription, because an error in the
 * subscription's create would taint it, and Terraform replaces a tainted subscription, which copies every row again.
 */
export const initialSync = define({
  typeName: "postgresql_initial_sync",
  displayName: "initial sync",
  schema,
  identify: ({ database, subscription: name }) => databaseObjectId({ database, name }),
  describe: labelOf,

  async modifyPlan(operation) {
    planDatabase(operation);
    const { provider, prior, plan, diagnostics, signal } = operation;
    if (prior === null) return;
    // Terraform plans once more before it applies this: what makes the plan an update has to make it unknown at once.
    if (operation.changesTimeouts || !sameTriggers(plan.refresh_triggers, prior.refresh_triggers)) {
      operation.setUnknown("tables");
      return;
    }
    const { subscription: name, database } = plan;
    if (provider === null || name === undefined || typeof database !== "string") return;
    const found = await askWhilePlanning(diagnostics, labelOf(plan), () =>
      subscriptionStatus(provider, database, name, signal),
    );
    const status = found?.status;
    if (status?.enabled === true && !isInitialSyncDone(status)) operation.setUnknown("tables");
  },

  create: (operation) => waitUntilDone(operation, "create"),

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const database = databaseOf(state, provider);
      const { status } = await subscriptionStatus(provider, database, state.subscription, signal);
      return status === undefined ? null : { ...state, database, tables: readyTables(status) };
    }),

  async update(operation) {
    const { planned, provider } = operation;
    const { tables } = planned;
    // Nothing has changed but the spelling of refresh_triggers.
    if (tables !== undefined) return { ...planned, database: databaseOf(planned, provider), tables };
    return waitUntilDone(operation, "update");
  },

  /** There is nothing to remove: the subscription keeps its rows. */
  delete: () => Promise.resolve(),

  importState(importId) {
    const { database, name } = parseDatabaseObjectId(importId);
    return { database, subscription: name };
  },
});

function labelOf({ database, subscription: name }: Pick<View<S>, "database" | "subscription">): string {
  return `the first copy of ${databaseObjectLabel("subscription", { database, name })}`;
}

function sameTriggers(
  one: InitialSyncState["refresh_triggers"] | undefined,
  other: InitialSyncState["refresh_triggers"],
): boolean {
  return one !== undefined && JSON.stringify(one ?? {}) === JSON.stringify(other ?? {});
}

/** Asks again and again until every table is ready, or until that cannot come about. */
async function waitUntilDone(
  { provider, planned, signal }: CreateOperation<S, PostgresServer>,
  step: "create" | "update",
): Promise<InitialSyncState> {
  const { subscription: name } = planned;
  const database = databaseOf(planned, provider);
  const awaited = { name, database };
  const watch = new CopyWatch();
  let latest: SubscriptionStatus | undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      const { status, subscriptions } = await subscriptionStatus(provider, database, name, signal);
      if (status === undefined) throw subscriptionIsMissing(awaited, subscriptions);
      if (isInitialSyncDone(status)) return { ...planned, database, tables: readyTables(status) };
      if (!status.enabled) throw subscriptionIsDisabled(awaited, status);
      latest = status;
      const symptom = watch.observe(status, Date.now());
      if (symptom !== null) await diagnose(provider, awaited, symptom, status, signal);
    } catch (error) {
      const isTimeUp = signal.aborted && error instanceof PostgresError && error.kind === "timeout";
      throw isTimeUp && latest !== undefined ? notDone(awaited, latest, step) : error;
    }
    // An abort ends the sleep, and is reported by the next query.
    await sleep(backoff(tries), undefined, { signal }).catch(() => undefined);
  }
}

function readyTables({ tables }: SubscriptionStatus): string[] {
  return tables.filter(({ state }) => state === "ready").map(formatRelationName);
}
