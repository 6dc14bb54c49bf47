import { DataAwsDbInstance } from "@cdktf/provider-aws/lib/data-aws-db-instance";
import { DataAwsDbSubnetGroup } from "@cdktf/provider-aws/lib/data-aws-db-subnet-group";
import { DataAwsRdsCluster } from "@cdktf/provider-aws/lib/data-aws-rds-cluster";
import { Fn, type ITerraformDependable, type Postcondition, type TerraformProvider, Token } from "cdktf";
import { Construct } from "constructs";
import type { PostgresqlEngine } from "../../facts/engine-versions";
import { isEmpty, managedSecretExists } from "../aurora/existing-server";
import { defined } from "../defined";
import { requireIdentifier } from "../validation";
import type { VersionedServer } from "./dms-version";

/** Properties that clusters and instances have in common. */
export interface DmsServerBaseProps {
  /**
   * Server that this server must share its VPC and region with, so that one replication instance can connect to both.
   *
   * @default - none
   */
  readonly sameNetworkAs?: DmsServer;
  /**
   * Security group to add rules for the server to. The replication instance gets this group too.
   *
   * @default - the server's first security group, in alphabetical order
   */
  readonly securityGroupId?: string;
  /**
   * ARN of the Secrets Manager secret of the user that administers the server: a JSON object with `username` and
   * `password`.
   *
   * @default - the secret that RDS manages; required if RDS manages none
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
   */
  readonly adminSecretArn?: string;
  /**
   * User that administers the server.
   *
   * @default - the master user
   */
  readonly adminUsername?: string;
  /**
   * AWS provider configuration of the data sources.
   *
   * @default - the default provider of the stack
   */
  readonly provider?: TerraformProvider;
  /**
   * Resources that must exist before Terraform looks the server up, such as a server that the same deployment creates.
   *
   * @default - none
   */
  readonly dependsOn?: ITerraformDependable[];
}

/** Meta-arguments of the data sources. */
type LookupProps = Pick<DmsServerBaseProps, "provider" | "dependsOn">;

/** Identifier of an Aurora PostgreSQL cluster or of an RDS for PostgreSQL instance. */
export type DmsServerIdentity =
  | {
      /** An Aurora PostgreSQL cluster. */
      readonly kind: "cluster";
      /** Identifier of the cluster. */
      readonly clusterIdentifier: string;
      /**
       * Identifier of the cluster's writer. The data sources of the AWS provider do not distinguish it from readers.
       *
       * @default - the only instance of the cluster; required if the cluster has readers
       */
      readonly writerIdentifier?: string;
    }
  | {
      /** An RDS for PostgreSQL instance. */
      readonly kind: "instance";
      /** Identifier of the instance. */
      readonly dbInstanceIdentifier: string;
    };

/** Properties of {@link DmsServer}. */
export type DmsServerProps = DmsServerBaseProps & DmsServerIdentity;

/** How to find an existing server, and its database. */
export type ServerReference = Omit<DmsServerBaseProps, "sameNetworkAs" | "provider" | "dependsOn"> &
  DmsServerIdentity & {
    /** Database with the tables. On the subscriber, DMS creates missing tables in it. */
    readonly databaseName: string;
  };

/** Attributes that the data sources of clusters and instances have in common. */
interface FoundServer {
  readonly engineVersion: string;
  readonly host: string;
  readonly port: number;
  readonly arn: string;
  readonly subnetGroupName: string;
  readonly securityGroupIds: string[];
  readonly masterUsername: string;
  readonly masterSecretArn: string;
  /** Instance that accepts writes. */
  readonly writer: DataAwsDbInstance;
}

/**
 * An existing server and its network, which a replication instance must join. The construct only reads the server.
 *
 * @example
 * ```ts
 * import { DmsServer } from "aurora-logical-replication/modules/dms";
 *
 * const publisher = new DmsServer(this, "publisher", { kind: "cluster", clusterIdentifier: "orders" });
 * const subscriber = new DmsServer(this, "subscriber", {
 *   kind: "instance",
 *   dbInstanceIdentifier: "reporting",
 *   sameNetworkAs: publisher,
 * });
 * ```
 */
