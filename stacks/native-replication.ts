import { DataAwsSubnets } from "@cdktf/provider-aws/lib/data-aws-subnets";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { RdsLogicalReplication } from "../bindings/rds-logical-replication";
import { AuroraCluster, type AuroraClusterProps } from "../modules/aurora/aurora-cluster";
import type { DatabaseServer } from "../modules/aurora/database-server";
import {
  ExistingAuroraCluster,
  type ExistingAuroraClusterProps,
} from "../modules/aurora/existing-aurora-cluster";
import { ExistingRdsInstance, type ExistingRdsInstanceProps } from "../modules/aurora/existing-rds-instance";
import { RdsInstance, type RdsInstanceProps } from "../modules/aurora/rds-instance";
import { defined } from "../modules/defined";
import { ReplicationDashboard } from "../modules/monitoring/replication-dashboard";
import {
  ReplicationSlotAlarms,
  type ReplicationSlotAlarmsProps,
} from "../modules/monitoring/replication-slot-alarms";
import type { ServerReference } from "../modules/dms/dms-server";
import type { Peer } from "../modules/network/peer";
import { PostgresqlEgress } from "../modules/network/postgresql-egress";
import { ApplicationSubscriber } from "../modules/replication/application-subscriber";
import { LogicalReplication } from "../modules/replication/logical-replication";
import type { PostgresqlProvider } from "../modules/replication/postgresql-provider";
import { namesOfWholeTables, type PublishedTablesProps } from "../modules/replication/published-tables";
import { ReplicationCheck } from "../modules/replication/replication-check";
import { ServerConnection } from "../modules/replication/server-connection";
import { GeneratedSecret } from "../modules/secrets/generated-secret";
import { AwsStack, type AwsStackProps } from "./aws-stack";

/** Properties of a new server, without those that the stack sets. */
export type WithoutPlacement<Props> = Omit<Props, "name" | "vpcId" | "subnetIds">;

/** A new Aurora cluster. */
export interface NewClusterProps extends WithoutPlacement<AuroraClusterProps> {
  /** A new Aurora cluster. */
  readonly kind: "new-cluster";
}

/** An existing Aurora cluster. */
export interface ExistingClusterProps extends ExistingAuroraClusterProps {
  /** An existing Aurora cluster. */
  readonly kind: "existing-cluster";
}

/** A new RDS instance. */
export interface NewInstanceProps extends WithoutPlacement<RdsInstanceProps> {
  /** A new RDS instance. */
  readonly kind: "new-instance";
}

/** An existing RDS instance. */
export interface ExistingInstanceProps extends ExistingRdsInstanceProps {
  /** An existing RDS instance. */
  readonly kind: "existing-instance";
}

/** An application that reads `pgoutput`, such as Debezium, PeerDB or your own program. */
export interface ApplicationProps {
  /** An application that reads `pgoutput`. */
  readonly kind: "application";
  /** Network address of the application. */
  readonly peer: Peer;
}

/** The publisher: the server that the tables are replicated from. */
export type PublisherProps = NewClusterProps | ExistingClusterProps;

/** The subscriber: the server or application that the tables are replicated to. */
export type SubscriberProps = PublisherProps | NewInstanceProps | ExistingInstanceProps | ApplicationProps;

type ServerSubscriberProps = Exclude<SubscriberProps, ApplicationProps>;

/** Thresholds and notifications of the alarms. */
export type ReplicationMonitoringProps = Omit<ReplicationSlotAlarmsProps, "namePrefix" | "server" | "tags">;

