import { DataAwsDbInstance } from "@cdktf/provider-aws/lib/data-aws-db-instance";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { requireIdentifier } from "../validation";
import type { DatabaseServer } from "./database-server";
import { type ExistingServerProps, isEmpty, managedSecretExists } from "./existing-server";
import { ReplicationDbParameterGroup } from "./replication-db-parameter-group";

/** The properties of {@link ExistingRdsInstance}. */
export interface ExistingRdsInstanceProps extends ExistingServerProps {
  /** The identifier of a DB instance of RDS for PostgreSQL. */
  readonly dbInstanceIdentifier: string;
}

/**
 * An RDS for PostgreSQL instance that is not this configuration's own, and a new DB parameter group for it. The group is
 * not attached yet, and has none of the former group's settings: what of those is to stay goes into `parameters`.
 */
export class ExistingRdsInstance extends Construct implements DatabaseServer {
  readonly kind = "instance";
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
            errorMessage: `${found} must be a DB instance of RDS for PostgreSQL that is in no cluster, and is one of the engine \${self.engine}. For a cluster of Aurora PostgreSQL take ExistingAuroraCluster.`,
          },
          {
            condition: `\${${isEmpty("replicate_source_db")}}`,
            errorMessage: `${found} is a read replica of \${self.replicate_source_db}. Name that one: logical replication needs a server that accepts writes.`,
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

    // All of it is the data source's, so that nothing is done to an instance that does not pass.
    this.identifier = instance.dbInstanceIdentifier;
    this.host = instance.address;
    this.port = instance.port;
    this.databaseName = props.databaseName;
    this.adminUsername = props.adminUsername ?? instance.masterUsername;
    this.adminSecretArn = props.adminSecretArn ?? instance.masterUserSecret.get(0).secretArn;
    this.securityGroupId =
      props.securityGroupId ?? String(Fn.element(Fn.sort(instance.vpcSecurityGroups), 0));
    this.engineVersion = instance.engineVersion;
    this.parameterGroupName = parameterGroup.name;
    this.staticParameters = parameterGroup.staticParameters;
    this.ready = [instance];
  }
}
