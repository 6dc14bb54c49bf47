import { DmsReplicationInstance as Instance } from "@cdktf/provider-aws/lib/dms-replication-instance";
import { DmsReplicationSubnetGroup } from "@cdktf/provider-aws/lib/dms-replication-subnet-group";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { DEFAULT_DMS_ENGINE_VERSION } from "../../facts/dms-versions";
import { defined } from "../aurora/defined";
import { requireAwsName } from "../validation";
import { dmsEngineConditions, type VersionedServer } from "./dms-version";

/** @inline */
interface InstanceProps {
  /** The instance's identifier: 2 to 63 lower case letters, digits and single hyphens. */
  readonly replicationInstanceId: string;
  /** The servers that tasks of the instance connect to, by what they are called in messages. */
  readonly servers: Readonly<Record<string, VersionedServer>>;
  /** The subnets that the instance may be in: of the servers' VPC, in two availability zones at least. */
  readonly subnetIds: string[];
  /** The security groups that the servers let in. */
  readonly vpcSecurityGroupIds: string[];
  /** @default "dms.t3.medium" */
  readonly replicationInstanceClass?: string;
  /**
   * The storage for logs and for changes that do not fit into memory, in GB, 5 to 6144.
   *
   * @default 50
   */
  readonly allocatedStorage?: number;
  /**
   * The version of DMS's engine. It stays: DMS's own upgrades of minor versions are off, since they stop tasks.
   *
   * @default "3.6.1"
   */
  readonly engineVersion?: string;
  /**
   * Whether changes are made at once and not in the next maintenance window; some restart the instance.
   *
   * @default false
   */
  readonly applyImmediately?: boolean;
  /**
   * The weekly time for maintenance, in UTC, such as "sun:05:00-sun:06:00".
   *
   * @default - AWS chooses
   */
  readonly preferredMaintenanceWindow?: string;
  /**
   * The ARN of the KMS key that encrypts the storage and the endpoints' connection data.
   *
   * @default - AWS's key for DMS
   */
  readonly kmsKeyArn?: string;
  /**
   * What has to exist before: the roles of {@link DmsRoles}, and rules that let the instance in.
   *
   * @default - nothing
   */
  readonly dependsOn?: ITerraformDependable[];
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/** Either a standby in another zone, or a zone of choice. */
export type DmsReplicationInstanceProps = InstanceProps &
  (
    | {
        /**
         * Whether there is a standby in another availability zone.
         *
         * @default false
         */
        readonly multiAz?: false;
        /**
         * The zone that the instance is put in, such as the publisher's. It decides when the instance is made: a
         * publisher's failover to another zone must not make another instance.
         *
         * @default - AWS chooses
         */
        readonly availabilityZone?: string;
      }
    | { readonly multiAz: true; readonly availabilityZone?: never }
  );

/** The server that DMS runs tasks on, which nobody can reach from outside the VPC. */
export class DmsReplicationInstance extends Construct {
  /** The instance's identifier. */
  readonly replicationInstanceId: string;
  /** The instance's ARN. */
  readonly replicationInstanceArn: string;

  /** @throws Error when DMS would not accept a property, or its version is too old for a server, as far as known. */
  constructor(scope: Construct, id: string, props: DmsReplicationInstanceProps) {
    super(scope, id);
    const { replicationInstanceId, servers, subnetIds, multiAz = false, availabilityZone, tags } = props;
    const { allocatedStorage = 50, engineVersion = DEFAULT_DMS_ENGINE_VERSION, dependsOn = [] } = props;
    requireAwsName("replicationInstanceId", replicationInstanceId, { min: 2, max: 63 });
    requireStorage(allocatedStorage);
    // Types do not hold for who calls from JavaScript.
    if (multiAz && availabilityZone !== undefined) {
      throw new Error(
        `availabilityZone must be left out with multiAz: DMS chooses the zones then. Got ${JSON.stringify(availabilityZone)}.`,
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
      replicationInstanceClass: props.replicationInstanceClass ?? "dms.t3.medium",
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

function requireStorage(storage: number): void {
  if (Token.isUnresolved(storage)) return;
  if (Number.isInteger(storage) && storage >= 5 && storage <= 6144) return;
  throw new Error(`allocatedStorage must be a whole number of GB from 5 to 6144. Got ${storage}.`);
}
