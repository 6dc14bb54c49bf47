import { DataAwsRdsCluster } from "@cdktf/provider-aws/lib/data-aws-rds-cluster";
import type { Construct } from "constructs";
import { requireIdentifier } from "../validation";
import { type DatabaseServer, DatabaseServerConstruct } from "./database-server";
import {
  existingServerAttributes,
  type ExistingServerProps,
  isEmpty,
  managedSecretExists,
} from "./existing-server";
import { ReplicationClusterParameterGroup } from "./replication-cluster-parameter-group";

/** Properties of {@link ExistingAuroraCluster}. */
export interface ExistingAuroraClusterProps extends ExistingServerProps {
  /** Identifier of an Aurora PostgreSQL cluster. */
  readonly clusterIdentifier: string;
}

/**
 * An Aurora PostgreSQL cluster that this configuration does not manage, with a new DB cluster parameter group for it. The
 * construct does not attach the group. The group does not copy settings of the current group: add the settings to keep to
 * `parameters`.
 *
 * @example
 * ```ts
 * import { ExistingAuroraCluster } from "aurora-logical-replication/modules/aurora";
 *
 * const publisher = new ExistingAuroraCluster(this, "publisher", {
 *   clusterIdentifier: "orders",
 *   databaseName: "orders",
 *   parameters: { log_min_duration_statement: 500 },
 * });
 * ```
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical.html
 */
export class ExistingAuroraCluster extends DatabaseServerConstruct {
  override readonly kind = "cluster";
  protected override readonly attributes: Omit<DatabaseServer, "kind">;

  /** @throws Error if the identifier or a parameter is invalid. */
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
            errorMessage: `${found} must be an Aurora PostgreSQL cluster. Its engine is \${self.engine}.`,
          },
          {
            condition: '${self.engine_mode != "serverless"}',
            errorMessage: `${found} is Aurora Serverless v1, which does not support logical replication. Migrate it to Serverless v2 or to provisioned instances.`,
          },
          {
            condition: `\${${isEmpty("replication_source_identifier")}}`,
            errorMessage: `${found} is a replica of \${self.replication_source_identifier}. Use the identifier of that cluster: logical replication requires a server that accepts writes.`,
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
    this.attributes = {
      ...existingServerAttributes(
        props,
        {
          identifier: cluster.clusterIdentifier,
          host: cluster.endpoint,
          port: cluster.port,
          masterUsername: cluster.masterUsername,
          masterUserSecret: cluster.masterUserSecret,
          securityGroupIds: cluster.vpcSecurityGroupIds,
          engineVersion: cluster.engineVersion,
        },
        parameterGroup,
      ),
      ready: [cluster],
    };
  }
}