export class DmsServer extends Construct implements VersionedServer {
  /** Whether the server is an Aurora cluster or an RDS instance. */
  readonly kind: "cluster" | "instance";
  /** Identifier of the cluster or instance. */
  readonly identifier: string;
  /** Engine of the server. */
  readonly engine: PostgresqlEngine;
  readonly engineVersion: string;
  /** Endpoint that accepts writes. */
  readonly host: string;
  /** Port of the database. */
  readonly port: number;
  /** AWS region of the server. */
  readonly region: string;
  /** VPC of the server. */
  readonly vpcId: string;
  /** Name of the subnet group of the server. */
  readonly subnetGroupName: string;
  /** Subnets of the subnet group. */
  readonly subnetIds: string[];
  /** Security group to add rules for the server to. */
  readonly securityGroupId: string;
  /** User that administers the server. */
  readonly adminUsername: string;
  /** ARN of the Secrets Manager secret of that user. */
  readonly adminSecretArn: string;
  /** Identifier of the DB instance that accepts writes. */
  readonly instanceIdentifier: string;
  /** Availability zone of that instance. */
  readonly availabilityZone: string;

  /** @throws Error if an identifier is invalid. Terraform rejects a server in another VPC or region at plan. */
  constructor(scope: Construct, id: string, props: DmsServerProps) {
    super(scope, id);
    const { sameNetworkAs, provider, dependsOn } = props;
    const lookup = defined({ provider, dependsOn });
    const found =
      props.kind === "cluster" ? this.#lookUpCluster(props, lookup) : this.#lookUpInstance(props, lookup);
    const subnetGroup = new DataAwsDbSubnetGroup(this, "subnet_group", {
      name: found.subnetGroupName,
      ...lookup,
      ...(sameNetworkAs && {
        lifecycle: {
          postcondition: [
            {
              condition: `\${self.vpc_id == ${operand(sameNetworkAs.vpcId)}}`,
              errorMessage: `${props.kind} ${identifierOf(props)} must be in the same VPC as ${sameNetworkAs.kind} ${sameNetworkAs.identifier}, ${sameNetworkAs.vpcId}, because one replication instance must connect to both. Got \${self.vpc_id}.`,
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

  #lookUpCluster(props: Extract<DmsServerProps, { kind: "cluster" }>, lookup: LookupProps): FoundServer {
    const { clusterIdentifier, writerIdentifier, sameNetworkAs } = props;
    requireIdentifier("clusterIdentifier", clusterIdentifier);
    const found = "clusterIdentifier: ${self.cluster_identifier}";
    const cluster = new DataAwsRdsCluster(this, "cluster", {
      clusterIdentifier,
      ...lookup,
      lifecycle: {
        postcondition: [
          {
            condition: '${self.engine == "aurora-postgresql"}',
            errorMessage: `${found} must be an Aurora PostgreSQL cluster. Its engine is \${self.engine}.`,
          },
          {
            condition:
              writerIdentifier === undefined
                ? "${length(self.cluster_members) == 1}"
                : `\${contains(self.cluster_members, ${operand(writerIdentifier)})}`,
            errorMessage:
              writerIdentifier === undefined
                ? `${found} has the instances \${join(", ", self.cluster_members)}. Set writerIdentifier to the writer.`
                : `writerIdentifier must be an instance of cluster \${self.cluster_identifier}: \${join(", ", self.cluster_members)}. Got ${writerIdentifier}.`,
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
        ...lookup,
      }),
    };
  }

  #lookUpInstance(props: Extract<DmsServerProps, { kind: "instance" }>, lookup: LookupProps): FoundServer {
    const { dbInstanceIdentifier, sameNetworkAs } = props;
    requireIdentifier("dbInstanceIdentifier", dbInstanceIdentifier);
    const found = "dbInstanceIdentifier: ${self.db_instance_identifier}";
    const instance = new DataAwsDbInstance(this, "instance", {
      dbInstanceIdentifier,
      ...lookup,
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.engine == "postgres" && ${isEmpty("db_cluster_identifier")}}`,
            errorMessage: `${found} must be an RDS for PostgreSQL instance outside any cluster. Its engine is \${self.engine}. For an Aurora PostgreSQL cluster, use kind: "cluster".`,
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

/** @param arn - name of the attribute with the server's ARN, which contains its region. */
function sameRegion(found: string, arn: string, other: DmsServer | undefined): Postcondition[] {
  if (other === undefined) return [];
  const region = `split(":", self.${arn})[3]`;
  return [
    {
      condition: `\${${region} == ${operand(other.region)}}`,
      errorMessage: `${found} must be in the same region as ${other.kind} ${other.identifier}, ${other.region}. Got \${${region}}.`,
    },
  ];
}

/** A value as part of an expression. CDKTF renders a token inside an expression as a plain reference. */
function operand(value: string): string {
  return Token.isUnresolved(value) ? value : JSON.stringify(value);
}
