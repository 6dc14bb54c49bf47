import { DmsReplicationInstance as Instance } from "@cdktf/provider-aws/lib/dms-replication-instance";
import { DmsReplicationSubnetGroup } from "@cdktf/provider-aws/lib/dms-replication-subnet-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { DEFAULT_DMS_ENGINE_VERSION } from "../../facts/dms-versions";
import { defined } from "../defined";
import { requireAwsName, requireKnownInteger } from "../validation";
import { dmsEngineConditions, type VersionedServer } from "./dms-version";

const DEFAULT_INSTANCE_CLASS = "dms.t3.medium";
const DEFAULT_STORAGE = 50;

/** Properties of a replication instance, except its placement. */
export interface DmsReplicationInstanceBaseProps {
  /** Identifier of the instance: 2 to 63 lower case letters, digits and single hyphens. */
  readonly replicationInstanceId: string;
  /** Servers that tasks of the instance connect to, by the names that error messages call them. */
  readonly servers: Readonly<Record<string, VersionedServer>>;
  /** Subnets of the instance: at least two subnets of the servers' VPC, in different availability zones. */
  readonly subnetIds: string[];
  /** Security groups of the instance. The servers must allow inbound connections from them. */
  readonly vpcSecurityGroupIds: string[];
  /**
   * Class of the instance.
   *
   * @default "dms.t3.medium"
   * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.Types.html
   */
  readonly replicationInstanceClass?: string;
  /**
   * Storage for logs and for changes that do not fit into memory, in GB, 5 to 6144.
   *
   * @default 50
   */
  readonly allocatedStorage?: number;
  /**
   * Version of the DMS engine. Automatic minor version upgrades are disabled, because they stop tasks.
   *
   * @default "3.6.1"
   */
  readonly engineVersion?: string;
  /**
   * Whether to apply changes immediately instead of in the next maintenance window. Some changes restart the instance.
   *
   * @default false
   */
  readonly applyImmediately?: boolean;
  /**
   * Weekly maintenance window, in UTC, such as "sun:05:00-sun:06:00".
   *
   * @default - AWS chooses
   */
  readonly preferredMaintenanceWindow?: string;
  /**
   * ARN of the KMS key that encrypts the storage and the connection data of the endpoints.
   *
   * @default - the AWS managed key for DMS
   */
  readonly kmsKeyArn?: string;
  /**
   * Resources that must exist while the instance exists: the roles of {@link DmsRoles}, and inbound rules for the instance.
   *
   * @default - none
   */
  readonly dependsOn?: ITerraformDependable[];
  /**
   * Tags of the AWS resources.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/** Placement of a replication instance: a Multi-AZ deployment, or one availability zone. */
export type DmsReplicationInstancePlacement =
  | {
      /**
       * Whether to create a standby in another availability zone.
       *
       * @default false
       */
      readonly multiAz?: false;
      /**
       * Availability zone of a new instance, such as that of the publisher. Later changes have no effect, so that a failover
       * of the publisher does not replace the instance.
       *
       * @default - AWS chooses
       */
      readonly availabilityZone?: string;
    }
  | {
      /** Whether to create a standby in another availability zone. */
      readonly multiAz: true;
      /** Must be omitted: DMS chooses the zones. */
      readonly availabilityZone?: never;
    };

/** Properties of {@link DmsReplicationInstance}. */
export type DmsReplicationInstanceProps = DmsReplicationInstanceBaseProps & DmsReplicationInstancePlacement;

/**
 * A DMS replication instance, which runs tasks. It has no public IP address.
 *
 * @example
 * ```ts
 * import { DmsReplicationInstance, DmsRoles } from "aurora-logical-replication/modules/dms";
 *
 * const roles = new DmsRoles(this, "roles", { mode: "create" });
 * const instance = new DmsReplicationInstance(this, "instance", {
 *   replicationInstanceId: "orders",
 *   servers: {
 *     publisher: { engine: "aurora-postgresql", engineVersion: "16.4" },
 *     subscriber: { engine: "postgres", engineVersion: "17.2" },
 *   },
 *   subnetIds: ["subnet-0a1b2c3d", "subnet-4e5f6a7b"],
 *   vpcSecurityGroupIds: ["sg-0a1b2c3d"],
 *   multiAz: true,
 *   dependsOn: roles.ready,
 * });
 * ```
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.html
 */
export class DmsReplicationInstance extends Construct {
  /** Identifier of the instance. */
  readonly replicationInstanceId: string;
  /** ARN of the instance. */
  readonly replicationInstanceArn: string;

  /** @throws Error if a property value known at synthesis is invalid, or the engine version is too old for a server. */
  constructor(scope: Construct, id: string, props: DmsReplicationInstanceProps) {
    super(scope, id);
    const { replicationInstanceId, servers, subnetIds, multiAz = false, availabilityZone, tags } = props;
    const {
      allocatedStorage = DEFAULT_STORAGE,
      engineVersion = DEFAULT_DMS_ENGINE_VERSION,
      dependsOn = [],
    } = props;
    requireAwsName("replicationInstanceId", replicationInstanceId, { min: 2, max: 63 });
    requireKnownInteger("allocatedStorage", allocatedStorage, { min: 5, max: 6144, unit: "GB" });
    // JavaScript callers bypass the types.
    if (multiAz && availabilityZone !== undefined) {
      throw new Error(
        `availabilityZone must be omitted with multiAz: DMS chooses the zones. Got ${JSON.stringify(availabilityZone)}.`,
      );
    }
    const precondition = dmsEngineConditions(engineVersion, servers);
    const subnetGroup = new DmsReplicationSubnetGroup(this, "subnet_group", {
      replicationSubnetGroupId: replicationInstanceId,
      replicationSubnetGroupDescription: `Replication instance ${replicationInstanceId}`,
      subnetIds,
      ...defined({ tags }),
      dependsOn,
    });
    const instance = new Instance(this, "instance", {
      replicationInstanceId,
      replicationInstanceClass: props.replicationInstanceClass ?? DEFAULT_INSTANCE_CLASS,
      allocatedStorage,
      engineVersion,
      autoMinorVersionUpgrade: false,
      allowMajorVersionUpgrade: true,
      applyImmediately: props.applyImmediately ?? false,
      multiAz,
      publiclyAccessible: false,
      replicationSubnetGroupId: subnetGroup.id,
      vpcSecurityGroupIds: props.vpcSecurityGroupIds,
      ...defined({
        availabilityZone,
        preferredMaintenanceWindow: props.preferredMaintenanceWindow,
        kmsKeyArn: props.kmsKeyArn,
        tags,
      }),
      dependsOn,
      lifecycle: {
        ...(availabilityZone !== undefined && { ignoreChanges: ["availability_zone"] }),
        ...(precondition.length > 0 && { precondition }),
      },
    });
    this.replicationInstanceId = instance.replicationInstanceId;
    this.replicationInstanceArn = instance.replicationInstanceArn;
  }
}
