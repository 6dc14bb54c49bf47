import { DiagnosticError } from "../framework/diagnostics";
import { computed, optional, optionalComputed, type Schema } from "../framework/schema";
import { bool, listOf, number, objectOf, string } from "../framework/value-type";
import type { Config, State } from "../framework/values";
import type { PostgresServer } from "../postgres/server";
import {
  isInitialSyncDone,
  type SubscriptionStatus,
  subscriptionStatus,
} from "../postgres/subscription-status";
import { define } from "./define";
import { type SlotStatus, slotStatus } from "./slot-status";

const schema = {
  description:
    "How logical replication is doing, as one of its two servers sees it: a replication slot at the publisher, or a subscription at the subscriber. " +
    "Any role that may connect can read it. The values move all the time: an output made of a position or a number of bytes differs in every plan.",
  attributes: {
    database: optionalComputed(string, {
      description:
        "The database to ask in; for `subscription`, the one that it is in (default: the provider's `database`).",
    }),
    slot_name: optional(string, {
      description:
        "A replication slot of the publisher. Exactly one of `slot_name` and `subscription` is set.",
      conflictsWith: ["subscription"],
    }),
    subscription: optional(string, { description: "A subscription of the subscriber." }),

    active: computed(bool, {
      description:
        "Whether a consumer reads from the slot. Null with `subscription`, as are all of the slot's.",
    }),
    plugin: computed(string, { description: "The slot's output plugin. Null for a physical slot." }),
    wal_status: computed(string, {
      description:
        "Whether the WAL that the slot needs is there: `reserved`, `extended`, `unreserved`, or `lost`, when the slot can never be used again. Null before PostgreSQL 13.",
    }),
    restart_lsn: computed(string, {
      description: "The oldest position in the WAL that the slot may still need, as `16/B374D848`.",
    }),
    confirmed_flush_lsn: computed(string, {
      description: "The position up to which the consumer has confirmed to have received everything.",
    }),
    retained_wal_bytes: computed(number, {
      description:
        "How much WAL the server keeps for the slot, in bytes: from `restart_lsn` to its present end.",
    }),
    lag_bytes: computed(number, {
      description:
        "How far the consumer is behind, in bytes of WAL: from `confirmed_flush_lsn` to its present end. What concerns other tables and databases counts too.",
    }),
    safe_wal_size_bytes: computed(number, {
      description:
        "How much WAL can still be written before the slot is in danger of being lost, in bytes. Null without a limit (`max_slot_wal_keep_size = -1`), for a lost slot, and before PostgreSQL 13.",
    }),
    consumer_application_name: computed(string, {
      description:
        "The `application_name` of the consumer; a subscription's is its name. Null while there is none.",
    }),
    consumer_state: computed(string, {
      description:
        "The consumer's state in `pg_stat_replication`, such as `catchup` or `streaming`. Null while there is none, and for a user who is no superuser and no member of `pg_read_all_stats` (or `pg_monitor`).",
    }),

    enabled: computed(bool, {
      description:
        "Whether the subscription is enabled. Null with `slot_name`, as are all of the subscription's.",
    }),
    worker_running: computed(bool, {
      description:
        "Whether the subscription's worker runs. One that fails is started again after some seconds (`wal_retrieve_retry_interval`).",
    }),
    received_lsn: computed(string, {
      description: "The position in the publisher's WAL up to which the worker has received it.",
    }),
    latest_end_lsn: computed(string, {
      description: "The position in the publisher's WAL that the worker has reported to the publisher last.",
    }),
    latest_end_time: computed(string, {
      description: "When it did so, in RFC 3339 and UTC: `2024-01-31T12:00:00.000Z`.",
    }),
    apply_error_count: computed(number, {
      description:
        "How often changes could not be applied since the statistics were reset. Null before PostgreSQL 15.",
    }),
    sync_error_count: computed(number, {
      description:
        "How often the first copy of a table failed since the statistics were reset. Null before PostgreSQL 15.",
    }),
    tables: computed(listOf(objectOf({ schema: string, name: string, state: string })), {
      description:
        "The subscription's tables, ordered by schema and name, each with how far its first copy is: `initializing`, `copying`, `copied`, `synchronized` (with what changed meanwhile), or `ready`, which is the end.",
    }),
    initial_sync_done: computed(bool, {
      description: "Whether all of `tables` are `ready`.",
    }),
  },
  blocks: {},
} satisfies Schema;