/** Properties of {@link NativeReplicationStack}. */
export interface NativeReplicationStackProps extends AwsStackProps {
  /**
   * Base name for every resource: up to 39 lower case letters, digits and single hyphens. New servers are
   * `<name>-publisher` and `<name>-subscriber`; the role, publication, slot and subscription use the name with hyphens
   * replaced by underscores.
   *
   * @default "native-replication"
   */
  readonly name?: string;
  /**
   * VPC of new servers.
   *
   * @default - the default VPC of the region
   */
  readonly vpcId?: string;
  /**
   * Subnets of new servers: at least two subnets of the VPC, in different availability zones.
   *
   * @default - all subnets of the VPC
   */
  readonly subnetIds?: string[];
  /**
   * Tables to replicate: each as `schema.table`, or with some of its columns or rows. Put a part of a name that contains a
   * dot in double quotes. The tables must exist on the publisher. When you add a table later, it is created on the
   * subscriber and copied, while replication of the others continues.
   *
   * @default - none yet
   */
  readonly tables?: PublishedTablesProps["tables"];
  /**
   * Schemas whose tables are all replicated, including future ones. At the first change of a future table, replication
   * stops until the next deployment creates the table on the subscriber. Columns cannot be selected beside schemas. Requires
   * PostgreSQL 15 or later, and a superuser as the publisher's administrator.
   *
   * @default - none
   */
  readonly tablesInSchema?: string[];
  /**
   * Generated columns to replicate of tables without `columns`: "none" or "stored". Requires PostgreSQL 18 or later.
   *
   * @default - the server's default, "none"
   */
  readonly publishGeneratedColumns?: string;
  /** Server that the tables are replicated from. */
  readonly publisher: PublisherProps;
  /** Server or application that the tables are replicated to. */
  readonly subscriber: SubscriberProps;
  /**
   * Version of the replication role's password: a whole number. Increase it to set a new password on both servers and in
   * Secrets Manager. No rows are copied again.
   *
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * Copy existing rows before replicating changes; also applies to tables added later. If false, the subscriber must
   * already contain these rows, and applications must not write to the publisher until the subscription exists.
   *
   * @default true
   */
  readonly copyData?: boolean;
  /**
   * Wait for the initial copy of every table to finish. If the timeout expires, the copy continues in the background and
   * the next deployment resumes waiting.
   *
   * @default true
   */
  readonly waitForInitialSync?: boolean;
  /**
   * Timeout of the wait for the initial copy, such as "30m" or "1h30m".
   *
   * @default "60m"
   */
  readonly initialSyncTimeout?: string;
  /**
   * Whether to count the rows of the tables without `where` on both servers: on the first deployment, and when `tables` or
   * `rowCountVersion` change. The servers read the tables in full: set this to false if they are too large for that.
   *
   * @default true
   */
  readonly compareRowCounts?: boolean;
  /**
   * An arbitrary version string. Change it to count the rows again.
   *
   * @default "1"
   */
  readonly rowCountVersion?: string;
  /**
   * What to do when static parameters require a reboot of a server. "if_pending" reboots it, which ends its connections.
   * "never" fails and reports the command to run in the next maintenance window.
   *
   * @default "if_pending"
   */
  readonly reboot?: "if_pending" | "never";
  /**
   * Whether changes of partitions are published as changes of their partitioned table. If not, `tables` must include the
   * partitions of a table. Requires PostgreSQL 13 or later.
   *
   * @default false
   */
  readonly publishViaPartitionRoot?: boolean;
  /**
   * Whether to drop the tables that were created on the subscriber when the replication is destroyed.
   *
   * @default false
   */
  readonly dropTablesOnDestroy?: boolean;
  /**
   * Whether a destroy drops the subscription even if the publisher cannot be reached. Its replication slot then remains
   * on the publisher, and a warning names it.
   *
   * @default false
   */
  readonly detachIfUnreachable?: boolean;
  /**
   * How a plan reports that replication is broken and that Terraform cannot repair it.
   *
   * @default "warning"
   */
  readonly onBroken?: "warning" | "error";
  /**
   * Alarms on the replication slots of the publisher, and a dashboard. Set this to false to create neither.
   *
   * @default - the defaults of {@link ReplicationSlotAlarmsProps}
   */
  readonly monitoring?: ReplicationMonitoringProps | false;
}

