import { ref, TerraformElement, Token } from "cdktf";
import type { Construct } from "constructs";

/** Properties of {@link EphemeralResource}. */
export interface EphemeralResourceProps {
  /** Type of the resource, such as "aws_secretsmanager_secret_version". */
  readonly type: string;
  /** Arguments of the resource, by their Terraform names. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/**
 * An `ephemeral` block, for which CDKTF has no class. Terraform stores its values in neither state nor plan. Only
 * provider blocks, write-only attributes and other ephemeral contexts may use them. Requires Terraform 1.10 or later.
 *
 * @example
 * ```ts
 * import { EphemeralResource } from "aurora-logical-replication/modules/secrets";
 *
 * const generated = new EphemeralResource(this, "generated", {
 *   type: "aws_secretsmanager_random_password",
 *   arguments: { password_length: 32 },
 * });
 * const password = generated.attribute("random_password");
 * ```
 * @see https://developer.hashicorp.com/terraform/language/resources/ephemeral
 */
export class EphemeralResource extends TerraformElement {
  readonly #props: EphemeralResourceProps;

  constructor(scope: Construct, id: string, props: EphemeralResourceProps) {
    super(scope, id);
    this.#props = props;
  }

  /** An ephemeral value: an attribute, by its Terraform name. */
  attribute(name: string): string {
    const address = `ephemeral.${this.#props.type}.${this.friendlyUniqueId}`;
    return Token.asString(ref(`${address}.${name}`, this.cdktfStack));
  }

  override toTerraform(): object {
    return { ephemeral: { [this.#props.type]: { [this.friendlyUniqueId]: this.#props.arguments } } };
  }
}
