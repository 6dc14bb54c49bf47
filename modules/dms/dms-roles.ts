import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsIamRoles } from "@cdktf/provider-aws/lib/data-aws-iam-roles";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { defined } from "../defined";

/** Roles that DMS requires under these names, and the AWS managed policies for them. */
const ROLES = {
  "dms-vpc-role": "AmazonDMSVPCManagementRole",
  "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
} as const;

/** Properties of {@link DmsRoles}. */
export interface DmsRolesProps {
  /**
   * How to treat the roles. An account has one of each role, for all regions and all users of DMS. So exactly one
   * configuration of the account must use "create". Others check that the roles exist ("existing"), or assume that they do
   * ("never"), for example because they lack permission to list roles.
   */
  readonly mode: "create" | "existing" | "never";
  /**
   * Tags of the roles.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/**
 * The IAM roles that DMS manages its network interfaces with and writes its logs with.
 *
 * @example
 * ```ts
 * import { DmsRoles } from "aurora-logical-replication/modules/dms";
 *
 * new DmsRoles(this, "roles", { mode: "existing" });
 * ```
 * @see https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html
 */
export class DmsRoles extends Construct {
  /** Resources that must exist while DMS has a subnet group or a replication instance. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { mode, tags }: DmsRolesProps) {
    super(scope, id);
    switch (mode) {
      case "create":
        this.ready = this.#create(tags);
        break;
      case "existing":
        this.ready = Object.keys(ROLES).map((name) => this.#lookUp(name));
        break;
      case "never":
        this.ready = [];
    }
  }

  #create(tags: Record<string, string> | undefined): ITerraformDependable[] {
    const account = new DataAwsCallerIdentity(this, "account").accountId;
    const { partition } = new DataAwsPartition(this, "partition");
    return Object.entries(ROLES).map(([name, policy]) => {
      const role = new IamRole(this, name, {
        name,
        description: "AWS Database Migration Service requires this name.",
        assumeRolePolicy: Fn.jsonencode({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "dms.amazonaws.com" },
              Action: "sts:AssumeRole",
              // Prevents a confused deputy: DMS uses the role only on behalf of this account, in any region.
              Condition: {
                StringEquals: { "aws:SourceAccount": account },
                ArnLike: { "aws:SourceArn": `arn:${partition}:dms:*:${account}:*` },
              },
            },
          ],
        }),
        ...defined({ tags }),
      });
      return new IamRolePolicyAttachment(this, `${name}-policy`, {
        role: role.name,
        policyArn: `arn:${partition}:iam::aws:policy/service-role/${policy}`,
      });
    });
  }

  #lookUp(name: string): ITerraformDependable {
    // The data source does not fail if it finds no role.
    return new DataAwsIamRoles(this, name, {
      nameRegex: `^${name}$`,
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.names) == 1}",
            errorMessage: `The account has no IAM role ${name}, which DMS requires. Create it with mode "create" of DmsRoles in one configuration of the account.`,
          },
        ],
      },
    });
  }
}
