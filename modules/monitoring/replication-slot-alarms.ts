import { Construct } from "constructs";
import { type SlotServer, slotMetrics } from "./metric";
import { type AlarmProps, metricAlarm } from "./metric-alarm";

const GIB = 1024 ** 3;

/** Properties of {@link ReplicationSlotAlarms}. */
export interface ReplicationSlotAlarmsProps extends AlarmProps {
  /** Prefix of the alarms' names. */
  readonly namePrefix: string;
  /** Publisher to monitor. */
  readonly server: SlotServer;
  /**
   * Alarm when the oldest slot lags by more than this many bytes of WAL.
   *
   * @default 10737418240 - 10 GiB: minutes of heavy writes, and more than the lag of a subscriber that keeps up
   */
  readonly oldestSlotLagBytes?: number;
  /**
   * Alarm when logical decoding spills more than this many bytes to disk (transactions larger than
   * `logical_decoding_work_mem`).
   *
   * @default 5368709120 - 5 GiB: a transaction that changes tens of millions of rows
   */
  readonly slotDiskUsageBytes?: number;
  /**
   * Alarm when WAL uses more than this many bytes of disk.
   *
   * @default 21474836480 - 20 GiB: twice the lag, since WAL is retained in whole files and until a checkpoint
   */
  readonly transactionLogsDiskUsageBytes?: number;
}

/**
 * CloudWatch alarms for the replication slots of a publisher. When a subscriber or DMS task stops, the publisher retains
 * WAL for its slot until the disk is full.
 *
 * @example
 * ```ts
 * import { ReplicationSlotAlarms } from "aurora-logical-replication/modules/monitoring";
 *
 * new ReplicationSlotAlarms(this, "alarms", {
 *   namePrefix: "orders",
 *   server: { kind: "cluster", identifier: "orders" },
 *   alarmActions: ["arn:aws:sns:eu-central-1:123456789012:operators"],
 * });
 * ```
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
 */
export class ReplicationSlotAlarms extends Construct {
  /** @throws Error if a threshold is not above zero. */
  constructor(scope: Construct, id: string, props: ReplicationSlotAlarmsProps) {
    super(scope, id);
    const { namePrefix, server } = props;
    const { oldestSlotLagBytes = 10 * GIB, slotDiskUsageBytes = 5 * GIB } = props;
    const { transactionLogsDiskUsageBytes = 20 * GIB } = props;
    const metrics = slotMetrics(server);
    metricAlarm(this, "oldest_slot_lag", {
      ...props,
      alarmName: `${namePrefix}-oldest-slot-lag`,
      description: `A replication slot of ${server.identifier} has a high lag. Find it in pg_replication_slots and check whether its consumer is running.`,
      metric: metrics.oldestSlotLag,
      property: "oldestSlotLagBytes",
      threshold: oldestSlotLagBytes,
    });
    metricAlarm(this, "slot_disk_usage", {
      ...props,
      alarmName: `${namePrefix}-slot-disk-usage`,
      description: `Logical decoding of ${server.identifier} spills large transactions to disk. Check pg_stat_activity for long transactions.`,
      metric: metrics.slotDiskUsage,
      property: "slotDiskUsageBytes",
      threshold: slotDiskUsageBytes,
    });
    metricAlarm(this, "transaction_logs_disk_usage", {
      ...props,
      alarmName: `${namePrefix}-transaction-logs-disk-usage`,
      description: `WAL uses much disk space of ${server.identifier}. Drop replication slots that no consumer uses.`,
      metric: metrics.transactionLogsDiskUsage,
      property: "transactionLogsDiskUsageBytes",
      threshold: transactionLogsDiskUsageBytes,
    });
  }
}
