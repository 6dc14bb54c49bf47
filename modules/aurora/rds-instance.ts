import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import type { IResolvable } from "cdktf";
import type { Construct } from "constructs";
import { defined } from "../defined";
import { type DatabaseServer, DatabaseServerConstruct } from "./database-server";
import type { NewServerProps } from "./new-server-props";
import { newServerSettings } from "./new-server-settings";
import { ReplicationDbParameterGroup } from "./replication-db-parameter-group";

const DEFAULT_STORAGE = 20;

/** Properties of {@link RdsInstance}. */
export interface RdsInstanceProps extends NewServerProps {
  /**
   * Storage, in GiB. A subscriber requires space for all replicated tables.
   *
   * @default - 20, or the storage of the snapshot
   */
  readonly allocatedStorage?: number;
  /**
   * Maximum storage for autoscaling, in GiB. Must exceed `allocatedStorage`.
   *
   * @default - no autoscaling
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
   */
  readonly maxAllocatedStorage?: number;
  /**
   * Storage type.
   *
   * @default "gp3"
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
   */
  readonly storageType?: string;
  /**
   * Whether to create a standby in another availability zone.
   *
   * @default false
   */
  readonly multiAz?: boolean | IResolvable;
}

/**
 * A new RDS for PostgreSQL instance. Logical replication is active from its first start, without a reboot.
 *
 * @example
 * ```ts
 * import { RdsInstance } from "aurora-logical-replication/modules/aurora";
 *
 * const subscriber = new RdsInstance(this, "subscriber", {
 *   name: "orders-subscriber",
 *   engineVersion: "17",
 *   vpcId: "vpc-0a1b2c3d",
 *   subnetIds: ["subnet-0a1b2c3d", "subnet-4e5f6a7b"],
 *   allocatedStorage: 100,
 * });
 * ```
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html
 */
export class RdsInstance extends DatabaseServerConstruct {
  override readonly kind = "instance";
  protected override readonly attributes: Omit<DatabaseServer, "kind">;

  /** @throws Error if a property value known at synthesis is invalid. */
  constructor(scope: Construct, id: string, props: RdsInstanceProps) {
    super(scope, id);
    const { name, engineVersion, snapshotIdentifier, maxAllocatedStorage } = props;
    const settings = newServerSettings(this, props);
    const parameterGroup = new ReplicationDbParameterGroup(this, "parameter_group", {
      ...props,
      namePrefix: `${name}-`,
    });

    const instance = new DbInstance(this, "instance", {
      ...settings.resource,
      identifier: name,
      engine: "postgres",
      instanceClass: settings.instanceClass,
      ...defined({
        username: settings.username,
        dbName: settings.createdDatabase,
        allocatedStorage:
          props.allocatedStorage ?? (snapshotIdentifier === undefined ? DEFAULT_STORAGE : undefined),
        maxAllocatedStorage,
      }),
      storageType: props.storageType ?? "gp3",
      multiAz: props.multiAz ?? false,
      publiclyAccessible: settings.publiclyAccessible,
      autoMinorVersionUpgrade: settings.autoMinorVersionUpgrade,
      parameterGroupName: parameterGroup.name,
    });

    this.attributes = {
      identifier: instance.identifier,
      host: instance.address,
      port: settings.port,
      databaseName: settings.databaseName ?? instance.dbName,
      adminUsername: settings.username ?? instance.username,
      adminSecretArn: instance.masterUserSecret.get(0).secretArn,
      securityGroupId: settings.securityGroupId,
      engineVersion,
      parameterGroupName: parameterGroup.name,
      staticParameters: parameterGroup.staticParameters,
      ready: [instance],
    };
  }
}
