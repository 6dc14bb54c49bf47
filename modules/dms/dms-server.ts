import { DataAwsDbInstance } from "@cdktf/provider-aws/lib/data-aws-db-instance";
import { DataAwsDbSubnetGroup } from "@cdktf/provider-aws/lib/data-aws-db-subnet-group";
import { DataAwsRdsCluster } from "@cdktf/provider-aws/lib/data-aws-rds-cluster";
import { Fn, type ITerraformDependable, type Postcondition, type TerraformProvider, Token } from "cdktf";
import { Construct } from "constructs";
import type { PostgresqlEngine } from "../../facts/engine-versions";
import { managedSecretExists } from "../aurora/existing-server";
import { requireIdentifier } from "../validation";
import type { VersionedServer } from "./dms-version";

/** @inline */
interface ServerProps {
  /**
   * The server whose VPC and region this one has to share: the replication instance is to reach both.
   *
   * @default - none
   */
  readonly sameNetworkAs?: DmsServer;
  /**
   * The security group that rules for the server are added to, and that the replication instance gets.
   *
   * @default - the first of the server's, in alphabetical order
   */
  readonly securityGroupId?: string;
  /**
   * The Secrets Manager secret with `{"username", "password"}` of the user who administers the server.
   *
   * @default - the one that RDS manages; a server without it needs this
   */
  readonly adminSecretArn?: string;
  /**
   * The user who administers the server.
   *
   * @default - the server's master user
   */
  readonly adminUsername?: string;
  /**
   * The configuration of the AWS provider that finds it.
   *
   * @default - the stack's
   */
  readonly provider?: TerraformProvider;
  /**
   * What has to exist before it is looked up: a server that the same deployment makes.
   *
   * @default - nothing
   */
  readonly dependsOn?: ITerraformDependable[];
}

/** What every data source is given. */
type Meta = Pick<ServerProps, "provider" | "dependsOn">;

/** A cluster of Aurora PostgreSQL, or a DB instance of RDS for PostgreSQL. */
export type DmsServerProps = ServerProps &
  (
    | {
        readonly kind: "cluster";
        /** The Aurora cluster's identifier. */
        readonly clusterIdentifier: string;
        /**
         * The identifier of the cluster's writer, which no data source of the AWS provider tells from the readers.
         *
         * @default - the only instance; a cluster with readers needs this
         */
        readonly writerIdentifier?: string;
      }
    | { readonly kind: "instance"; readonly dbInstanceIdentifier: string }
  );

/** Of a union, each without some properties. */
type Without<Props, Keys extends PropertyKey> = Props extends unknown ? Omit<Props, Keys> : never;

/** How a server that exists is found, and its database with the tables, or for them. */
export type ServerReference = Without<DmsServerProps, "sameNetworkAs" | "provider" | "dependsOn"> & {
  /** The database that has the tables, or gets them. */
  readonly databaseName: string;
};

/** What is the same of clusters and instances. */
interface Found {
  readonly engineVersion: string;
  readonly host: string;
  readonly port: number;
  readonly arn: string;
  readonly subnetGroupName: string;
  readonly securityGroupIds: string[];
  readonly masterUsername: string;
  readonly masterSecretArn: string;
  /** The DB instance that accepts writes. */
  readonly writer: DataAwsDbInstance;
}

/** A server that exists, and where it is: what DMS has to be put beside. It is looked up, and not changed. */
export class DmsServer extends Construct implements VersionedServer {
  /** What it is. */
  readonly kind: "cluster" | "instance";
  /** The cluster's, or the DB instance's, identifier. */
  readonly identifier: string;
  /** The server's engine. */
  readonly engine: PostgresqlEngine;
  readonly engineVersion: string;
  /** The endpoint that accepts writes. */
  readonly host: string;
  /** The port that it listens on. */
  readonly port: number;
  /** The AWS region that it is in. */
  readonly region: string;
  /** The VPC that it is in. */
  readonly vpcId: string;
  /** Its subnet group. */
  readonly subnetGroupName: string;
  /** The subnets of its subnet group. */
  readonly subnetIds: string[];
  /** A security group that it has. */
  readonly securityGroupId: string;
  /** The user who administers the server. */
  readonly adminUsername: string;
  /** The Secrets Manager secret with `{"username", "password"}` of that user. */
  readonly adminSecretArn: string;
  /** The DB instance that accepts writes. */
  readonly instanceIdentifier: string;
  /** The zone of that instance. */
  readonly availabilityZone: string;

