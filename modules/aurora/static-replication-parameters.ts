/** Capacity of a server: numbers, or Terraform expressions of numbers. */
export interface ReplicationCapacity<N> {
  readonly subscribers: N;
  readonly subscriptions: N;
  readonly tablesSyncedAtOnce: N;
  readonly dmsTasks: N;
  readonly spare: N;
}

/** Operations on numbers, or on Terraform expressions of numbers. */
export interface Arithmetic<N> {
  readonly sum: (...terms: (N | number)[]) => N;
  readonly product: (...factors: (N | number)[]) => N;
  readonly max: (...numbers: (N | number)[]) => N;
  /** The number between two texts. */
  readonly text: (before: string, number: N, after: string) => string;
}

/** PostgreSQL's default of `max_sync_workers_per_subscription`. */
export const DEFAULT_SYNC_WORKERS = 2;
/** PostgreSQL's default of `max_parallel_apply_workers_per_subscription`, since version 16. */
const PARALLEL_APPLY_WORKERS = 2;
/** Defaults of RDS's `autovacuum_max_workers` and PostgreSQL's `max_parallel_workers`. */
const OTHER_WORKERS = 3 + 8;

/** Parameters that require a reboot, by name. `replicationParameters` documents the formulas. */
export function staticReplicationParameters<N>(
  { sum, product, max, text }: Arithmetic<N>,
  { subscribers, subscriptions, tablesSyncedAtOnce, dmsTasks, spare }: ReplicationCapacity<N>,
): Readonly<Record<string, N | number | string>> {
  const slotsOf = (consumers: N) => product(consumers, sum(1, tablesSyncedAtOnce));
  const slots = max(20, sum(max(sum(slotsOf(subscribers), dmsTasks), slotsOf(subscriptions)), spare));
  const workers = max(
    4,
    sum(product(subscriptions, sum(1, tablesSyncedAtOnce, PARALLEL_APPLY_WORKERS)), spare),
  );
  return {
    "rds.logical_replication": 1,
    max_replication_slots: slots,
    max_wal_senders: sum(slots, spare),
    max_logical_replication_workers: workers,
    max_worker_processes: text("GREATEST({DBInstanceVCPU*2},", sum(workers, OTHER_WORKERS), ")"),
  };
}
