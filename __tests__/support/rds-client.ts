import { RDSClient } from "@aws-sdk/client-rds";

/** A client of the sandbox's API. What fails is not tried again. */
export function rdsClient(endpoint: string): RDSClient {
  const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
  return new RDSClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
}
