import { Construct } from "constructs";
import type { DatabaseServer } from "../aurora/database-server";
import { SecretValue } from "../secrets/secret-value";
import { PostgresqlProvider } from "./postgresql-provider";

/** The properties of {@link ServerConnection}. */
export interface ServerConnectionProps {
  /** The server to connect to. */
  readonly server: Pick<
    DatabaseServer,
    "host" | "port" | "databaseName" | "adminUsername" | "adminSecretArn"
  >;
  /** The provider's alias in the stack. */
  readonly alias: string;
}

/** The connection to a server in AWS as its administrator, whose password is read from Secrets Manager by every run. */
export class ServerConnection extends Construct {
  /** The provider, configured for the server. */
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
      // Nobody is one there: nothing is read that only a superuser may.
      superuser: false,
      sslmode: "require",
      // Whoever is not let in by the security group waits this long for the error.
      connectTimeout: 30,
    });
  }
}
