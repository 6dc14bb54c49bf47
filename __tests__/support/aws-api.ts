/**
 * Calls the EC2 API of the sandbox.
 *
 * @returns the answer's text, which is XML.
 */
export async function ec2(
  endpoint: string,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<string> {
  return call(endpoint, "ec2", {
    body: new URLSearchParams({ Action: action, Version: "2016-11-15", ...parameters }),
  });
}

/** Calls the CloudWatch API of the sandbox. @returns the answer's text, which is XML. */
export async function cloudWatch(endpoint: string, action: string): Promise<string> {
  return call(endpoint, "monitoring", {
    body: new URLSearchParams({ Action: action, Version: "2010-08-01" }),
  });
}

/** Calls the Secrets Manager API of the sandbox. */
export async function secretsManager(
  endpoint: string,
  action: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": `secretsmanager.${action}`,
  };
  return JSON.parse(
    await call(endpoint, "secretsmanager", { headers, body: JSON.stringify(parameters) }),
  ) as unknown;
}

/** What a managed password's secret holds now. */
export async function secretValue(
  endpoint: string,
  arn: string | undefined,
): Promise<{ username: string; password: string }> {
  const { SecretString: value } = (await secretsManager(endpoint, "GetSecretValue", { SecretId: arn })) as {
    SecretString: string;
  };
  return JSON.parse(value) as { username: string; password: string };
}

/** A subnet of the account's default VPC. */
export async function aSubnet(endpoint: string): Promise<string> {
  return /subnet-[0-9a-f]+/.exec(await ec2(endpoint, "DescribeSubnets"))?.[0] ?? "";
}

async function call(
  endpoint: string,
  service: string,
  { headers, body }: { headers?: Record<string, string>; body: string | URLSearchParams },
): Promise<string> {
  // The API reads the service and the region out of it, and checks no signature.
  const Authorization = `AWS4-HMAC-SHA256 Credential=sandbox/20250101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const response = await fetch(endpoint, { method: "POST", headers: { ...headers, Authorization }, body });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`The sandbox's ${service} answered ${response.status}: ${text}`);
  }
  return text;
}
