import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { defined } from "../defined";

/** Properties of {@link SecretAccessRole}. */
export interface SecretAccessRoleProps {
  /** ARN of the secret. */
  readonly secretArn: string;
  /**
   * ARN of the KMS key that encrypts the secret.
   *
   * @default - the AWS managed key for Secrets Manager, which requires no permission
   */
  readonly kmsKeyArn?: string;
  /**
   * Tags of the role.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/**
 * An IAM role that allows DMS in this region to read one secret and nothing else.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
 */
export class SecretAccessRole extends Construct {
  /** ARN of the role. */
  readonly arn: string;
  /** Resource that must exist before DMS uses the role. */
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, { secretArn, kmsKeyArn, tags }: SecretAccessRoleProps) {
    super(scope, id);
    const region = new DataAwsRegion(this, "region").id;
    const role = new IamRole(this, "role", {
      namePrefix: "dms-secret-",
      description: "Allows AWS Database Migration Service to read the password of a server.",
      assumeRolePolicy: Fn.jsonencode({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            // DMS reads secrets as its regional service principal.
            Principal: { Service: `dms.${region}.amazonaws.com` },
            Action: "sts:AssumeRole",
          },
        ],
      }),
      ...defined({ tags }),
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
