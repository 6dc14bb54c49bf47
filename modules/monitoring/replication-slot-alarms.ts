import { Construct } from "constructs";
import { type SlotServer, slotMetrics } from "./metric";
import { type AlarmProps, metricAlarm } from "./metric-alarm";

const GIB = 1024 ** 3;

/** The properties of {@link ReplicationSlotAlarms}. */
export interface ReplicationSlotAlarmsProps extends AlarmProps {
  /** The alarms' names begin with it. */
  readonly namePrefix: string;
  /** The publisher. */
  readonly server: SlotServer;
  /**
   * How far the slot that is behind the most may be, in bytes of WAL.
   *
   * @default 10737418240 - 10 GiB: minutes of heavy writing, and more than a subscriber that keeps up is ever behind
   */
  readonly oldestSlotLagBytes?: number;
  /**
   * The disk that changes of unfinished transactions may take which do not fit into `logical_decoding_work_mem`, in bytes.
   *
   * @default 5368709120 - 5 GiB: a transaction that changes tens of millions of rows
   */
  readonly slotDiskUsageBytes?: number;
  /**
   * The disk that WAL may take, in bytes.
   *
   * @default 21474836480 - 20 GiB: twice the lag, as WAL is kept in whole files and until a checkpoint
   */
  readonly transactionLogsDiskUsageBytes?: number;
}

/**
 * Alarms on what slots keep at a publisher. A subscriber or task that stops takes nothing off its slot, and the publisher
 * keeps WAL for it until the disk is full.
 */
export class ReplicationSlotAlarms extends Construct {
  /** @throws Error when a threshold is not above zero. */
  constructor(scope: Construct, id: string, props: ReplicationSlotAlarmsProps) {
    super(scope, id);
    const { namePrefix, server } = props;
    const { oldestSlotLagBytes = 10 * GIB, slotDiskUsageBytes = 5 * GIB } = props;
    const { transactionLogsDiskUsageBytes = 20 * GIB } = props;
    const metrics = slotMetrics(server);
    metricAlarm(this, "oldest_slot_lag", {
      ...props,
      alarmName: `${namePrefix}-oldest-slot-lag`,
      description: `A replication slot of ${server.identifier} is far behind: see which in pg_replication_slots, and whether whoever reads it is running.`,
      metric: metrics.oldestSlotLag,
      property: "oldestSlotLagBytes",
      threshold: oldestSlotLagBytes,
    });
    metricAlarm(this, "slot_disk_usage", {
      ...props,
      alarmName: `${namePrefix}-slot-disk-usage`,
      description: `Unfinished transactions of ${server.identifier} take much disk for logical decoding: look for long ones in pg_stat_activity.`,
      metric: metrics.slotDiskUsage,
      property: "slotDiskUsageBytes",
      threshold: slotDiskUsageBytes,
    });
    metricAlarm(this, "transaction_logs_disk_usage", {
      ...props,
      alarmName: `${namePrefix}-transaction-logs-disk-usage`,
      description: `WAL takes much disk of ${server.identifier}: drop the slots that nobody reads any more.`,
      metric: metrics.transactionLogsDiskUsage,
      property: "transactionLogsDiskUsageBytes",
      threshold: transactionLogsDiskUsageBytes,
    });
  }
}
