import { DataAwsDbInstance } from "@cdktf/provider-aws/lib/data-aws-db-instance";
import type { Construct } from "constructs";
import { requireIdentifier } from "../validation";
import { type DatabaseServer, DatabaseServerConstruct } from "./database-server";
import {
  existingServerAttributes,
  type ExistingServerProps,
  isEmpty,
  managedSecretExists,
} from "./existing-server";
import { ReplicationDbParameterGroup } from "./replication-db-parameter-group";

/** Properties of {@link ExistingRdsInstance}. */
export interface ExistingRdsInstanceProps extends ExistingServerProps {
  /** Identifier of an RDS for PostgreSQL instance. */
  readonly dbInstanceIdentifier: string;
}

/**
 * An RDS for PostgreSQL instance that this configuration does not manage, with a new DB parameter group for it. The
 * construct does not attach the group. The group does not copy settings of the current group: add the settings to keep to
 * `parameters`.
 *
 * @example
 * ```ts
 * import { ExistingRdsInstance } from "aurora-logical-replication/modules/aurora";
 *
 * const subscriber = new ExistingRdsInstance(this, "subscriber", {
 *   dbInstanceIdentifier: "reporting",
 *   databaseName: "reporting",
 *   adminSecretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:reporting-admin",
 * });
 * ```
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html
 */
export class ExistingRdsInstance extends DatabaseServerConstruct {
  override readonly kind = "instance";
  protected override readonly attributes: Omit<DatabaseServer, "kind">;

  /** @throws Error if the identifier or a parameter is invalid. */
  constructor(scope: Construct, id: string, props: ExistingRdsInstanceProps) {
    super(scope, id);
    const { dbInstanceIdentifier } = props;
    requireIdentifier("dbInstanceIdentifier", dbInstanceIdentifier);
    const found = "dbInstanceIdentifier: ${self.db_instance_identifier}";
    const instance = new DataAwsDbInstance(this, "instance", {
      dbInstanceIdentifier,
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.engine == "postgres" && ${isEmpty("db_cluster_identifier")}}`,
            errorMessage: `${found} must be an RDS for PostgreSQL instance outside any cluster. Its engine is \${self.engine}. For an Aurora PostgreSQL cluster, use ExistingAuroraCluster.`,
          },
          {
            condition: `\${${isEmpty("replicate_source_db")}}`,
            errorMessage: `${found} is a read replica of \${self.replicate_source_db}. Use the identifier of that instance: logical replication requires a server that accepts writes.`,
          },
          ...(props.adminSecretArn === undefined ? [managedSecretExists(found)] : []),
        ],
      },
    });
    const parameterGroup = new ReplicationDbParameterGroup(this, "parameter_group", {
      ...props,
      engineVersion: instance.engineVersion,
      namePrefix: `${dbInstanceIdentifier}-`,
    });
    this.attributes = {
      ...existingServerAttributes(
        props,
        {
          identifier: instance.dbInstanceIdentifier,
          host: instance.address,
          port: instance.port,
          masterUsername: instance.masterUsername,
          masterUserSecret: instance.masterUserSecret,
          securityGroupIds: instance.vpcSecurityGroups,
          engineVersion: instance.engineVersion,
        },
        parameterGroup,
      ),
      ready: [instance],
    };
  }
}
