import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { defined } from "../defined";
import { UNKNOWN_VALUE } from "../validation";
import { type MigrationTask, taskMetrics } from "./metric";
import { type AlarmProps, metricAlarm } from "./metric-alarm";

/** Properties of {@link DmsAlarms}. */
export interface DmsAlarmsProps extends AlarmProps {
  /** Prefix of the alarms' names. */
  readonly namePrefix: string;
  /** Task to monitor. */
  readonly task: MigrationTask;
  /**
   * Threshold of `CDCLatencySource`, in seconds: how far the task is behind the source.
   *
   * @default 300 - well above normal latency, and early enough before WAL fills the disk of the source
   */
  readonly latencySourceSeconds?: number;
  /**
   * Threshold of `CDCLatencyTarget`, in seconds: how far the target is behind the source.
   *
   * @default 600 - twice the source's threshold: batches and large transactions can arrive late
   */
  readonly latencyTargetSeconds?: number;
}

/**
 * CloudWatch alarms for a DMS task: on high latency of change data capture (CDC), and on failure.
 *
 * DMS has no metric for a failure, but sends an event. EventBridge forwards it to each topic of `alarmActions`: the
 * topic's policy must allow `events.amazonaws.com` to publish.
 *
 * @example
 * ```ts
 * import type { DmsMigrationTask } from "aurora-logical-replication/modules/dms";
 * import { DmsAlarms } from "aurora-logical-replication/modules/monitoring";
 *
 * declare const task: DmsMigrationTask;
 *
 * new DmsAlarms(this, "alarms", {
 *   namePrefix: "orders",
 *   task,
 *   alarmActions: ["arn:aws:sns:eu-central-1:123456789012:operators"],
 * });
 * ```
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
 */
export class DmsAlarms extends Construct {
  /** @throws Error if a threshold is not above zero, or the number of topics is unknown at synthesis. */
  constructor(scope: Construct, id: string, props: DmsAlarmsProps) {
    super(scope, id);
    const { namePrefix, task, latencySourceSeconds = 300, latencyTargetSeconds = 600 } = props;
    const metrics = taskMetrics(task);
    metricAlarm(this, "latency_source", {
      ...props,
      alarmName: `${namePrefix}-cdc-latency-source`,
      description: `CDC source latency of DMS task ${task.replicationTaskId} is high. Check the source for long transactions, and the replication instance for CPU and memory pressure.`,
      metric: metrics.latencySource,
      property: "latencySourceSeconds",
      threshold: latencySourceSeconds,
    });
    metricAlarm(this, "latency_target", {
      ...props,
      alarmName: `${namePrefix}-cdc-latency-target`,
      description: `CDC target latency of DMS task ${task.replicationTaskId} is high. Check the target for missing indexes and locks.`,
      metric: metrics.latencyTarget,
      property: "latencyTargetSeconds",
      threshold: latencyTargetSeconds,
    });
    this.#notifyOnFailure(props);
  }

  #notifyOnFailure({ namePrefix, task, alarmActions = [], tags }: DmsAlarmsProps): void {
    if (Token.isUnresolved(alarmActions)) {
      throw new Error(
        `alarmActions must be a list whose length is known at synthesis, because each topic gets its own event target. Got ${UNKNOWN_VALUE}.`,
      );
    }
    if (alarmActions.length === 0) return;
    const rule = new CloudwatchEventRule(this, "failure", {
      name: `${namePrefix}-task-failed`,
      description: `DMS task ${task.replicationTaskId} failed.`,
      eventPattern: Fn.jsonencode({
        source: ["aws.dms"],
        "detail-type": ["DMS Replication Task State Change"],
        resources: [task.replicationTaskArn],
        detail: { eventType: ["REPLICATION_TASK_FAILED"] },
      }),
      ...defined({ tags }),
    });
    for (const [index, arn] of alarmActions.entries()) {
      new CloudwatchEventTarget(this, `failure_target_${index + 1}`, { rule: rule.name, arn });
    }
  }
}
