import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { type MigrationTask, taskMetrics } from "./metric";
import { type AlarmProps, metricAlarm } from "./metric-alarm";

/** The properties of {@link DmsAlarms}. */
export interface DmsAlarmsProps extends AlarmProps {
  /** The alarms' names begin with it. */
  readonly namePrefix: string;
  /** The task to watch. */
  readonly task: MigrationTask;
  /**
   * How far the task may be behind the source, in seconds.
   *
   * @default 300 - far more than a task that keeps up, and soon enough before WAL fills the source's disk
   */
  readonly latencySourceSeconds?: number;
  /**
   * How far the target may be behind the source, in seconds.
   *
   * @default 600 - the source's and as much again: batches and large transactions arrive late at times
   */
  readonly latencyTargetSeconds?: number;
}

/**
 * Alarms on a DMS task: that it is behind, and that it failed.
 *
 * DMS has no metric for a failure, but sends an event: each topic of `alarmActions` is told through EventBridge, for which
 * the topic's policy has to allow `events.amazonaws.com` to publish.
 */
export class DmsAlarms extends Construct {
  /** @throws Error when a threshold is not above zero, or it is not known how many topics there are. */
  constructor(scope: Construct, id: string, props: DmsAlarmsProps) {
    super(scope, id);
    const { namePrefix, task, latencySourceSeconds = 300, latencyTargetSeconds = 600 } = props;
    const metrics = taskMetrics(task);
    metricAlarm(this, "latency_source", {
      ...props,
      alarmName: `${namePrefix}-cdc-latency-source`,
      description: `The DMS task ${task.replicationTaskId} reads changes late: look for long transactions at the source, and at the replication instance's CPU and memory.`,
      metric: metrics.latencySource,
      property: "latencySourceSeconds",
      threshold: latencySourceSeconds,
    });
    metricAlarm(this, "latency_target", {
      ...props,
      alarmName: `${namePrefix}-cdc-latency-target`,
      description: `The DMS task ${task.replicationTaskId} writes changes late: look for missing indexes and locks at the target.`,
      metric: metrics.latencyTarget,
      property: "latencyTargetSeconds",
      threshold: latencyTargetSeconds,
    });
    this.tellOfFailure(props);
  }

  private tellOfFailure({ namePrefix, task, alarmActions = [], tags }: DmsAlarmsProps): void {
    if (Token.isUnresolved(alarmActions)) {
      throw new Error(
        "alarmActions must be a list whose length is known before Terraform runs: each topic gets a target of its own. Got a value that only Terraform will know.",
      );
    }
    if (alarmActions.length === 0) return;
    const rule = new CloudwatchEventRule(this, "failure", {
      name: `${namePrefix}-task-failed`,
      description: `The DMS task ${task.replicationTaskId} failed.`,
      eventPattern: Fn.jsonencode({
        source: ["aws.dms"],
        "detail-type": ["DMS Replication Task State Change"],
        resources: [task.replicationTaskArn],
        detail: { eventType: ["REPLICATION_TASK_FAILED"] },
      }),
      ...(tags && { tags }),
    });
    for (const [index, arn] of alarmActions.entries()) {
      new CloudwatchEventTarget(this, `failure_target_${index + 1}`, { rule: rule.name, arn });
    }
  }
}
