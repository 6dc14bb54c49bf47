import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";
import { defined } from "../defined";

/** Properties of {@link DmsLogGroup}. */
export interface DmsLogGroupProps {
  /** Identifier of the replication instance whose tasks write logs. */
  readonly replicationInstanceId: string;
  /**
   * Retention period of the logs, in days: one of the periods that CloudWatch supports.
   *
   * @default 30
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
   */
  readonly retentionInDays?: number;
  /**
   * ARN of the KMS key that encrypts the logs.
   *
   * @default - CloudWatch's own encryption
   */
  readonly kmsKeyId?: string;
  /**
   * Tags of the log group.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/**
 * Log group of the tasks of a replication instance. It must exist before the first task starts: otherwise DMS creates a
 * log group that never expires and that Terraform does not destroy.
 *
 * @example
 * ```ts
 * import { DmsLogGroup } from "aurora-logical-replication/modules/monitoring";
 *
 * const { logGroup } = new DmsLogGroup(this, "log_group", { replicationInstanceId: "orders", retentionInDays: 14 });
 * ```
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
 */
export class DmsLogGroup extends Construct {
  /** The log group. Tasks must depend on it. */
  readonly logGroup: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, props: DmsLogGroupProps) {
    super(scope, id);
    const { replicationInstanceId, retentionInDays = 30, kmsKeyId, tags } = props;
    this.logGroup = new CloudwatchLogGroup(this, "log_group", {
      // DMS determines this name.
      name: `dms-tasks-${replicationInstanceId}`,
      retentionInDays,
      ...defined({ kmsKeyId, tags }),
    });
  }
}