type StatusState = State<typeof schema>;

const NO_SLOT = {
  active: null,
  plugin: null,
  wal_status: null,
  restart_lsn: null,
  confirmed_flush_lsn: null,
  retained_wal_bytes: null,
  lag_bytes: null,
  safe_wal_size_bytes: null,
  consumer_application_name: null,
  consumer_state: null,
} satisfies { readonly [N in keyof SlotStatus]: null };

const NO_SUBSCRIPTION = {
  enabled: null,
  worker_running: null,
  received_lsn: null,
  latest_end_lsn: null,
  latest_end_time: null,
  apply_error_count: null,
  sync_error_count: null,
  tables: null,
  initial_sync_done: null,
} satisfies { readonly [N in Exclude<keyof SubscriptionStatus, "worker_seconds">]: null } & {
  readonly initial_sync_done: null;
};

/** `postgresql_replication_status`: ID `database.slot_name` or `database.subscription`. */
export const replicationStatus = define({
  typeName: "postgresql_replication_status",
  noun: "replication status",
  schema,
  identify: ({ database, slot_name: slot, subscription }) => `${database}.${slot ?? subscription}`,
  label: ({ slot_name: slot, subscription }) =>
    slot === null
      ? `the status of subscription ${JSON.stringify(subscription)}`
      : `the status of replication slot ${JSON.stringify(slot)}`,

  async read({ provider, config, signal }) {
    const database = config.database ?? provider.settings.database;
    if (config.slot_name !== null) {
      const slot = await requireSlot(provider, database, config.slot_name, signal);
      return { ...argumentsOf(config), database, ...NO_SUBSCRIPTION, ...slot };
    }
    if (config.subscription !== null) {
      const status = await requireSubscription(provider, database, config.subscription, signal);
      const done = isInitialSyncDone(status);
      return { ...argumentsOf(config), database, ...NO_SLOT, ...status, initial_sync_done: done };
    }
    throw new DiagnosticError(
      "Missing attribute",
      "Set slot_name for the publisher's side, or subscription for the subscriber's.",
    );
  },
});

function argumentsOf({
  slot_name,
  subscription,
}: Config<typeof schema>): Pick<StatusState, "slot_name" | "subscription"> {
  return { slot_name, subscription };
}

async function requireSlot(
  server: PostgresServer,
  database: string,
  name: string,
  signal: AbortSignal,
): Promise<SlotStatus> {
  const { status, slots } = await slotStatus(server, database, name, signal);
  if (status !== undefined) return status;
  throw new DiagnosticError(
    "Replication slot does not exist",
    `The server has no replication slot ${JSON.stringify(name)}; it has ${listNames(slots)}. ` +
      "Correct slot_name, or let this data source depend on what makes the slot.",
    ["slot_name"],
  );
}

async function requireSubscription(
  server: PostgresServer,
  database: string,
  name: string,
  signal: AbortSignal,
): Promise<SubscriptionStatus> {
  const { status, subscriptions } = await subscriptionStatus(server, database, name, signal);
  if (status !== undefined) return status;
  throw new DiagnosticError(
    "Subscription does not exist",
    `The database ${JSON.stringify(database)} has no subscription ${JSON.stringify(name)}; it has ${listNames(subscriptions)}. ` +
      "Correct subscription or database, or let this data source depend on the subscription.",
    ["subscription"],
  );
}

function listNames(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => JSON.stringify(name)).join(", ");
}
