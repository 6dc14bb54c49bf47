import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

export interface SecretAccessRoleProps {
  readonly secretArn: string;
  /**
   * The ARN of the KMS key that encrypts the secret.
   *
   * @default - AWS's key for Secrets Manager, which needs no permission
   */
  readonly kmsKeyArn?: string;
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/** The IAM role with which DMS in this region reads one secret, and nothing else. */
export class SecretAccessRole extends Construct {
  readonly arn: string;
  /** What must exist before the role is used. */
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, { secretArn, kmsKeyArn, tags }: SecretAccessRoleProps) {
    super(scope, id);
    const region = new DataAwsRegion(this, "region").id;
    const role = new IamRole(this, "role", {
      namePrefix: "dms-secret-",
      description: "AWS Database Migration Service reads a server's password with it.",
      assumeRolePolicy: Fn.jsonencode({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            // For secrets it is the region's DMS that assumes a role.
            Principal: { Service: `dms.${region}.amazonaws.com` },
            Action: "sts:AssumeRole",
          },
        ],
      }),
      ...(tags && { tags }),
    });
    this.ready = new IamRolePolicy(this, "policy", {
      name: "read-secret",
      role: role.id,
      policy: Fn.jsonencode({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            Resource: secretArn,
          },
          ...(kmsKeyArn === undefined
            ? []
            : [
                {
                  Effect: "Allow",
                  Action: "kms:Decrypt",
                  Resource: kmsKeyArn,
                  Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
                },
              ]),
        ],
      }),
    });
    this.arn = role.arn;
  }
}
