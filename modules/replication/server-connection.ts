import { Construct } from "constructs";
import type { DatabaseServer } from "../aurora/database-server";
import { SecretValue } from "../secrets/secret-value";
import { PostgresqlProvider } from "./postgresql-provider";

/** Properties of {@link ServerConnection}. */
export interface ServerConnectionProps {
  /** Server to connect to. */
  readonly server: Pick<
    DatabaseServer,
    "host" | "port" | "databaseName" | "adminUsername" | "adminSecretArn"
  >;
  /** Alias of the provider in the stack. */
  readonly alias: string;
}

/**
 * A connection to a server in AWS as its administrator. Every run reads the password from Secrets Manager.
 *
 * @example
 * ```ts
 * import { ExistingAuroraCluster } from "aurora-logical-replication/modules/aurora";
 * import { ServerConnection } from "aurora-logical-replication/modules/replication";
 *
 * const server = new ExistingAuroraCluster(this, "orders", { clusterIdentifier: "orders", databaseName: "orders" });
 * const { provider } = new ServerConnection(this, "connection", { server, alias: "publisher" });
 * ```
 */
export class ServerConnection extends Construct {
  /** Provider that is configured for the server. */
  readonly provider: PostgresqlProvider;

  constructor(scope: Construct, id: string, { server, alias }: ServerConnectionProps) {
    super(scope, id);
    const secret = new SecretValue(this, "secret", { secretId: server.adminSecretArn });
    this.provider = new PostgresqlProvider(this, "provider", {
      alias,
      host: server.host,
      port: server.port,
      database: server.databaseName,
      username: server.adminUsername,
      password: secret.get("password"),
      // RDS has no superusers: the provider must not read what only a superuser can.
      superuser: false,
      sslmode: "require",
      // Without an inbound rule, a connection attempt fails only after this timeout.
      connectTimeout: 30,
    });
  }
}
