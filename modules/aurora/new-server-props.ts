import type { IResolvable } from "cdktf";
import type { DatabasePlacementProps } from "./database-placement";
import type { ReplicationParametersProps } from "./replication-parameters";

/** Default of {@link NewServerProps.instanceClass}. */
export const DEFAULT_INSTANCE_CLASS = "db.t4g.medium";
/** Default of {@link NewServerProps.masterUsername}. */
export const DEFAULT_MASTER_USERNAME = "postgres";
/** Default of {@link NewServerProps.port}. */
export const DEFAULT_PORT = 5432;
/** Default of {@link NewServerProps.backupRetentionPeriod}. */
export const DEFAULT_BACKUP_RETENTION_PERIOD = 7;

/** Properties of a new server: an Aurora cluster or an RDS instance. */
export interface NewServerProps extends DatabasePlacementProps, ReplicationParametersProps {
  /**
   * PostgreSQL version, by its RDS name. With a major version alone, such as "16", RDS chooses the minor version and
   * upgrades it automatically; "16.4" stays 16.4. May be a token: Terraform then checks the version at plan.
   */
  readonly engineVersion: string;
  /**
   * DB instance class. The default is for trying things out: AWS advises against T classes in production.
   *
   * @default "db.t4g.medium"
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.html
   */
  readonly instanceClass?: string;
  /**
   * Database with the tables. RDS creates it, unless the server is restored from a snapshot: the snapshot must then
   * contain it.
   *
   * @default - "postgres", or the initial database of the snapshot
   */
  readonly databaseName?: string;
  /**
   * User that administers the server. RDS generates its password, stores it in Secrets Manager and rotates it.
   *
   * @default - "postgres", or the master user of the snapshot, which cannot change
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
   */
  readonly masterUsername?: string;
  /**
   * Port of the database.
   *
   * @default 5432
   */
  readonly port?: number;
  /**
   * Encrypted snapshot to restore the server from. Changes have no effect once the server exists.
   *
   * @default - none: the server starts empty
   */
  readonly snapshotIdentifier?: string;
  /**
   * ARN of the KMS key that encrypts the storage.
   *
   * @default - the AWS managed key for RDS
   */
  readonly kmsKeyId?: string;
  /**
   * Whether the server has a public IP address. Its security group still controls who can connect.
   *
   * @default false
   */
  readonly publiclyAccessible?: boolean | IResolvable;
  /**
   * Retention period of automated backups, in days.
   *
   * @default 7
   */
  readonly backupRetentionPeriod?: number;
  /**
   * Whether RDS rejects a deletion of the server. Before you destroy the server, set this to false and deploy.
   *
   * @default true
   */
  readonly deletionProtection?: boolean | IResolvable;
  /**
   * Whether to destroy the server without a final snapshot, and so lose all its data. The name of a final snapshot is
   * `<name>-final-<eight characters>`.
   *
   * @default false
   */
  readonly skipFinalSnapshot?: boolean | IResolvable;
  /**
   * Whether to apply changes immediately instead of in the next maintenance window.
   *
   * @default false
   */
  readonly applyImmediately?: boolean | IResolvable;
}
