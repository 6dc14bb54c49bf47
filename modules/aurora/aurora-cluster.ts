import { RdsCluster } from "@cdktf/provider-aws/lib/rds-cluster";
import { RdsClusterInstance } from "@cdktf/provider-aws/lib/rds-cluster-instance";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import type { DatabaseServer } from "./database-server";
import { defined } from "./defined";
import type { NewServerProps } from "./new-server-props";
import { newServerSettings } from "./new-server-settings";
import { ReplicationClusterParameterGroup } from "./replication-cluster-parameter-group";

/** The properties of {@link AuroraCluster}. */
export interface AuroraClusterProps extends NewServerProps {
  /**
   * The number of readers beside the writer, at most 15. They are physical replicas, to fail over to and to read from:
   * replication always goes through the writer.
   *
   * @default 0
   */
  readonly readers?: number;
  /**
   * The capacity that instances of the class "db.serverless" scale between, in Aurora capacity units.
   *
   * @default - none; "db.serverless" needs it
   */
  readonly serverlessv2ScalingConfiguration?: {
    /** In Aurora capacity units. */
    readonly minCapacity: number;
    /** In Aurora capacity units. */
    readonly maxCapacity: number;
  };
}

/** A new Aurora PostgreSQL cluster that is ready for logical replication from its first start on, without a reboot. */
export class AuroraCluster extends Construct implements DatabaseServer {
  readonly kind = "cluster";
  readonly identifier: string;
  readonly host: string;
  /** The port that it listens on. */
  readonly port: number;
  readonly databaseName: string;
  readonly adminUsername: string;
  readonly adminSecretArn: string;
  readonly securityGroupId: string;
  readonly engineVersion: string;
  readonly parameterGroupName: string;
  readonly staticParameters: Readonly<Record<string, string>>;
  readonly ready: ITerraformDependable[];

  /** @throws Error when RDS would not accept a property, as far as that is known. */
  constructor(scope: Construct, id: string, props: AuroraClusterProps) {
    super(scope, id);
    const { name, engineVersion, readers = 0, serverlessv2ScalingConfiguration } = props;
    requireReaders(readers);
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
    const instance = (instanceId: string, number: number, after?: ITerraformDependable) =>
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
        ...defined({ tags: props.tags }),
        ...(after && { dependsOn: [after] }),
      });
    const writer = instance("writer", 1);
    // The first instance of a cluster becomes its writer.
    const rest = Array.from({ length: readers }, (_, index) =>
      instance(`reader_${index + 1}`, index + 2, writer),
    );

    this.identifier = cluster.clusterIdentifier;
    this.host = cluster.endpoint;
    this.port = settings.port;
    this.databaseName = settings.databaseName ?? cluster.databaseName;
    this.adminUsername = settings.username ?? cluster.masterUsername;
    this.adminSecretArn = cluster.masterUserSecret.get(0).secretArn;
    this.securityGroupId = settings.securityGroupId;
    this.engineVersion = engineVersion;
    this.parameterGroupName = parameterGroup.name;
    this.staticParameters = parameterGroup.staticParameters;
    // The readers too: after a failover one of them is the writer.
    this.ready = [writer, ...rest];
  }
}

function requireReaders(readers: number): void {
  if (!Token.isUnresolved(readers) && Number.isInteger(readers) && readers >= 0 && readers <= 15) return;
  const got = Token.isUnresolved(readers) ? "a value that only Terraform will know" : String(readers);
  throw new Error(`readers must be a whole number from 0 to 15. Got ${got}.`);
}

function requireCapacity(
  instanceClass: string,
  capacity: AuroraClusterProps["serverlessv2ScalingConfiguration"],
): void {
  if (instanceClass === "db.serverless" && capacity === undefined) {
    throw new Error(
      'serverlessv2ScalingConfiguration must be given with the instanceClass "db.serverless": minCapacity and maxCapacity, in Aurora capacity units.',
    );
  }
}
