import { setTimeout as sleep } from "node:timers/promises";
import type { CreateOperation } from "../../framework/resource";
import { computed, optional, required, type Schema } from "../../framework/schema";
import { listOf, mapOf, string } from "../../framework/value-type";
import type { State } from "../../framework/values";
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
import { notDone, subscriptionIsDisabled, subscriptionIsMissing } from "./errors";

const schema = {
  description:
    "Waits until the first copy of every table of a subscription is done, so that what depends on it finds the rows. " +
    'The provider is configured for the subscriber. It waits as long as `timeouts { create = "…" }` says (default: 20 minutes), and `update` when it waits again. ' +
    "Nothing is made, and nothing lost when it fails: the server goes on copying, and the next apply waits on.",
  attributes: {
    subscription: required(string, {
      description: "The subscription to wait for.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    refresh_triggers: optional(mapOf(string), {
      description:
        "Any values. When they change, it is waited again. Put in here what the subscription has in its own `refresh_triggers`.",
    }),
    tables: computed(listOf(string), {
      description:
        "The tables whose first copy is done, as `schema.table`, sorted. A part of a name with a dot or double quote in it is in double quotes.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type InitialSyncState = State<S>;

/**
 * `postgresql_initial_sync`: ID `database.subscription`. Not a part of the subscription: an error of that one's create
 * would taint it, and a tainted subscription is dropped and copies every row again.
 */
export const initialSync = define({
  typeName: "postgresql_initial_sync",
  noun: "initial sync",
  schema,
  identify: ({ database, subscription: name }) => databaseObjectId({ database, name }),
  label: ({ database, subscription: name }) =>
    `the first copy of ${databaseObjectLabel("subscription", { database, name })}`,

  modifyPlan(operation) {
    planDatabase(operation);
    const { prior, plan } = operation;
    if (prior !== null && !sameTriggers(plan.refresh_triggers, prior.refresh_triggers)) {
      operation.setUnknown("tables");
    }
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
    // Only the time limits have changed.
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
  let latest: SubscriptionStatus | undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      const { status, subscriptions } = await subscriptionStatus(provider, database, name, signal);
      if (status === undefined) throw subscriptionIsMissing(name, database, subscriptions);
      if (isInitialSyncDone(status)) return { ...planned, database, tables: readyTables(status) };
      if (!status.enabled) throw subscriptionIsDisabled(name, database, status);
      latest = status;
    } catch (error) {
      const isTimeUp = signal.aborted && error instanceof PostgresError && error.kind === "timeout";
      throw isTimeUp && latest !== undefined ? notDone(name, database, latest, step) : error;
    }
    // An abort ends the sleep, and is reported by the next query.
    await sleep(backoff(tries), undefined, { signal }).catch(() => undefined);
  }
}

function readyTables({ tables }: SubscriptionStatus): string[] {
  return tables.filter(({ state }) => state === "ready").map(formatRelationName);
}
