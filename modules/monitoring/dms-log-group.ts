import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";

/** The properties of {@link DmsLogGroup}. */
export interface DmsLogGroupProps {
  /** The identifier of the instance whose tasks log. */
  readonly replicationInstanceId: string;
  /**
   * How long logs are kept, in days; one of CloudWatch's periods.
   *
   * @default 30
   */
  readonly retentionInDays?: number;
  /**
   * The ARN of the KMS key that encrypts the logs.
   *
   * @default - CloudWatch's own encryption
   */
  readonly kmsKeyId?: string;
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/**
 * The log group that the tasks of a replication instance write to. It has to exist before the first task starts: otherwise
 * DMS makes it, keeps its logs for ever, and leaves it behind.
 */
export class DmsLogGroup extends Construct {
  /** What has to exist before a task starts. */
  readonly logGroup: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, props: DmsLogGroupProps) {
    super(scope, id);
    const { replicationInstanceId, retentionInDays = 30, kmsKeyId, tags } = props;
    this.logGroup = new CloudwatchLogGroup(this, "log_group", {
      // The name that DMS writes to.
      name: `dms-tasks-${replicationInstanceId}`,
      retentionInDays,
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      ...(tags && { tags }),
    });
  }
}
