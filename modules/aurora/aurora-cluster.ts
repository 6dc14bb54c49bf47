import { RdsCluster } from "@cdktf/provider-aws/lib/rds-cluster";
import { RdsClusterInstance } from "@cdktf/provider-aws/lib/rds-cluster-instance";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { defined } from "../defined";
import { requireInteger } from "../validation";
import { type DatabaseServer, DatabaseServerConstruct } from "./database-server";
import type { NewServerProps } from "./new-server-props";
import { newServerSettings } from "./new-server-settings";
import { ReplicationClusterParameterGroup } from "./replication-cluster-parameter-group";

/** Properties of {@link AuroraCluster}. */
export interface AuroraClusterProps extends NewServerProps {
  /**
   * Number of readers in addition to the writer, 0 to 15. Readers are physical replicas for failover and read traffic:
   * logical replication always uses the writer.
   *
   * @default 0
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html
   */
  readonly readers?: number;
  /**
   * Capacity range of instances of class `db.serverless`, in Aurora capacity units (ACUs).
   *
   * @default - none; required by `db.serverless`
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.html
   */
  readonly serverlessv2ScalingConfiguration?: {
    /** Minimum capacity, in ACUs. */
    readonly minCapacity: number;
    /** Maximum capacity, in ACUs. */
    readonly maxCapacity: number;
  };
}

/**
 * A new Aurora PostgreSQL cluster. Logical replication is active from its first start, without a reboot.
 *
 * @example
 * ```ts
 * import { AuroraCluster } from "aurora-logical-replication/modules/aurora";
 *
 * const publisher = new AuroraCluster(this, "publisher", {
 *   name: "orders-publisher",
 *   engineVersion: "17",
 *   vpcId: "vpc-0a1b2c3d",
 *   subnetIds: ["subnet-0a1b2c3d", "subnet-4e5f6a7b"],
 *   databaseName: "orders",
 *   subscribers: 2,
 * });
 * ```
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical.html
 */
export class AuroraCluster extends DatabaseServerConstruct {
  override readonly kind = "cluster";
  protected override readonly attributes: Omit<DatabaseServer, "kind">;

  /** @throws Error if a property value known at synthesis is invalid. */
  constructor(scope: Construct, id: string, props: AuroraClusterProps) {
    super(scope, id);
    const { name, engineVersion, readers = 0, serverlessv2ScalingConfiguration } = props;
    requireInteger("readers", readers, { max: 15 });
    const settings = newServerSettings(this, props);
    requireCapacity(settings.instanceClass, serverlessv2ScalingConfiguration);
    const parameterGroup = new ReplicationClusterParameterGroup(this, "parameter_group", {
      ...props,
      namePrefix: `${name}-`,
    });

    const cluster = new RdsCluster(this, "cluster", {
      ...settings.resource,
      clusterIdentifier: name,
      engine: "aurora-postgresql",
      ...defined({
        masterUsername: settings.username,
        databaseName: settings.createdDatabase,
        serverlessv2ScalingConfiguration,
      }),
      dbClusterParameterGroupName: parameterGroup.name,
    });
    const instance = (instanceId: string, number: number, dependsOn?: ITerraformDependable[]) =>
      new RdsClusterInstance(this, instanceId, {
        identifier: `${name}-${number}`,
        clusterIdentifier: cluster.id,
        engine: cluster.engine,
        instanceClass: settings.instanceClass,
        promotionTier: number - 1,
        publiclyAccessible: settings.publiclyAccessible,
        autoMinorVersionUpgrade: settings.autoMinorVersionUpgrade,
        copyTagsToSnapshot: true,
        applyImmediately: settings.resource.applyImmediately,
        ...defined({ tags: props.tags, dependsOn }),
      });
    const writer = instance("writer", 1);
    // The first instance of a cluster becomes its writer, so the readers must come later.
    const readerInstances = Array.from({ length: readers }, (_, index) =>
      instance(`reader_${index + 1}`, index + 2, [writer]),
    );

    this.attributes = {
      identifier: cluster.clusterIdentifier,
      host: cluster.endpoint,
      port: settings.port,
      databaseName: settings.databaseName ?? cluster.databaseName,
      adminUsername: settings.username ?? cluster.masterUsername,
      adminSecretArn: cluster.masterUserSecret.get(0).secretArn,
      securityGroupId: settings.securityGroupId,
      engineVersion,
      parameterGroupName: parameterGroup.name,
      staticParameters: parameterGroup.staticParameters,
      // A reader becomes the writer after a failover.
      ready: [writer, ...readerInstances],
    };
  }
}

function requireCapacity(
  instanceClass: string,
  capacity: AuroraClusterProps["serverlessv2ScalingConfiguration"],
): void {
  if (instanceClass === "db.serverless" && capacity === undefined) {
    throw new Error(
      'serverlessv2ScalingConfiguration is required with instanceClass "db.serverless". Set minCapacity and maxCapacity, in Aurora capacity units. Got none.',
    );
  }
}