/** A server with logical replication in effect, and a connection to it. */
interface ReplicationServer {
  readonly server: DatabaseServer;
  readonly provider: PostgresqlProvider;
  /** Resources that must exist while clients connect to the server. */
  readonly live: ITerraformDependable[];
}

/**
 * PostgreSQL's native logical replication in AWS, in one deployment: from a new or existing Aurora cluster to another
 * cluster, an RDS instance or an application.
 *
 * @example
 * ```ts
 * import { App } from "cdktf";
 * import { NativeReplicationStack } from "aurora-logical-replication/stacks";
 *
 * const app = new App();
 * new NativeReplicationStack(app, "orders", {
 *   region: "eu-central-1",
 *   tables: ["public.orders", "public.customers"],
 *   publisher: { kind: "existing-cluster", clusterIdentifier: "orders", databaseName: "orders" },
 *   subscriber: { kind: "new-instance", engineVersion: "17", databaseName: "orders" },
 *   administrators: { office: { cidrIpv4: "203.0.113.0/24" } },
 * });
 * app.synth();
 * ```
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical.html
 */
export class NativeReplicationStack extends AwsStack {
  /** The publisher, for the `publisher` of a DMS stack that is deployed after this one. */
  readonly publisher: ServerReference;
  /** The subscriber, for the `subscriber` of a DMS stack that is deployed after this one; undefined for an application. */
  readonly subscriber: ServerReference | undefined;
  readonly #props: NativeReplicationStackProps;
  #placement: { readonly vpcId: string; readonly subnetIds: string[] } | undefined;

  /** @throws Error if a property value known at synthesis is invalid. */
  constructor(scope: Construct, id: string, props: NativeReplicationStackProps) {
    super(scope, id, props.name ?? "native-replication", props);
    this.#props = props;

    const publisher = this.#replicationServer("publisher", this.#cluster("publisher", props.publisher));
    this.publisher = this.#reference("publisher", props.publisher, publisher.server);
    this.#addMonitoring(publisher.server);
    this.#addServerOutputs("publisher", publisher.server);
    if (props.subscriber.kind === "application") {
      this.#replicateToApplication(publisher, props.subscriber.peer);
    } else {
      const server = this.#subscriberServer(props.subscriber);
      this.subscriber = this.#reference("subscriber", props.subscriber, server);
      const bothExist = !isNew(publisher.server) && !isNew(server);
      const other = bothExist ? publisher.server : undefined;
      this.#replicateToServer(publisher, this.#replicationServer("subscriber", server, other));
    }
  }

