import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import type { Metric } from "./metric";

/** What every construct with alarms takes. */
export interface AlarmProps {
  /**
   * The ARNs of SNS topics that are told when an alarm goes off and when it is over.
   *
   * @default - nobody is told; the alarms show in CloudWatch
   */
  readonly alarmActions?: string[];
  /**
   * How long a threshold has to be passed, in minutes.
   *
   * @default 5 - what is over sooner needs nobody
   */
  readonly evaluationMinutes?: number;
  /** @default - none */
  readonly tags?: Record<string, string>;
}

interface MetricAlarmProps extends AlarmProps {
  readonly alarmName: string;
  readonly description: string;
  readonly metric: Metric;
  /** The property that the threshold is from, for the message. */
  readonly property: string;
  /** In the metric's unit. */
  readonly threshold: number;
}

/**
 * An alarm that goes off when a metric is above a threshold in every minute of a time.
 *
 * @throws Error when the threshold or the time is not above zero.
 */
export function metricAlarm(scope: Construct, id: string, props: MetricAlarmProps): CloudwatchMetricAlarm {
  const { metric, property, threshold, alarmActions = [], evaluationMinutes = 5, tags } = props;
  requirePositive(property, threshold);
  requirePositive("evaluationMinutes", evaluationMinutes);
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
    // Without a slot, or a running task, there is no metric, and nothing wrong.
    treatMissingData: "notBreaching",
    alarmActions,
    okActions: alarmActions,
    ...(tags && { tags }),
  });
}

function requirePositive(property: string, value: number): void {
  if (Token.isUnresolved(value) || (Number.isInteger(value) && value >= 1)) return;
  throw new Error(`${property} must be a whole number, 1 or more. Got ${value}.`);
}
