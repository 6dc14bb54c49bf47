import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { type Metric, type MigrationTask, type SlotServer, slotMetrics, taskMetrics } from "./metric";

/** The properties of {@link ReplicationDashboard}. */
export interface ReplicationDashboardProps {
  /** Letters, digits, hyphens and underscores. */
  readonly dashboardName: string;
  /** The publisher, whose slots keep WAL. */
  readonly publisher: SlotServer;
  /**
   * The DMS task that reads from it.
   *
   * @default - none: the subscriber is PostgreSQL itself
   */
  readonly task?: MigrationTask;
}

/** One dashboard with what tells whether replication keeps up. */
export class ReplicationDashboard extends Construct {
  constructor(scope: Construct, id: string, { dashboardName, publisher, task }: ReplicationDashboardProps) {
    super(scope, id);
    const region = new DataAwsRegion(this, "region").id;
    const slots = slotMetrics(publisher);
    const latency = task && taskMetrics(task);
    const plots: readonly (readonly [title: string, metrics: readonly Metric[]])[] = [
      ...(latency
        ? ([["How far DMS is behind (seconds)", [latency.latencySource, latency.latencyTarget]]] as const)
        : []),
      ["How far the oldest slot is behind (bytes)", [slots.oldestSlotLag]],
      [
        "What logical replication takes of the disk (bytes)",
        [slots.slotDiskUsage, slots.transactionLogsDiskUsage],
      ],
    ];
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName,
      dashboardBody: Fn.jsonencode({
        widgets: plots.map(([title, metrics], index) => ({
          type: "metric",
          x: 0,
          y: index * 6,
          width: 24,
          height: 6,
          properties: {
            title,
            region,
            view: "timeSeries",
            stat: "Maximum",
            period: 60,
            metrics: metrics.map(({ namespace, name, dimensions }) => [
              namespace,
              name,
              ...Object.entries(dimensions).flat(),
            ]),
          },
        })),
      }),
    });
  }
}
