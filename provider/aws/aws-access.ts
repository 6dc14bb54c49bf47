/** Who speaks to AWS, and in which region. */
export interface AwsAccess {
  /** @default the AWS SDK's own search: `AWS_REGION`, then the profile */
  readonly region?: string;
  /** A profile of the AWS configuration files. @default the AWS SDK's own search: environment, `AWS_PROFILE`, instance role, … */
  readonly profile?: string;
  /** A role to assume first. */
  readonly roleArn?: string;
}

/** The credentials of an access; they are looked for when they are first asked for. */
export async function awsCredentials({ region, profile, roleArn }: AwsAccess) {
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const clientConfig = region === undefined ? {} : { region };
  const own = fromNodeProviderChain({ ...(profile === undefined ? {} : { profile }), clientConfig });
  return roleArn === undefined
    ? own
    : fromTemporaryCredentials({
        params: { RoleArn: roleArn, RoleSessionName: "terraform-provider-postgresql" },
        masterCredentials: own,
        clientConfig,
      });
}

/** ` with profile "p", role arn:…`, to follow what was attempted; empty when the AWS SDK looks by itself. */
export function withWhom({ profile, roleArn }: AwsAccess): string {
  const whose = [
    ...(profile === undefined ? [] : [`profile ${JSON.stringify(profile)}`]),
    ...(roleArn === undefined ? [] : [`role ${roleArn}`]),
  ];
  return whose.length === 0 ? "" : ` with ${whose.join(", ")}`;
}

/** `db.cluster-abc.eu-west-1.rds.amazonaws.com` says where it is; undefined for any other host name. */
export function rdsRegionOf(host: string): string | undefined {
  return /\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.rds\.amazonaws\.com(?:\.cn)?$/.exec(host)?.[1];
}
