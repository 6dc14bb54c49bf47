import type { PostgresEndpoint } from "../postgres-endpoint";
import { DatabaseServers } from "./database-servers";
import { startMoto } from "./moto-process";
import { takeServerOrders } from "./server-orders";

/** An AWS account on this machine, with a real PostgreSQL server behind every Aurora cluster and RDS instance. */
export interface AwsSandbox {
  /** URL of the AWS API, e.g. `http://127.0.0.1:5600`. */
  readonly endpoint: string;
  /** What a program needs in its environment to talk to it: Terraform's AWS provider, an AWS SDK, the AWS CLI. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * The real server behind a cluster or an RDS instance, as its superuser `rdsadmin`.
   *
   * @param identifier - of the cluster, not of one of its instances.
   * @throws Error naming what exists.
   */
  server(identifier: string): PostgresEndpoint;
  /** Stops the API and every server, and removes their data. */
  stop(): Promise<void>;
}

/**
 * Starts the AWS side of the sandbox; {@link awsSandboxObstacle} tells whether it can run here.
 *
 * ```ts
 * const aws = await startAwsSandbox();
 * spawn("terraform", ["apply"], { env: { ...process.env, ...aws.environment } });
 * ```
 *
 * An endpoint of RDS is a loopback address of its own, with the port that was asked for, 5432 by default. Nothing
 * outlives this process.
 *
 * @param options.port - of the API; a free one by default.
 * @throws Error, in one line, when it does not start: the reason, and what to do.
 */
export async function startAwsSandbox(options: { readonly port?: number } = {}): Promise<AwsSandbox> {
  const servers = new DatabaseServers();
  const orders = await takeServerOrders(servers);
  const moto = await startMoto(options.port ?? 0, orders).catch(async (error: Error) => {
    await orders.close();
    throw error;
  });
  const endpoint = `http://127.0.0.1:${moto.port}`;
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await moto.stop();
    await orders.close();
    await servers.removeAll();
  };
  return {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "sandbox",
      AWS_SECRET_ACCESS_KEY: "sandbox",
      AWS_EC2_METADATA_DISABLED: "true",
      // What moto lacks stays lacking, however often it is asked for.
      AWS_MAX_ATTEMPTS: "2",
    },
    server: (identifier) => servers.get(identifier),
    stop: () => (stopping ??= stop()),
  };
}
