/** A metric of CloudWatch, as an alarm watches it and a dashboard plots it. */
export interface Metric {
  readonly namespace: "AWS/DMS" | "AWS/RDS";
  readonly name: string;
  /** What the metric is of. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: "Seconds" | "Bytes";
}

/** A server whose slots keep WAL. */
export interface SlotServer {
  /** An Aurora cluster, or a DB instance of RDS. */
  readonly kind: "cluster" | "instance";
  /** The cluster's, or the DB instance's, identifier. */
  readonly identifier: string;
}

/** A task of DMS as CloudWatch knows it. */
export interface MigrationTask {
  readonly replicationTaskId: string;
  readonly replicationTaskArn: string;
  /** The last part of the ARN. */
  readonly resourceId: string;
  readonly replicationInstanceId: string;
}

/**
 * What a server's slots keep, in bytes. Of a cluster it is the writer's, whichever instance that is; RDS has a metric for
 * logical slots alone, Aurora has no other slots.
 */
export function slotMetrics({ kind, identifier }: SlotServer) {
  const metric = (name: string): Metric => ({
    namespace: "AWS/RDS",
    name,
    dimensions:
      kind === "cluster"
        ? { DBClusterIdentifier: identifier, Role: "WRITER" }
        : { DBInstanceIdentifier: identifier },
    unit: "Bytes",
  });
  return {
    oldestSlotLag: metric(
      kind === "cluster" ? "OldestReplicationSlotLag" : "OldestLogicalReplicationSlotLag",
    ),
    slotDiskUsage: metric("ReplicationSlotDiskUsage"),
    transactionLogsDiskUsage: metric("TransactionLogsDiskUsage"),
  };
}

/** How far a task is behind the source, and how far the target is behind the task, in seconds. */
export function taskMetrics({ resourceId, replicationInstanceId }: MigrationTask) {
  const metric = (name: string): Metric => ({
    namespace: "AWS/DMS",
    name,
    dimensions: {
      ReplicationInstanceIdentifier: replicationInstanceId,
      ReplicationTaskIdentifier: resourceId,
    },
    unit: "Seconds",
  });
  return {
    latencySource: metric("CDCLatencySource"),
    latencyTarget: metric("CDCLatencyTarget"),
  };
}
