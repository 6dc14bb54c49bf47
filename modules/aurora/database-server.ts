import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

/** A PostgreSQL server in AWS: an Aurora cluster or an RDS instance. */
export interface DatabaseServer {
  /** Whether the server is an Aurora cluster or an RDS instance. */
  readonly kind: "cluster" | "instance";
  /** Identifier of the cluster or instance. */
  readonly identifier: string;
  /** Endpoint that accepts writes. */
  readonly host: string;
  /** Port of the database. */
  readonly port: number;
  /** Database with the tables. */
  readonly databaseName: string;
  /** User that administers the server. */
  readonly adminUsername: string;
  /** ARN of the Secrets Manager secret of that user: a JSON object with `username` and `password`. */
  readonly adminSecretArn: string;
  /** Security group to add rules for the server to. */
  readonly securityGroupId: string;
  /** Engine version; may be a token. */
  readonly engineVersion: string;
  /** Name of the parameter group with the replication settings. */
  readonly parameterGroupName: string;
  /** Parameters that require a reboot, by name. A change of any of them means that the server must reboot. */
  readonly staticParameters: Readonly<Record<string, string>>;
  /** Resources that must exist while clients connect to the server. */
  readonly ready: ITerraformDependable[];
}

/** Base class of the constructs that are database servers. */
export abstract class DatabaseServerConstruct extends Construct implements DatabaseServer {
  abstract readonly kind: "cluster" | "instance";
  /** Attributes of the server, set at the end of a subclass's constructor. */
  protected abstract readonly attributes: Omit<DatabaseServer, "kind">;

  get identifier(): string {
    return this.attributes.identifier;
  }

  get host(): string {
    return this.attributes.host;
  }

  get port(): number {
    return this.attributes.port;
  }

  get databaseName(): string {
    return this.attributes.databaseName;
  }

  get adminUsername(): string {
    return this.attributes.adminUsername;
  }

  get adminSecretArn(): string {
    return this.attributes.adminSecretArn;
  }

  get securityGroupId(): string {
    return this.attributes.securityGroupId;
  }

  get engineVersion(): string {
    return this.attributes.engineVersion;
  }

  get parameterGroupName(): string {
    return this.attributes.parameterGroupName;
  }

  get staticParameters(): Readonly<Record<string, string>> {
    return this.attributes.staticParameters;
  }

  get ready(): ITerraformDependable[] {
    return this.attributes.ready;
  }
}
