import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { EphemeralResource } from "./ephemeral-resource";
import { SecretValue } from "./secret-value";

/** The properties of {@link GeneratedSecret}. */
export interface GeneratedSecretProps {
  /** The secret's name in Secrets Manager begins with it. */
  readonly namePrefix: string;
  /** What it is for. */
  readonly description: string;
  /** The JSON object's members besides `password`, such as the user's name. */
  readonly members: Readonly<Record<string, string | number>>;
  /**
   * A whole number; a higher one makes another password.
   *
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * The ARN of the KMS key that encrypts the secret.
   *
   * @default - AWS's key for Secrets Manager
   */
  readonly kmsKeyId?: string;
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/**
 * A password that AWS makes up and Secrets Manager keeps: it is in no state, plan or file of Terraform's.
 *
 * Every run makes up a password, but only a new version stores it, and whoever needs it is given what was stored. So a run
 * that failed half-way and is repeated leaves everybody with the same one.
 */
export class GeneratedSecret extends Construct {
  /** The secret's ARN. */
  readonly arn: string;
  /** The password; an ephemeral value. */
  readonly password: string;
  /** For the `password_wo_version` of whoever has the password. */
  readonly passwordVersion: string;

  /** @throws Error when the version is no whole number above zero. */
  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    const { namePrefix, description, members, passwordVersion = 1, kmsKeyId, tags } = props;
    requireVersion(passwordVersion);
    const secret = new SecretsmanagerSecret(this, "secret", {
      namePrefix,
      description,
      // With the server's role gone, a recovered password would open nothing.
      recoveryWindowInDays: 0,
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      ...(tags && { tags }),
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

function requireVersion(version: number): void {
  if (Token.isUnresolved(version) || (Number.isInteger(version) && version >= 1)) return;
  throw new Error(`passwordVersion must be a whole number, 1 or higher. Got ${version}.`);
}
