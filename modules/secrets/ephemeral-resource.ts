import { ref, TerraformElement, Token } from "cdktf";
import type { Construct } from "constructs";

/** The properties of {@link EphemeralResource}. */
export interface EphemeralResourceProps {
  /** Its type, such as "aws_secretsmanager_secret_version". */
  readonly type: string;
  /** Its arguments, by their names in Terraform. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/**
 * An `ephemeral` block, which CDKTF has no class for: what it reads is in no state and no plan, and may be used in
 * provider blocks and write-only attributes only. Needs Terraform 1.10.
 */
export class EphemeralResource extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: EphemeralResourceProps,
  ) {
    super(scope, id);
  }

  /** An attribute, by its name in Terraform; an ephemeral value. */
  attribute(name: string): string {
    const address = `ephemeral.${this.props.type}.${this.friendlyUniqueId}`;
    return Token.asString(ref(`${address}.${name}`, this.cdktfStack));
  }

  override toTerraform(): object {
    return { ephemeral: { [this.props.type]: { [this.friendlyUniqueId]: this.props.arguments } } };
  }
}
