import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsIamRoles } from "@cdktf/provider-aws/lib/data-aws-iam-roles";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

/** The roles that DMS looks for by these names, and AWS's policies for them. */
const roles = {
  "dms-vpc-role": "AmazonDMSVPCManagementRole",
  "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
} as const;

/** The properties of {@link DmsRoles}. */
export interface DmsRolesProps {
  /**
   * An account has one of each role, for all its regions and all who use DMS. So exactly one configuration creates them;
   * any other one checks that they exist, or takes it for granted, as when it may not list roles.
   */
  readonly mode: "create" | "existing" | "never";
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/** The IAM roles that DMS manages its network interfaces with, and writes its logs with. */
export class DmsRoles extends Construct {
  /** What must exist before DMS makes a subnet group or a replication instance, and stay until both are gone. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { mode, tags }: DmsRolesProps) {
    super(scope, id);
    switch (mode) {
      case "create":
        this.ready = this.create(tags);
        break;
      case "existing":
        this.ready = Object.keys(roles).map((name) => this.lookUp(name));
        break;
      case "never":
        this.ready = [];
    }
  }

  private create(tags: Record<string, string> | undefined): ITerraformDependable[] {
    const account = new DataAwsCallerIdentity(this, "account").accountId;
    const { partition } = new DataAwsPartition(this, "partition");
    return Object.entries(roles).map(([name, policy]) => {
      const role = new IamRole(this, name, {
        name,
        description: "AWS Database Migration Service looks for it by this name.",
        assumeRolePolicy: Fn.jsonencode({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "dms.amazonaws.com" },
              Action: "sts:AssumeRole",
              // DMS acts for whoever asks it to: only this account may have it use the role, in any region.
              Condition: {
                StringEquals: { "aws:SourceAccount": account },
                ArnLike: { "aws:SourceArn": `arn:${partition}:dms:*:${account}:*` },
              },
            },
          ],
        }),
        ...(tags && { tags }),
      });
      return new IamRolePolicyAttachment(this, `${name}-policy`, {
        role: role.name,
        policyArn: `arn:${partition}:iam::aws:policy/service-role/${policy}`,
      });
    });
  }

  private lookUp(name: string): ITerraformDependable {
    // Several roles may be found without an error, and so may none: the message is our own.
    return new DataAwsIamRoles(this, name, {
      nameRegex: `^${name}$`,
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.names) == 1}",
            errorMessage: `This account has no IAM role ${name}, which DMS looks for by this name. Have it created: DmsRoles with mode "create", in one configuration of the account.`,
          },
        ],
      },
    });
  }
}
