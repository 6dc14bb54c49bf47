import { DataAwsRdsCluster } from "@cdktf/provider-aws/lib/data-aws-rds-cluster";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { requireIdentifier } from "../validation";
import type { DatabaseServer } from "./database-server";
import { type ExistingServerProps, isEmpty, managedSecretExists } from "./existing-server";
import { ReplicationClusterParameterGroup } from "./replication-cluster-parameter-group";

/** The properties of {@link ExistingAuroraCluster}. */
export interface ExistingAuroraClusterProps extends ExistingServerProps {
  /** The identifier of a cluster of Aurora PostgreSQL. */
  readonly clusterIdentifier: string;
}

/**
 * An Aurora PostgreSQL cluster that is not this configuration's own, and a new DB cluster parameter group for it. The
 * group is not attached yet, and has none of the former group's settings: what of those is to stay goes into
 * `parameters`.
 */
export class ExistingAuroraCluster extends Construct implements DatabaseServer {
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

  /** @throws Error when the identifier is none, or a parameter makes no sense. */
  constructor(scope: Construct, id: string, props: ExistingAuroraClusterProps) {
    super(scope, id);
    const { clusterIdentifier } = props;
    requireIdentifier("clusterIdentifier", clusterIdentifier);
    const found = "clusterIdentifier: ${self.cluster_identifier}";
    const cluster = new DataAwsRdsCluster(this, "cluster", {
      clusterIdentifier,
      lifecycle: {
        postcondition: [
          {
            condition: '${self.engine == "aurora-postgresql"}',
            errorMessage: `${found} must be a cluster of Aurora PostgreSQL, and is one of the engine \${self.engine}.`,
          },
          {
            condition: '${self.engine_mode != "serverless"}',
            errorMessage: `${found} is Aurora Serverless v1, which has no logical replication. Move it to Serverless v2 or to provisioned instances.`,
          },
          {
            condition: `\${${isEmpty("replication_source_identifier")}}`,
            errorMessage: `${found} is a replica of \${self.replication_source_identifier}. Name that one: logical replication needs a server that accepts writes.`,
          },
          ...(props.adminSecretArn === undefined ? [managedSecretExists(found)] : []),
        ],
      },
    });
    const parameterGroup = new ReplicationClusterParameterGroup(this, "parameter_group", {
      ...props,
      engineVersion: cluster.engineVersion,
      namePrefix: `${clusterIdentifier}-`,
    });

    // All of it is the data source's, so that nothing is done to a cluster that does not pass.
    this.identifier = cluster.clusterIdentifier;
    this.host = cluster.endpoint;
    this.port = cluster.port;
    this.databaseName = props.databaseName;
    this.adminUsername = props.adminUsername ?? cluster.masterUsername;
    this.adminSecretArn = props.adminSecretArn ?? cluster.masterUserSecret.get(0).secretArn;
    this.securityGroupId =
      props.securityGroupId ?? String(Fn.element(Fn.sort(cluster.vpcSecurityGroupIds), 0));
    this.engineVersion = cluster.engineVersion;
    this.parameterGroupName = parameterGroup.name;
    this.staticParameters = parameterGroup.staticParameters;
    this.ready = [cluster];
  }
}
