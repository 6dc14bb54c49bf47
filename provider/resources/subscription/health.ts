import { formatRelationName, type RelationName } from "../../postgres/relation-name";
import type { SubscriptionStatus } from "../../postgres/subscription-status";
import { nameList } from "../shared/name-list";
import type { Slot } from "./publisher";

/** Something that keeps rows from arriving and that Terraform cannot repair. */
export interface Finding {
  readonly summary: string;
  /** What was found, and what to do. */
  readonly detail: string;
}

/** What is known about a subscription that should replicate. */
export interface Observation {
  readonly label: string;
  readonly name: string;
  readonly slotName: string | null;
  readonly publications: readonly string[];
  readonly status: SubscriptionStatus;
  /** Whether a worker stayed connected to the publisher while it was watched. */
  readonly workerStays: boolean;
  /** Tables whose copy made no progress while it was watched, and whether each contains rows already. */
  readonly stuck: readonly (RelationName & { readonly filled: boolean })[];
  /** Undefined where the publisher could not be asked. */
  readonly publisher: { readonly slot: Slot | null; readonly publications: readonly string[] } | undefined;
}

const COPY_AGAIN =
  "Rows that were written meanwhile are missing at the subscriber. To copy all tables again, empty them at the subscriber (TRUNCATE) and run terraform apply -replace=ADDRESS.";

/** What keeps rows from arriving, most fundamental first. Empty for a healthy subscription. */
export function findingsOf(observation: Observation): Finding[] {
  const { label, name, slotName, publisher, status } = observation;
  if (slotName === null) {
    return [
      {
        summary: "Subscription has no replication slot",
        detail: `${label} has slot_name = NONE, so it replicates nothing. ${COPY_AGAIN} If a slot with the right position exists, run ALTER SUBSCRIPTION … SET (slot_name = …) and ENABLE instead.`,
      },
    ];
  }
  const slot = slotFinding(label, slotName, publisher?.slot);
  const missing =
    publisher && observation.publications.filter((each) => !publisher.publications.includes(each));
  const publications: Finding[] =
    missing === undefined || missing.length === 0
      ? []
      : [
          {
            summary: "Publication does not exist",
            detail:
              `${label} subscribes to ${missing.map((each) => JSON.stringify(each)).join(", ")}, which the publisher does not have. ` +
              "Changes that are committed until it exists again never arrive (PostgreSQL 18), or stop replication (before). Create it again, then compare the rows of both sides. " +
              COPY_AGAIN,
          },
        ];
  const worker: Finding[] =
    observation.workerStays || slot !== undefined || missing?.length
      ? []
      : [{ summary: "Replication is stopped", detail: workerDetail(observation, name, status) }];
  return [...(slot ? [slot] : []), ...publications, ...worker, ...copyFindings(observation)];
}

function slotFinding(label: string, name: string, slot: Slot | null | undefined): Finding | undefined {
  if (slot === undefined) return undefined;
  if (slot === null) {
    return {
      summary: "Replication slot does not exist",
      detail: `${label} reads from the slot ${JSON.stringify(name)}, which the publisher does not have any more. ${COPY_AGAIN}`,
    };
  }
  if (slot.lost) {
    return {
      summary: "Replication slot is lost",
      detail: `${label} reads from the slot ${JSON.stringify(name)}, and the publisher has removed WAL that it needs (max_slot_wal_keep_size, or an idle timeout). It can never be read again. Drop it at the publisher. ${COPY_AGAIN}`,
    };
  }
  return undefined;
}

function workerDetail({ label, publisher }: Observation, name: string, status: SubscriptionStatus): string {
  const { apply_error_count: errors } = status;
  const failed =
    errors === null
      ? ""
      : errors === 0
        ? " It has reported no error while applying changes, so it probably cannot connect or cannot start."
        : ` Applying changes has failed ${errors === 1 ? "once" : `${errors} times`} since the statistics were reset.`;
  const reader =
    publisher?.slot?.active_pid == null
      ? ""
      : ` At the publisher, process ${publisher.slot.active_pid} reads from its slot.`;
  return (
    `${label} is enabled, and its worker does not start, does not connect to the publisher, or ends again and again, so no row arrives. The publisher retains WAL for it meanwhile.${failed}${reader}\n\n` +
    `The subscriber's server log says why, in lines with "subscription "${name}"". Frequent reasons: a row or a unique key conflicts with a change (remove the row, or skip the change with ALTER SUBSCRIPTION … SKIP); ` +
    "a column or table is missing at the subscriber; the password or address in conninfo is wrong; the owner lacks a privilege; " +
    "max_logical_replication_workers or max_worker_processes at the subscriber, or max_wal_senders at the publisher, is used up."
  );
}

function copyFindings({ label, stuck, status }: Observation): Finding[] {
  if (stuck.length === 0) return [];
  const filled = stuck.filter((table) => table.filled);
  const { sync_error_count: errors } = status;
  const times =
    errors === null
      ? ""
      : ` Copies have failed ${errors === 1 ? "once" : `${errors} times`} since the statistics were reset.`;
  const rows =
    filled.length === 0
      ? ""
      : `\n\n${names(filled)} ${filled.length === 1 ? "contains" : "contain"} rows already, and the copy probably fails on a unique key. If these rows may go, run TRUNCATE there, and the copy continues by itself.`;
  return [
    {
      summary: "Initial copy makes no progress",
      detail:
        `${label}: ${names(stuck)} ${stuck.length === 1 ? "is" : "are"} not copied, and no worker stays at it.${times}${rows}\n\n` +
        "The subscriber's server log says why. Other frequent reasons: the replication role lacks SELECT on the table; the definitions differ; " +
        "max_replication_slots or max_wal_senders at the publisher, or max_sync_workers_per_subscription and max_logical_replication_workers at the subscriber, are used up.",
    },
  ];
}

function names(tables: readonly RelationName[]): string {
  return nameList(tables.map(formatRelationName));
}
