import { RDSClient } from "@aws-sdk/client-rds";
import { Client, type QueryResultRow } from "pg";

/** A client of the sandbox's API. What fails is not tried again. */
export function rdsClient(endpoint: string): RDSClient {
  const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
  return new RDSClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
}

/** What a managed password's secret holds now. */
export async function secretValue(
  endpoint: string,
  arn: string | undefined,
): Promise<{ username: string; password: string }> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      ...authorization("secretsmanager"),
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "secretsmanager.GetSecretValue",
    },
    body: JSON.stringify({ SecretId: arn }),
  });
  const { SecretString: value } = (await response.json()) as { SecretString: string };
  return JSON.parse(value) as { username: string; password: string };
}

/** A subnet of the account's default VPC. */
export async function aSubnet(endpoint: string): Promise<string> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: authorization("ec2"),
    body: new URLSearchParams({ Action: "DescribeSubnets", Version: "2016-11-15" }),
  });
  return /subnet-[0-9a-f]+/.exec(await response.text())?.[0] ?? "";
}

/** The API reads the service and the region out of it, and checks no signature. */
function authorization(service: string): Record<string, string> {
  return {
    Authorization: `AWS4-HMAC-SHA256 Credential=sandbox/20250101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  };
}

/** Who connects, and where to. */
export interface Login {
  readonly host: string | undefined;
  readonly user: string;
  readonly password: string;
  readonly port?: number;
  readonly database?: string;
}

/** Runs SQL over an encrypted connection of its own. */
export async function sql<Row extends QueryResultRow>(login: Login, text: string): Promise<Row[]> {
  const { host = "", port = 5432, database = "app", user, password } = login;
  const client = new Client({ host, port, database, user, password, ssl: { rejectUnauthorized: false } });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
