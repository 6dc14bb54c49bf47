import { Fn, Op, Token } from "cdktf";
import type { Construct } from "constructs";
import { databasePlacement } from "./database-placement";
import { defined } from "./defined";
import { finalSnapshotIdentifier } from "./final-snapshot-identifier";
import type { NewServerProps } from "./new-server-props";

/** The database that every PostgreSQL server has. */
const MAINTENANCE_DATABASE = "postgres";

/** What the resources of a new server have in common, and what came of the properties that they differ in. */
export function newServerSettings(scope: Construct, props: NewServerProps) {
  const { name, snapshotIdentifier, masterUsername, databaseName, engineVersion, port = 5432 } = props;
  if (snapshotIdentifier !== undefined && masterUsername !== undefined) {
    throw new Error(
      `masterUsername must be left out with snapshotIdentifier: the server has the snapshot's master user. Got ${JSON.stringify(masterUsername)}.`,
    );
  }
  const { securityGroupId, subnetGroupName } = databasePlacement(scope, props);
  const empty = snapshotIdentifier === undefined;
  return {
    securityGroupId,
    port,
    /** Undefined when it is the snapshot's. */
    username: empty ? (masterUsername ?? "postgres") : undefined,
    /** Undefined when there is none to create. */
    createdDatabase: empty ? createdDatabase(databaseName) : undefined,
    /** Undefined when it is the snapshot's. */
    databaseName: databaseName ?? (empty ? MAINTENANCE_DATABASE : undefined),
    instanceClass: props.instanceClass ?? "db.t4g.medium",
    publiclyAccessible: props.publiclyAccessible ?? false,
    // Else RDS would go on to a version that Terraform wants to come back from.
    autoMinorVersionUpgrade: !Token.isUnresolved(engineVersion) && /^[0-9]+$/.test(engineVersion),
    resource: {
      engineVersion,
      ...defined({ snapshotIdentifier, kmsKeyId: props.kmsKeyId, tags: props.tags }),
      manageMasterUserPassword: true,
      port,
      dbSubnetGroupName: subnetGroupName,
      vpcSecurityGroupIds: [securityGroupId],
      storageEncrypted: true,
      backupRetentionPeriod: props.backupRetentionPeriod ?? 7,
      copyTagsToSnapshot: true,
      deletionProtection: props.deletionProtection ?? true,
      skipFinalSnapshot: props.skipFinalSnapshot ?? false,
      finalSnapshotIdentifier: finalSnapshotIdentifier(scope, name, {
        kmsKeyId: props.kmsKeyId,
        masterUsername,
        databaseName,
      }),
      applyImmediately: props.applyImmediately ?? false,
      // It has done its work, and RDS does not tell which it was.
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
