import { eventually } from "../../support/eventually";

/** A replication task, as far as it is looked at. */
export interface ReplicationTask {
  readonly ReplicationTaskArn: string;
  readonly Status: string;
  readonly ReplicationTaskSettings: string;
  readonly LastFailureMessage?: string;
}

/** What the requests answer, by the name of the field that the answer is in. */
export interface DmsAnswer {
  readonly Certificate: { readonly CertificateArn: string };
  readonly Connection: { readonly Status: string; readonly LastFailureMessage: string };
  readonly Endpoint: { readonly EndpointArn: string; readonly PostgreSQLSettings: unknown };
  readonly EventSubscription: { readonly Status: string };
  readonly ReplicationInstance: Readonly<Record<string, unknown>>;
  readonly ReplicationSubnetGroup: Readonly<Record<string, unknown>>;
  readonly ReplicationTask: ReplicationTask;
  readonly ReplicationTasks: readonly ReplicationTask[];
}

/** DMS in the sandbox's API, of which the project needs no SDK. */
export class DmsClient {
  readonly #endpoint: string;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** @throws Error whose message starts with DMS' code. */
  async send(action: string, request: Readonly<Record<string, unknown>> = {}): Promise<DmsAnswer> {
    const response = await fetch(this.#endpoint, {
      method: "POST",
      headers: {
        // The API reads the service and the region out of it, and checks no signature.
        Authorization:
          "AWS4-HMAC-SHA256 Credential=sandbox/20250101/us-east-1/dms/aws4_request, SignedHeaders=host, Signature=0",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": `AmazonDMSv20160101.${action}`,
      },
      body: JSON.stringify(request),
    });
    const answer: unknown = await response.json();
    if (!response.ok) {
      const { __type: code, message } = answer as { __type: string; message: string };
      throw new Error(`${code.replace(/^.*#/, "")}: ${message}`);
    }
    return answer as DmsAnswer;
  }

  /** Waits until a task is in none of the states that it leaves by itself. */
  async settled(arn: string): Promise<ReplicationTask> {
    const filter = { Name: "replication-task-arn", Values: [arn] };
    return eventually(
      async () => {
        const { ReplicationTasks } = await this.send("DescribeReplicationTasks", { Filters: [filter] });
        const [task] = ReplicationTasks;
        if (task === undefined) {
          throw new Error(`There is no task ${arn}.`);
        }
        return task;
      },
      ({ Status }) => !Status.endsWith("ing") || Status === "running",
    );
  }
}
