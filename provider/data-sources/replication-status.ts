import { DiagnosticError } from "../framework/diagnostics";
import { computed, optional, optionalComputed, type Schema } from "../framework/schema";
import { bool, listOf, number, objectOf, string } from "../framework/value-type";
import {
  isInitialSyncDone,
  type SubscriptionStatus,
  subscriptionStatus,
} from "../postgres/subscription-status";
import { nullWithoutDatabase } from "../resources/shared/database-object";
import { define } from "./define";
import { type SlotStatus, slotStatus } from "./slot-status";

const schema = {
  description:
    "Status of logical replication on one of its two servers: of a replication slot at the publisher, or of a subscription at the subscriber. " +
    "Any role that can connect can read it. Positions, byte counts and worker states change constantly, so an output that contains them can differ in every plan.\n\n" +
    "A slot or subscription that does not exist is not an error, so that this data source never blocks a destroy: `exists` is `false`, and all other attributes are null. " +
    "To require that it exists, add a `check` block (a warning) or a `postcondition` (an error). " +
    "An unreachable server is an error. In that case, destroy with `terraform destroy -refresh=false`, which does not read data sources.",
  attributes: {
    database: optionalComputed(string, {
      description:
        "Database to connect to (default: the provider's `database`). A subscription is looked up in this database, a slot in all databases of the server.",
    }),
    slot_name: optional(string, {
      description: "Name of a replication slot at the publisher. Set either this or `subscription`.",
      conflictsWith: ["subscription"],
    }),
    subscription: optional(string, { description: "Name of a subscription at the subscriber." }),

    exists: computed(bool, {
      description:
        "Whether the slot or the subscription exists; `false` if `database` does not exist. If `false`, all other computed attributes are null.",
    }),
    active: computed(bool, {
      description:
        "Whether a consumer is connected to the slot. With `subscription`, this and all other attributes of a slot are null.",
    }),
    plugin: computed(string, { description: "Output plugin of the slot. Null for a physical slot." }),
    wal_status: computed(string, {
      description:
        "Availability of the WAL that the slot requires: `reserved`, `extended`, `unreserved`, or `lost`, if the slot is unusable. Null before PostgreSQL 13.",
    }),
    restart_lsn: computed(string, {
      description: "Oldest WAL position that the slot may still require, such as `16/B374D848`.",
    }),
    confirmed_flush_lsn: computed(string, {
      description: "WAL position up to which the consumer has confirmed all changes.",
    }),
    retained_wal_bytes: computed(number, {
      description:
        "WAL that the server retains for the slot, in bytes: from `restart_lsn` to the current end.",
    }),
    lag_bytes: computed(number, {
      description:
        "Lag of the consumer, in bytes of WAL: from `confirmed_flush_lsn` to the current end, including WAL of other tables and databases.",
    }),
    safe_wal_size_bytes: computed(number, {
      description:
        "WAL that the server can write before the slot is at risk of being lost, in bytes. Null without a limit (`max_slot_wal_keep_size = -1`), for a lost slot, and before PostgreSQL 13.",
    }),
    consumer_application_name: computed(string, {
      description:
        "`application_name` of the consumer, for a subscription its name. Null without a consumer.",
    }),
    consumer_state: computed(string, {
      description:
        "State of the consumer in `pg_stat_replication`, such as `catchup` or `streaming`. Null without a consumer, and if the user is neither a superuser nor a member of `pg_read_all_stats` (or `pg_monitor`).",
    }),

    enabled: computed(bool, {
      description:
        "Whether the subscription is enabled. With `slot_name`, this and all other attributes of a subscription are null.",
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
} satisfies { readonly [N in keyof ReturnType<typeof subscriptionValues>]: null };

/** `postgresql_replication_status`: ID `database.slot_name` or `database.subscription`. */
export const replicationStatus = define({
  typeName: "postgresql_replication_status",
  displayName: "replication status",
  schema,
  identify: ({ database, slot_name: slot, subscription }) => `${database}.${slot ?? subscription}`,
  describe: ({ slot_name: slot, subscription }) =>
    slot === null
      ? `the status of subscription ${JSON.stringify(subscription)}`
      : `the status of replication slot ${JSON.stringify(slot)}`,

  async read({ provider, config, signal }) {
    const { slot_name, subscription } = config;
    const database = config.database ?? provider.settings.database;
    const named = { database, slot_name, subscription };
    if (slot_name !== null) {
      const slot = await nullWithoutDatabase(() => slotStatus(provider, database, slot_name, signal));
      return { ...named, exists: slot !== null, ...NO_SUBSCRIPTION, ...(slot ?? NO_SLOT) };
    }
    if (subscription !== null) {
      const status = await nullWithoutDatabase(async () => {
        const found = await subscriptionStatus(provider, database, subscription, signal);
        return found.status ?? null;
      });
      return {
        ...named,
        exists: status !== null,
        ...NO_SLOT,
        ...(status === null ? NO_SUBSCRIPTION : subscriptionValues(status)),
      };
    }
    throw new DiagnosticError(
      "Missing attribute",
      "Set slot_name for the publisher's side, or subscription for the subscriber's.",
    );
  },
});

function subscriptionValues(status: SubscriptionStatus) {
  return {
    enabled: status.enabled,
    worker_running: status.worker_running,
    received_lsn: status.received_lsn,
    latest_end_lsn: status.latest_end_lsn,
    latest_end_time: status.latest_end_time,
    apply_error_count: status.apply_error_count,
    sync_error_count: status.sync_error_count,
    tables: status.tables.map(({ schema, name, state }) => ({ schema, name, state })),
    initial_sync_done: isInitialSyncDone(status),
  };
}
