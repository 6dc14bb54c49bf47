import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { type Metric, type MigrationTask, type SlotServer, slotMetrics, taskMetrics } from "./metric";

/** Properties of {@link ReplicationDashboard}. */
export interface ReplicationDashboardProps {
  /** Name of the dashboard: letters, digits, hyphens and underscores. */
  readonly dashboardName: string;
  /** Publisher, whose slots retain WAL. */
  readonly publisher: SlotServer;
  /**
   * DMS task that replicates from the publisher.
   *
   * @default - none: the subscriber is PostgreSQL
   */
  readonly task?: MigrationTask;
}

/**
 * A CloudWatch dashboard that shows whether replication keeps up.
 *
 * @example
 * ```ts
 * import { ReplicationDashboard } from "aurora-logical-replication/modules/monitoring";
 *
 * new ReplicationDashboard(this, "dashboard", {
 *   dashboardName: "orders",
 *   publisher: { kind: "cluster", identifier: "orders" },
 * });
 * ```
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
 */
export class ReplicationDashboard extends Construct {
  constructor(scope: Construct, id: string, { dashboardName, publisher, task }: ReplicationDashboardProps) {
    super(scope, id);
    const region = new DataAwsRegion(this, "region").id;
    const slots = slotMetrics(publisher);
    const latency = task && taskMetrics(task);
    const plots: readonly (readonly [title: string, metrics: readonly Metric[]])[] = [
      ...(latency
        ? ([["DMS latency (seconds)", [latency.latencySource, latency.latencyTarget]]] as const)
        : []),
      ["Lag of the oldest replication slot (bytes)", [slots.oldestSlotLag]],
      ["Disk usage of logical replication (bytes)", [slots.slotDiskUsage, slots.transactionLogsDiskUsage]],
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
