import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { defined } from "../defined";
import { requireKnownInteger } from "../validation";
import { EphemeralResource } from "./ephemeral-resource";
import { SecretValue } from "./secret-value";

/** Properties of {@link GeneratedSecret}. */
export interface GeneratedSecretProps {
  /** Prefix of the secret's name in Secrets Manager. */
  readonly namePrefix: string;
  /** Description of the secret. */
  readonly description: string;
  /** Members of the JSON object in addition to `password`, such as the user's name. */
  readonly members: Readonly<Record<string, string | number>>;
  /**
   * Version of the password: a whole number. Increase it to generate a new password.
   *
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * ARN of the KMS key that encrypts the secret.
   *
   * @default - the AWS managed key for Secrets Manager
   */
  readonly kmsKeyId?: string;
  /**
   * Tags of the secret.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/**
 * A password that AWS generates and Secrets Manager stores. It appears in no state, plan or file of Terraform.
 *
 * Every run generates a password, but only a new `passwordVersion` stores it, and `password` is always the stored one. So
 * a run that fails halfway and is repeated sets the same password everywhere.
 *
 * @example
 * ```ts
 * import { GeneratedSecret } from "aurora-logical-replication/modules/secrets";
 *
 * const secret = new GeneratedSecret(this, "replication_secret", {
 *   namePrefix: "orders-",
 *   description: "Role that the subscriber connects to the publisher as.",
 *   members: { username: "orders" },
 * });
 * ```
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html
 */
export class GeneratedSecret extends Construct {
  /** ARN of the secret. */
  readonly arn: string;
  /** The password; an ephemeral value. */
  readonly password: string;
  /** Value for the `password_wo_version` of resources that use the password. */
  readonly passwordVersion: string;

  /** @throws Error if the version is not a whole number above zero. */
  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    const { namePrefix, description, members, passwordVersion = 1, kmsKeyId, tags } = props;
    requireKnownInteger("passwordVersion", passwordVersion, { min: 1 });
    const secret = new SecretsmanagerSecret(this, "secret", {
      namePrefix,
      description,
      // The password is useless once its role is dropped, so the secret need not be recoverable.
      recoveryWindowInDays: 0,
      ...defined({ kmsKeyId, tags }),
    });
    const generated = new EphemeralResource(this, "generated", {
      type: "aws_secretsmanager_random_password",
      arguments: { password_length: 32, exclude_punctuation: true },
    });
    const version = new SecretsmanagerSecretVersion(this, "version", {
      secretId: secret.id,
      secretStringWo: Fn.jsonencode({
        ...members,
        password: generated.attribute("random_password"),
      }),
      secretStringWoVersion: passwordVersion,
    });
    const stored = new SecretValue(this, "stored", { secretId: secret.id, versionId: version.versionId });
    this.arn = secret.arn;
    this.password = stored.get("password");
    this.passwordVersion = Token.isUnresolved(passwordVersion)
      ? Token.asString(passwordVersion)
      : String(passwordVersion);
  }
}