  /** A reference by values that do not depend on the state of this stack. */
  #reference(
    role: "publisher" | "subscriber",
    props: PublisherProps | ServerSubscriberProps,
    { databaseName }: DatabaseServer,
  ): ServerReference {
    const name = this.#nameOf(role);
    switch (props.kind) {
      case "new-cluster":
        return {
          kind: "cluster",
          clusterIdentifier: name,
          databaseName,
          ...(props.readers && { writerIdentifier: `${name}-1` }),
        };
      case "new-instance":
        return { kind: "instance", dbInstanceIdentifier: name, databaseName };
      case "existing-cluster":
        return { ...referenceProps(props), kind: "cluster", clusterIdentifier: props.clusterIdentifier };
      case "existing-instance":
        return {
          ...referenceProps(props),
          kind: "instance",
          dbInstanceIdentifier: props.dbInstanceIdentifier,
        };
    }
  }

  #addMonitoring(publisher: DatabaseServer): void {
    const { monitoring = {} } = this.#props;
    if (monitoring === false) return;
    new ReplicationSlotAlarms(this, "slot_alarms", {
      ...monitoring,
      namePrefix: this.baseName,
      server: publisher,
    });
    new ReplicationDashboard(this, "dashboard", { dashboardName: this.baseName, publisher });
  }

  #addServerOutputs(role: "publisher" | "subscriber", server: DatabaseServer): void {
    this.addOutputs({
      [`${role}_endpoint`]: [`Writer endpoint of the ${role}.`, server.host],
      [`${role}_port`]: [`Port of the ${role}.`, server.port],
      [`${role}_secret_arn`]: [
        `ARN of the secret with the administrator's credentials for the ${role}.`,
        server.adminSecretArn,
      ],
    });
  }

  #replicateToServer(publisher: ReplicationServer, subscriber: ReplicationServer): void {
    const { tables = [], waitForInitialSync = true, dropTablesOnDestroy = false } = this.#props;
    const { initialSyncTimeout, copyData, detachIfUnreachable, onBroken } = this.#props;
    const { compareRowCounts, rowCountVersion } = this.#props;
    const secret = this.#replicationSecret();
    const route = [
      ...this.allowIngress("publisher_ingress", publisher.server, {
        subscriber: { securityGroupId: subscriber.server.securityGroupId },
      }),
      // The security group of an existing server has its own outbound rules.
      ...(isNew(subscriber.server)
        ? Object.values(
            new PostgresqlEgress(this, "subscriber_egress", {
              securityGroupId: subscriber.server.securityGroupId,
              port: publisher.server.port,
              peers: { publisher: { securityGroupId: publisher.server.securityGroupId } },
            }).rules,
          )
        : []),
    ];
    const replication = new LogicalReplication(this, "replication", {
      ...this.#replicationProps(publisher, secret),
      subscriber: subscriber.provider,
      dropTablesOnDestroy,
      waitForInitialSync,
      ...defined({ initialSyncTimeout, copyData, detachIfUnreachable, onBroken }),
      publisherDependsOn: publisher.live,
      subscriberDependsOn: [...subscriber.live, ...route],
    });
    const check = new ReplicationCheck(this, "check", {
      publisher: publisher.provider,
      subscriber: subscriber.provider,
      slotName: replication.subscription.slotName,
      subscription: replication.subscription.name,
      tables: namesOfWholeTables(tables),
      initialSyncAwaited: waitForInitialSync,
      ...defined({ compareRowCounts, rowCountVersion }),
      dependsOn: replication.established,
    });

    this.#addServerOutputs("subscriber", subscriber.server);
    this.addOutputs({
      publication: ["Name of the publication.", replication.publication.name],
      subscription: ["Name of the subscription.", replication.subscription.name],
      slot_name: [
        "Name of the subscription's replication slot on the publisher.",
        replication.subscription.slotName,
      ],
      replicated_tables: ["Replicated tables.", replication.replicatedSchema.tables],
      replication_status: ["Status of the replication on both servers.", check.status],
    });
    if (check.rowCounts !== undefined) {
      this.addOutputs({
        row_counts: [
          "Number of rows of the tables on both servers, each with the time of the count.",
          check.rowCounts,
        ],
      });
    }
  }

  #replicateToApplication(publisher: ReplicationServer, peer: Peer): void {
    const secret = this.#replicationSecret();
    this.allowIngress("publisher_ingress", publisher.server, { application: peer });
    const { publication, slot, role } = new ApplicationSubscriber(this, "replication", {
      ...this.#replicationProps(publisher, secret),
      publisherDependsOn: publisher.live,
    });
    this.addOutputs({
      application: [
        "Connection settings for the application.",
        {
          host: publisher.server.host,
          port: publisher.server.port,
          dbname: publisher.server.databaseName,
          user: role.role.name,
          secret_arn: secret.arn,
          publication: publication.name,
          slot_name: slot.name,
          plugin: slot.plugin,
          sslmode: "require",
        },
      ],
    });
  }

  #replicationProps(publisher: ReplicationServer, { password, passwordVersion }: GeneratedSecret) {
    const { tables = [], tablesInSchema, publishGeneratedColumns, publishViaPartitionRoot } = this.#props;
    return {
      publisher: publisher.provider,
      name: this.sqlName,
      tables,
      password,
      passwordVersion,
      rdsReplication: true,
      ...defined({ tablesInSchema, publishGeneratedColumns, publishViaPartitionRoot }),
    };
  }

  #replicationSecret(): GeneratedSecret {
    const { passwordVersion } = this.#props;
    const secret = new GeneratedSecret(this, "replication_secret", {
      namePrefix: `${this.baseName}-`,
      description: "Credentials of the role that logical replication connects to the publisher as.",
      members: { username: this.sqlName },
      ...defined({ passwordVersion }),
    });
    this.addOutputs({
      replication_secret_arn: ["ARN of the secret with the replication role's credentials.", secret.arn],
    });
    return secret;
  }

  /**
   * Connects to a server and puts its replication settings into effect.
   *
   * @param other - another existing server, which can have the same security group.
   */
  #replicationServer(
    role: "publisher" | "subscriber",
    server: DatabaseServer,
    other?: DatabaseServer,
  ): ReplicationServer {
    const { administrators = {}, reboot, region } = this.#props;
    const { provider } = new ServerConnection(this, `${role}_connection`, {
      server,
      alias: role,
    });
    const reachable = [
      ...server.ready,
      ...this.allowIngress(`${role}_administrators`, server, administrators, other),
    ];
    const settings = new RdsLogicalReplication(this, `${role}_settings`, {
      provider,
      ...(server.kind === "cluster"
        ? { clusterIdentifier: server.identifier }
        : { dbInstanceIdentifier: server.identifier }),
      parameterGroupName: server.parameterGroupName,
      refreshTriggers: server.staticParameters,
      reboot,
      region,
      dependsOn: reachable,
    });
    return { server, provider, live: [...reachable, settings] };
  }

  #cluster(role: "publisher" | "subscriber", props: PublisherProps): DatabaseServer {
    return props.kind === "new-cluster"
      ? new AuroraCluster(this, role, { ...props, ...this.#newServerProps(role) })
      : new ExistingAuroraCluster(this, role, props);
  }

  #subscriberServer(props: ServerSubscriberProps): DatabaseServer {
    switch (props.kind) {
      case "new-instance":
        return new RdsInstance(this, "subscriber", { ...props, ...this.#newServerProps("subscriber") });
      case "existing-instance":
        return new ExistingRdsInstance(this, "subscriber", props);
      default:
        return this.#cluster("subscriber", props);
    }
  }

  #newServerProps(role: "publisher" | "subscriber") {
    return { name: this.#nameOf(role), ...this.#newServerPlacement() };
  }

  #nameOf(role: "publisher" | "subscriber"): string {
    return `${this.baseName}-${role}`;
  }

  /** Looks up the default network only if a server is new. */
  #newServerPlacement(): { readonly vpcId: string; readonly subnetIds: string[] } {
    if (this.#placement === undefined) {
      const vpcId = this.#props.vpcId ?? new DataAwsVpc(this, "default_vpc", { default: true }).id;
      const subnetIds =
        this.#props.subnetIds ??
        new DataAwsSubnets(this, "subnets", { filter: [{ name: "vpc-id", values: [vpcId] }] }).ids;
      this.#placement = { vpcId, subnetIds };
    }
    return this.#placement;
  }
}

function isNew(server: DatabaseServer): boolean {
  return server instanceof AuroraCluster || server instanceof RdsInstance;
}

/** Properties of an existing server that both stacks have. */
function referenceProps({
  databaseName,
  adminSecretArn,
  adminUsername,
  securityGroupId,
}: ExistingAuroraClusterProps | ExistingRdsInstanceProps) {
  return {
    databaseName,
    ...defined({ adminSecretArn, adminUsername, securityGroupId }),
  };
}
