/** A CloudWatch metric. */
export interface Metric {
  readonly namespace: "AWS/DMS" | "AWS/RDS";
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: "Seconds" | "Bytes";
}

/** A server whose replication slots retain WAL. */
export interface SlotServer {
  /** Whether the server is an Aurora cluster or an RDS instance. */
  readonly kind: "cluster" | "instance";
  /** Identifier of the cluster or instance. */
  readonly identifier: string;
}

/** A DMS task. */
export interface MigrationTask {
  /** Identifier of the task. */
  readonly replicationTaskId: string;
  /** ARN of the task. */
  readonly replicationTaskArn: string;
  /** Last part of the ARN, which CloudWatch identifies the task by. */
  readonly resourceId: string;
  /** Identifier of the task's replication instance. */
  readonly replicationInstanceId: string;
}

/**
 * Metrics of a server's replication slots, in bytes. For a cluster they are those of the current writer. RDS has its own
 * metric for the lag of logical slots; Aurora has no other slots.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
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

/**
 * Latency metrics of a task's change data capture, in seconds.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
 */
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
