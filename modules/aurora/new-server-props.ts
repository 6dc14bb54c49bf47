import type { IResolvable } from "cdktf";
import type { DatabasePlacementProps } from "./database-placement";
import type { ReplicationParametersProps } from "./replication-parameters";

/** What a new server is made of, be it an Aurora cluster or a DB instance of RDS. */
export interface NewServerProps extends DatabasePlacementProps, ReplicationParametersProps {
  /**
   * The version of PostgreSQL, as RDS has it. Of a major version alone, such as "16", RDS chooses a minor one and keeps
   * it up to date; "16.4" stays 16.4. It may be a token: Terraform then checks it at plan.
   */
  readonly engineVersion: string;
  /**
   * The DB instance class. The default is for trying things out: AWS advises against T classes in production.
   *
   * @default "db.t4g.medium"
   */
  readonly instanceClass?: string;
  /**
   * The database that has the tables. It is created, except in what a snapshot is restored to: name one that is there.
   *
   * @default - "postgres", or what the snapshot's server was created with
   */
  readonly databaseName?: string;
  /**
   * The user who administers the server. RDS makes up the password, keeps it in Secrets Manager, and rotates it.
   *
   * @default - "postgres", or the snapshot's, which cannot be changed
   */
  readonly masterUsername?: string;
  /** @default 5432 */
  readonly port?: number;
  /**
   * The snapshot that the server begins with. Once the server is there, another one has no effect. The snapshot has to be
   * encrypted.
   *
   * @default - none: the server begins empty
   */
  readonly snapshotIdentifier?: string;
  /**
   * The ARN of the KMS key that encrypts the storage.
   *
   * @default - AWS's key for RDS
   */
  readonly kmsKeyId?: string;
  /**
   * Whether the server gets an address on the internet too, for those whom its security group lets in.
   *
   * @default false
   */
  readonly publiclyAccessible?: boolean | IResolvable;
  /**
   * For how many days automated backups are kept.
   *
   * @default 7
   */
  readonly backupRetentionPeriod?: number;
  /**
   * Whether RDS refuses to delete the server. To destroy it, deploy it with `false` first.
   *
   * @default true
   */
  readonly deletionProtection?: boolean | IResolvable;
  /**
   * Whether the server goes without a last snapshot, and all of its data with it. The snapshot is called
   * `<name>-final-<eight characters>`.
   *
   * @default false
   */
  readonly skipFinalSnapshot?: boolean | IResolvable;
  /**
   * Whether changes are made at once, instead of in the next maintenance window.
   *
   * @default false
   */
  readonly applyImmediately?: boolean | IResolvable;
}
