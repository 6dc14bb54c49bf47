import type { AwsAccess } from "./aws/aws-access";
import type { PostgresServer } from "./postgres/server";

/** What a `provider "postgresql"` block configures. */
export interface ConfiguredProvider {
  /** The PostgreSQL server, with all of its databases. */
  readonly server: PostgresServer;
  /** The access to the AWS API, for `postgresql_rds_logical_replication`. */
  readonly aws: AwsAccess;
}
