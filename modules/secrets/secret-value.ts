import { Fn, propertyAccess, Token } from "cdktf";
import type { Construct } from "constructs";
import { EphemeralResource } from "./ephemeral-resource";

/** The properties of {@link SecretValue}. */
export interface SecretValueProps {
  /** The Secrets Manager secret: a JSON object. */
  readonly secretId: string;
  /**
   * The version to read.
   *
   * @default - the current one
   */
  readonly versionId?: string;
}

/** What a secret of Secrets Manager holds while Terraform runs; it is in no state and no plan. */
export class SecretValue extends EphemeralResource {
  constructor(scope: Construct, id: string, { secretId, versionId }: SecretValueProps) {
    super(scope, id, {
      type: "aws_secretsmanager_secret_version",
      arguments: { secret_id: secretId, ...(versionId !== undefined && { version_id: versionId }) },
    });
  }

  /** A member of the JSON object; an ephemeral value. */
  get(member: string): string {
    return Token.asString(propertyAccess(Fn.jsondecode(this.attribute("secret_string")), [member]));
  }
}
