import { Fn, Op, Token } from "cdktf";
import type { Construct } from "constructs";
import { defined } from "../defined";
import { databasePlacement } from "./database-placement";
import { finalSnapshotIdentifier } from "./final-snapshot-identifier";
import {
  DEFAULT_BACKUP_RETENTION_PERIOD,
  DEFAULT_INSTANCE_CLASS,
  DEFAULT_MASTER_USERNAME,
  DEFAULT_PORT,
  type NewServerProps,
} from "./new-server-props";

/** The database that every PostgreSQL server has. */
const MAINTENANCE_DATABASE = "postgres";

/**
 * Arguments that the resources of clusters and instances have in common (`resource`), and values of the other arguments.
 *
 * @throws Error if a property value known at synthesis is invalid.
 */
export function newServerSettings(scope: Construct, props: NewServerProps) {
  const {
    name,
    snapshotIdentifier,
    masterUsername,
    databaseName,
    engineVersion,
    port = DEFAULT_PORT,
  } = props;
  if (snapshotIdentifier !== undefined && masterUsername !== undefined) {
    throw new Error(
      `masterUsername must be omitted with snapshotIdentifier: the server keeps the master user of the snapshot. Got ${JSON.stringify(masterUsername)}.`,
    );
  }
  const { securityGroupId, subnetGroupName } = databasePlacement(scope, props);
  const empty = snapshotIdentifier === undefined;
  return {
    securityGroupId,
    port,
    /** Undefined if the snapshot determines it. */
    username: empty ? (masterUsername ?? DEFAULT_MASTER_USERNAME) : undefined,
    /** Undefined if RDS must not create a database. */
    createdDatabase: empty ? createdDatabase(databaseName) : undefined,
    /** Undefined if the snapshot determines it. */
    databaseName: databaseName ?? (empty ? MAINTENANCE_DATABASE : undefined),
    instanceClass: props.instanceClass ?? DEFAULT_INSTANCE_CLASS,
    publiclyAccessible: props.publiclyAccessible ?? false,
    // With an exact version, an automatic upgrade would be drift that Terraform tries to undo.
    autoMinorVersionUpgrade: !Token.isUnresolved(engineVersion) && /^[0-9]+$/.test(engineVersion),
    resource: {
      engineVersion,
      ...defined({ snapshotIdentifier, kmsKeyId: props.kmsKeyId, tags: props.tags }),
      manageMasterUserPassword: true,
      port,
      dbSubnetGroupName: subnetGroupName,
      vpcSecurityGroupIds: [securityGroupId],
      storageEncrypted: true,
      backupRetentionPeriod: props.backupRetentionPeriod ?? DEFAULT_BACKUP_RETENTION_PERIOD,
      copyTagsToSnapshot: true,
      deletionProtection: props.deletionProtection ?? true,
      skipFinalSnapshot: props.skipFinalSnapshot ?? false,
      finalSnapshotIdentifier: finalSnapshotIdentifier(scope, name, {
        kmsKeyId: props.kmsKeyId,
        masterUsername,
        databaseName,
      }),
      applyImmediately: props.applyImmediately ?? false,
      // RDS does not report the snapshot that a server was restored from.
      lifecycle: { ignoreChanges: ["snapshot_identifier"] },
    },
  };
}

function createdDatabase(name: string | undefined): string | undefined {
  if (name !== undefined && Token.isUnresolved(name)) {
    return Token.asString(Fn.conditional(Op.eq(name, MAINTENANCE_DATABASE), Token.nullValue(), name));
  }
  return name === MAINTENANCE_DATABASE ? undefined : name;
}