  /** @throws Error when an identifier is none. What is found in the wrong place is refused at plan. */
  constructor(scope: Construct, id: string, props: DmsServerProps) {
    super(scope, id);
    const { sameNetworkAs, provider, dependsOn } = props;
    const meta: Meta = { ...(provider && { provider }), ...(dependsOn && { dependsOn }) };
    const found = props.kind === "cluster" ? this.cluster(props, meta) : this.instance(props, meta);
    const subnetGroup = new DataAwsDbSubnetGroup(this, "subnet_group", {
      name: found.subnetGroupName,
      ...meta,
      ...(sameNetworkAs && {
        lifecycle: {
          postcondition: [
            {
              condition: `\${self.vpc_id == ${operand(sameNetworkAs.vpcId)}}`,
              errorMessage: `${props.kind} ${identifierOf(props)} must be in the same VPC as ${sameNetworkAs.kind} ${sameNetworkAs.identifier}, ${sameNetworkAs.vpcId}: one replication instance has to reach both. It is in \${self.vpc_id}.`,
            },
          ],
        },
      }),
    });
    this.kind = props.kind;
    this.engine = props.kind === "cluster" ? "aurora-postgresql" : "postgres";
    this.identifier = identifierOf(props);
    this.engineVersion = found.engineVersion;
    this.host = found.host;
    this.port = found.port;
    this.region = String(Fn.element(Fn.split(":", found.arn), 3));
    this.vpcId = subnetGroup.vpcId;
    this.subnetGroupName = subnetGroup.name;
    this.subnetIds = subnetGroup.subnetIds;
    this.securityGroupId = props.securityGroupId ?? String(Fn.element(Fn.sort(found.securityGroupIds), 0));
    this.adminUsername = props.adminUsername ?? found.masterUsername;
    this.adminSecretArn = props.adminSecretArn ?? found.masterSecretArn;
    this.instanceIdentifier = found.writer.dbInstanceIdentifier;
    this.availabilityZone = found.writer.availabilityZone;
  }

  private cluster(props: Extract<DmsServerProps, { kind: "cluster" }>, meta: Meta): Found {
    const { clusterIdentifier, writerIdentifier, sameNetworkAs } = props;
    requireIdentifier("clusterIdentifier", clusterIdentifier);
    const found = "clusterIdentifier: ${self.cluster_identifier}";
    const cluster = new DataAwsRdsCluster(this, "cluster", {
      clusterIdentifier,
      ...meta,
      lifecycle: {
        postcondition: [
          {
            condition: '${self.engine == "aurora-postgresql"}',
            errorMessage: `${found} must be a cluster of Aurora PostgreSQL, and is one of the engine \${self.engine}.`,
          },
          {
            condition:
              writerIdentifier === undefined
                ? "${length(self.cluster_members) == 1}"
                : `\${contains(self.cluster_members, ${operand(writerIdentifier)})}`,
            errorMessage:
              writerIdentifier === undefined
                ? `${found} has the instances \${join(", ", self.cluster_members)}. Give writerIdentifier: the one that is the writer.`
                : `writerIdentifier must be an instance of the cluster \${self.cluster_identifier}: \${join(", ", self.cluster_members)}. Got ${writerIdentifier}.`,
          },
          ...(props.adminSecretArn === undefined ? [managedSecretExists(found)] : []),
          ...sameRegion(found, "arn", sameNetworkAs),
        ],
      },
    });
    return {
      engineVersion: cluster.engineVersion,
      host: cluster.endpoint,
      port: cluster.port,
      arn: cluster.arn,
      subnetGroupName: cluster.dbSubnetGroupName,
      securityGroupIds: cluster.vpcSecurityGroupIds,
      masterUsername: cluster.masterUsername,
      masterSecretArn: cluster.masterUserSecret.get(0).secretArn,
      writer: new DataAwsDbInstance(this, "writer", {
        dbInstanceIdentifier: String(writerIdentifier ?? Fn.element(cluster.clusterMembers, 0)),
        ...meta,
      }),
    };
  }

  private instance(props: Extract<DmsServerProps, { kind: "instance" }>, meta: Meta): Found {
    const { dbInstanceIdentifier, sameNetworkAs } = props;
    requireIdentifier("dbInstanceIdentifier", dbInstanceIdentifier);
    const found = "dbInstanceIdentifier: ${self.db_instance_identifier}";
    const instance = new DataAwsDbInstance(this, "instance", {
      dbInstanceIdentifier,
      ...meta,
      lifecycle: {
        postcondition: [
          {
            condition: '${self.engine == "postgres" && try(length(self.db_cluster_identifier), 0) == 0}',
            errorMessage: `${found} must be a DB instance of RDS for PostgreSQL that is in no cluster, and is one of the engine \${self.engine}. For Aurora take kind: "cluster".`,
          },
          ...(props.adminSecretArn === undefined ? [managedSecretExists(found)] : []),
          ...sameRegion(found, "db_instance_arn", sameNetworkAs),
        ],
      },
    });
    return {
      engineVersion: instance.engineVersion,
      host: instance.address,
      port: instance.port,
      arn: instance.dbInstanceArn,
      subnetGroupName: instance.dbSubnetGroup,
      securityGroupIds: instance.vpcSecurityGroups,
      masterUsername: instance.masterUsername,
      masterSecretArn: instance.masterUserSecret.get(0).secretArn,
      writer: instance,
    };
  }
}

function identifierOf(props: DmsServerProps): string {
  return props.kind === "cluster" ? props.clusterIdentifier : props.dbInstanceIdentifier;
}

/** @param arn - the attribute with the server's ARN, which names its region. */
function sameRegion(found: string, arn: string, other: DmsServer | undefined): Postcondition[] {
  if (other === undefined) return [];
  const region = `split(":", self.${arn})[3]`;
  return [
    {
      condition: `\${${region} == ${operand(other.region)}}`,
      errorMessage: `${found} must be in the same region as ${other.kind} ${other.identifier}, ${other.region}. It is in \${${region}}.`,
    },
  ];
}

/** A value as a part of an expression: CDKTF leaves a token there as the reference that it is. */
function operand(value: string): string {
  return Token.isUnresolved(value) ? value : JSON.stringify(value);
}
