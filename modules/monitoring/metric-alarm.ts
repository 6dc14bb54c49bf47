import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Construct } from "constructs";
import { defined } from "../defined";
import { requireKnownInteger } from "../validation";
import type { Metric } from "./metric";

/** Properties that all constructs with alarms have in common. */
export interface AlarmProps {
  /**
   * ARNs of the SNS topics to notify when an alarm starts and when it ends.
   *
   * @default - none: alarms only appear in CloudWatch
   */
  readonly alarmActions?: string[];
  /**
   * How long a metric must exceed its threshold before the alarm starts, in minutes.
   *
   * @default 5 - ignores short peaks
   */
  readonly evaluationMinutes?: number;
  /**
   * Tags of the alarms.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

interface MetricAlarmProps extends AlarmProps {
  readonly alarmName: string;
  readonly description: string;
  readonly metric: Metric;
  /** Property that sets the threshold, for the error message. */
  readonly property: string;
  /** In the unit of the metric. */
  readonly threshold: number;
}

/**
 * Creates an alarm that starts when a metric exceeds a threshold in every minute of the evaluation period.
 *
 * @throws Error if the threshold or the period is not above zero.
 */
export function metricAlarm(scope: Construct, id: string, props: MetricAlarmProps): CloudwatchMetricAlarm {
  const { metric, property, threshold, alarmActions = [], evaluationMinutes = 5, tags } = props;
  // A threshold in bytes can exceed the default maximum.
  requireKnownInteger(property, threshold, { min: 1, max: Number.MAX_SAFE_INTEGER });
  requireKnownInteger("evaluationMinutes", evaluationMinutes, { min: 1 });
  return new CloudwatchMetricAlarm(scope, id, {
    alarmName: props.alarmName,
    alarmDescription: props.description,
    namespace: metric.namespace,
    metricName: metric.name,
    dimensions: { ...metric.dimensions },
    statistic: "Maximum",
    comparisonOperator: "GreaterThanThreshold",
    threshold,
    period: 60,
    evaluationPeriods: evaluationMinutes,
    // Without a slot or a running task the metric is missing, and nothing is wrong.
    treatMissingData: "notBreaching",
    alarmActions,
    okActions: alarmActions,
    ...defined({ tags }),
  });
}
