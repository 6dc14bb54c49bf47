import { Fn, propertyAccess, Token } from "cdktf";
import type { Construct } from "constructs";
import { defined } from "../defined";
import { EphemeralResource } from "./ephemeral-resource";

/** Properties of {@link SecretValue}. */
export interface SecretValueProps {
  /** ID or ARN of a Secrets Manager secret that is a JSON object. */
  readonly secretId: string;
  /**
   * Version to read.
   *
   * @default - the current version
   */
  readonly versionId?: string;
}

/**
 * The value of a Secrets Manager secret. Terraform reads it at every run and stores it in neither state nor plan.
 *
 * @example
 * ```ts
 * import { SecretValue } from "aurora-logical-replication/modules/secrets";
 *
 * const secret = new SecretValue(this, "secret", { secretId: "orders-admin" });
 * const password = secret.get("password");
 * ```
 */
export class SecretValue extends EphemeralResource {
  constructor(scope: Construct, id: string, { secretId, versionId }: SecretValueProps) {
    super(scope, id, {
      type: "aws_secretsmanager_secret_version",
      arguments: { secret_id: secretId, ...defined({ version_id: versionId }) },
    });
  }

  /** An ephemeral value: a member of the JSON object. */
  get(member: string): string {
    return Token.asString(propertyAccess(Fn.jsondecode(this.attribute("secret_string")), [member]));
  }
}
