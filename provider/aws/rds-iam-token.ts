import { type AwsAccess, awsCredentials, rdsRegionOf, withWhom } from "./aws-access";

/** RDS accepts a token for 15 minutes; a connection that is slow to come about must find it valid still. */
const REUSE_FOR_MS = 10 * 60_000;

/** Who wants to log in where, and with whose AWS credentials. */
export interface RdsIamTokenOptions extends AwsAccess {
  readonly host: string;
  readonly port: number;
  /** The database user; it must be a member of `rds_iam`. */
  readonly username: string;
  /** @default the one in an RDS host name, then the AWS SDK's own search */
  readonly region?: string;
}

/**
 * Makes passwords for RDS's IAM authentication. A token is signed when it is first asked for, without a word to AWS
 * unless the credentials need one, and reused for 10 minutes.
 *
 * @returns A function that rejects with what is missing when there are no credentials or no region.
 */
export function rdsIamToken(options: RdsIamTokenOptions): () => Promise<string> {
  let current: { readonly token: Promise<string>; readonly until: number } | undefined;
  return async () => {
    if (current === undefined || Date.now() >= current.until) {
      current = { token: sign(options), until: Date.now() + REUSE_FOR_MS };
    }
    try {
      return await current.token;
    } catch (error) {
      current = undefined;
      throw error;
    }
  };
}

async function sign(options: RdsIamTokenOptions): Promise<string> {
  const { host, port, username, profile } = options;
  const { Signer } = await import("@aws-sdk/rds-signer");
  const region = options.region ?? rdsRegionOf(host);
  const ofRegion = region === undefined ? {} : { region };
  const credentials = await awsCredentials({ ...options, ...ofRegion });
  try {
    const ofProfile = profile === undefined ? {} : { profile };
    const signer = new Signer({ hostname: host, port, username, credentials, ...ofProfile, ...ofRegion });
    return await signer.getAuthToken();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `No RDS token could be made for ${JSON.stringify(username)} at ${host}:${port}${withWhom(options)}: ${reason}\n` +
        "Check the AWS credentials (environment, profile, or instance role) and aws_rds_iam_region, or set aws_rds_iam_auth = false and a password.",
      { cause: error },
    );
  }
}
