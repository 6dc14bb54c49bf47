import type { ITerraformDependable } from "cdktf";

/** What replication needs to know of a PostgreSQL server in AWS. */
export interface DatabaseServer {
  /** An Aurora cluster, or a DB instance of RDS. */
  readonly kind: "cluster" | "instance";
  /** The cluster's, or the DB instance's, identifier. */
  readonly identifier: string;
  /** The endpoint that accepts writes. */
  readonly host: string;
  /** The port that it listens on. */
  readonly port: number;
  /** The database that has the tables. */
  readonly databaseName: string;
  /** The user who administers the server. */
  readonly adminUsername: string;
  /** The Secrets Manager secret with `{"username", "password"}` of that user. */
  readonly adminSecretArn: string;
  /** The security group that rules for the server are added to. */
  readonly securityGroupId: string;
  /** May be a token. */
  readonly engineVersion: string;
  /** The parameter group that has the replication's settings. */
  readonly parameterGroupName: string;
  /** The settings that a reboot puts into effect, by name: what to watch in order to reboot when it is time. */
  readonly staticParameters: Readonly<Record<string, string>>;
  /** What must exist before anybody can connect, and stay until nobody does. */
  readonly ready: ITerraformDependable[];
}
