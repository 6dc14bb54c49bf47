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

/** The stack names and places the servers that it makes. */
type New<Props> = Omit<Props, "name" | "vpcId" | "subnetIds">;

/** Where the tables come from. */
export type PublisherProps =
  | ({ readonly kind: "new-cluster" } & New<AuroraClusterProps>)
  | ({ readonly kind: "existing-cluster" } & ExistingAuroraClusterProps);

/** Where the tables go to. */
export type SubscriberProps =
  | ({ readonly kind: "new-cluster" } & New<AuroraClusterProps>)
  | ({ readonly kind: "existing-cluster" } & ExistingAuroraClusterProps)
  | ({ readonly kind: "new-instance" } & New<RdsInstanceProps>)
  | ({ readonly kind: "existing-instance" } & ExistingRdsInstanceProps)
  | {
      /** Whatever reads `pgoutput`: Debezium, PeerDB, a program of your own. */
      readonly kind: "application";
      /** From where it connects. */
      readonly peer: Peer;
    };

type ServerSubscriberProps = Exclude<SubscriberProps, { kind: "application" }>;

/** Thresholds, and who is told. */
export type ReplicationMonitoringProps = Omit<ReplicationSlotAlarmsProps, "namePrefix" | "server" | "tags">;

export interface NativeReplicationStackProps extends AwsStackProps {
  /**
   * The name of all that is made: new servers are `<name>-publisher` and `<name>-subscriber`; the role, publication, slot
   * and subscription have underscores for its hyphens. Up to 39 lower case letters, digits and single hyphens.
   *
   * @default "native-replication"
   */
  readonly name?: string;
  /**
   * The VPC of new servers.
   *
   * @default - the region's default VPC
   */
  readonly vpcId?: string;
  /**
   * The subnets of new servers: of that VPC, in two availability zones at least.
   *
   * @default - all of the VPC's
   */
  readonly subnetIds?: string[];
  /**
   * The tables to replicate: each as `schema.table`, or in part, with some of its columns or rows. Put a part of a name
   * that contains a dot in double quotes. The tables exist at the publisher. A table that you add later is created at the
   * subscriber and copied, while the others continue.
   *
   * @default - none yet
   */
  readonly tables?: PublishedTablesProps["tables"];
  /**
   * Schemas whose tables are all replicated, including future ones. At the first change of a future table, replication
   * stops until the next deployment creates the table at the subscriber. Columns cannot be selected beside schemas. Requires
   * PostgreSQL 15 or later, and a superuser as the publisher's administrator.
   *
   * @default - none
   */
  readonly tablesInSchema?: string[];
  /**
   * Which generated columns are replicated of tables without `columns`: "none" or "stored". Requires PostgreSQL 18 or
   * later.
   *
   * @default - the server's default, "none"
   */
  readonly publishGeneratedColumns?: string;
  /** Where the tables come from. */
  readonly publisher: PublisherProps;
  /** Where they go. */
  readonly subscriber: SubscriberProps;
  /**
   * A whole number; a higher one gives the replication role another password, on both sides and in Secrets Manager. No row
   * is copied again.
   *
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * Whether the rows that a table has are copied, and not only what changes from then on: of all tables, those that are
   * added later too. Without it, the subscriber has to have these rows already, and nobody may write to the publisher
   * until the subscription is there.
   *
   * @default true
   */
  readonly copyData?: boolean;
  /**
   * Whether the deployment ends only when every table has been copied.
   *
   * @default true
   */
  readonly waitForInitialSync?: boolean;
  /**
   * How long the first copy is waited for, as in "30m" or "1h30m".
   *
   * @default "60m"
   */
  readonly initialSyncTimeout?: string;
  /**
   * Whether to count the rows of the tables without `where` on both sides: on the first deployment, and when `tables` or
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
   * What to do when static parameters wait for a reboot of a server: reboot it, which ends its connections, or fail and say
   * which command does it, for the next maintenance window.
   *
   * @default "if_pending"
   */
  readonly reboot?: "if_pending" | "never";
  /**
   * Whether partitions are published as the tables that they are partitions of. Without it, the partitions of a table have
   * to be among `tables`. Needs PostgreSQL 13 or later.
   *
   * @default false
   */
  readonly publishViaPartitionRoot?: boolean;
  /**
   * Whether the tables that were created at the subscriber are dropped with the replication.
   *
   * @default false
   */
  readonly dropTablesOnDestroy?: boolean;
  /**
   * Whether a destroy drops the subscription even if the publisher cannot be reached. Its replication slot then remains
   * at the publisher, and a warning names it.
   *
   * @default false
   */
  readonly detachIfUnreachable?: boolean;
  /**
   * How a plan reports that rows do not arrive and that Terraform cannot repair it.
   *
   * @default "warning"
   */
  readonly onBroken?: "warning" | "error";
  /**
   * Alarms on what slots keep at the publisher, and a dashboard, or none of them.
   *
   * @default - with the defaults of {@link ReplicationSlotAlarmsProps}
   */
  readonly monitoring?: ReplicationMonitoringProps | false;
}

/** A server that Terraform and the replication can rely on. */
interface Side {
  readonly server: DatabaseServer;
  readonly provider: PostgresqlProvider;
  /** What has to be there while anybody is connected to it. */
  readonly live: ITerraformDependable[];
}

/**
 * PostgreSQL's own logical replication in AWS, in one deployment: from an Aurora cluster, new or existing, to another one,
 * to an RDS instance, or to an application.
 */
export class NativeReplicationStack extends AwsStack {
  /** Where the tables come from, as the DMS stack takes it once this one is deployed. */
  readonly publisher: ServerReference;
  /** Where the tables go to, likewise; undefined for an application. */
  readonly subscriber: ServerReference | undefined;
  readonly #props: NativeReplicationStackProps;
  #placement: { readonly vpcId: string; readonly subnetIds: string[] } | undefined;

  /** @throws Error when a property makes no sense, as far as that is known. */
  constructor(scope: Construct, id: string, props: NativeReplicationStackProps) {
    super(scope, id, props.name ?? "native-replication", props);
    this.#props = props;

    const publisher = this.side("publisher", this.cluster("publisher", props.publisher));
    this.publisher = this.reference("publisher", props.publisher, publisher.server);
    this.watch(publisher.server);
    this.output("publisher_endpoint", "The publisher's writer endpoint.", publisher.server.host);
    this.output("publisher_port", "The publisher's port.", publisher.server.port);
    this.output(
      "publisher_secret_arn",
      "The secret with the publisher's administrator.",
      publisher.server.adminSecretArn,
    );
    if (props.subscriber.kind === "application") {
      this.replicateToApplication(publisher, props.subscriber.peer);
    } else {
      const server = this.subscriberServer(props.subscriber);
      this.subscriber = this.reference("subscriber", props.subscriber, server);
      const known = !this.isNew(publisher.server) && !this.isNew(server);
      const other = known ? publisher.server : undefined;
      this.replicateToServer(publisher, this.side("subscriber", server, other));
    }
  }

  /** What does not take this stack's state to know. */
  private reference(
    role: "publisher" | "subscriber",
    props: PublisherProps | ServerSubscriberProps,
    { databaseName }: DatabaseServer,
  ): ServerReference {
    const name = this.nameOf(role);
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
        return { ...existing(props), kind: "cluster", clusterIdentifier: props.clusterIdentifier };
      case "existing-instance":
        return { ...existing(props), kind: "instance", dbInstanceIdentifier: props.dbInstanceIdentifier };
    }
  }

  private watch(publisher: DatabaseServer): void {
    const { monitoring = {} } = this.#props;
    if (monitoring === false) return;
    new ReplicationSlotAlarms(this, "slot_alarms", {
      ...monitoring,
      namePrefix: this.baseName,
      server: publisher,
    });
    new ReplicationDashboard(this, "dashboard", { dashboardName: this.baseName, publisher });
  }

  private replicateToServer(publisher: Side, subscriber: Side): void {
    const { tables = [], waitForInitialSync = true, initialSyncTimeout, copyData } = this.#props;
    const { compareRowCounts, rowCountVersion } = this.#props;
    const { detachIfUnreachable, onBroken } = this.#props;
    const secret = this.replicationSecret();
    const route = [
      ...this.letIn("publisher_ingress", publisher.server, {
        subscriber: { securityGroupId: subscriber.server.securityGroupId },
      }),
      // The group of a server that was there before has its own rules for what goes out.
      ...(this.isNew(subscriber.server)
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
      dropTablesOnDestroy: this.#props.dropTablesOnDestroy ?? false,
      waitForInitialSync,
      ...(initialSyncTimeout !== undefined && { initialSyncTimeout }),
      ...(copyData !== undefined && { copyData }),
      ...(detachIfUnreachable !== undefined && { detachIfUnreachable }),
      ...(onBroken !== undefined && { onBroken }),
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
      ...(compareRowCounts !== undefined && { compareRowCounts }),
      ...(rowCountVersion !== undefined && { rowCountVersion }),
      dependsOn: replication.established,
    });

    this.output("subscriber_endpoint", "The subscriber's writer endpoint.", subscriber.server.host);
    this.output("subscriber_port", "The subscriber's port.", subscriber.server.port);
    this.output(
      "subscriber_secret_arn",
      "The secret with the subscriber's administrator.",
      subscriber.server.adminSecretArn,
    );
    this.output("publication", "The publication's name.", replication.publication.name);
    this.output("subscription", "The subscription's name.", replication.subscription.name);
    this.output(
      "slot_name",
      "The name of the subscription's slot at the publisher.",
      replication.subscription.slotName,
    );
    this.output("replicated_tables", "The tables that are replicated.", replication.replicatedSchema.tables);
    this.output("replication_status", "The state of the replication on both sides.", check.status);
    if (check.rowCounts !== undefined) {
      this.output(
        "row_counts",
        "The tables' rows on both sides, each with the moment of the count.",
        check.rowCounts,
      );
    }
  }

  private replicateToApplication(publisher: Side, peer: Peer): void {
    const secret = this.replicationSecret();
    this.letIn("publisher_ingress", publisher.server, { application: peer });
    const { publication, slot, role } = new ApplicationSubscriber(this, "replication", {
      ...this.#replicationProps(publisher, secret),
      publisherDependsOn: publisher.live,
    });
    this.output("application", "What the application has to be told.", {
      host: publisher.server.host,
      port: publisher.server.port,
      dbname: publisher.server.databaseName,
      user: role.role.name,
      secret_arn: secret.arn,
      publication: publication.name,
      slot_name: slot.name,
      plugin: slot.plugin,
      sslmode: "require",
    });
  }

  #replicationProps(publisher: Side, { password, passwordVersion }: GeneratedSecret) {
    const { tables = [], tablesInSchema, publishGeneratedColumns, publishViaPartitionRoot } = this.#props;
    return {
      publisher: publisher.provider,
      name: this.sqlName,
      tables,
      ...(tablesInSchema !== undefined && { tablesInSchema }),
      ...(publishGeneratedColumns !== undefined && { publishGeneratedColumns }),
      password,
      passwordVersion,
      rdsReplication: true,
      ...(publishViaPartitionRoot !== undefined && { publishViaPartitionRoot }),
    };
  }

  private replicationSecret(): GeneratedSecret {
    const { passwordVersion } = this.#props;
    const secret = new GeneratedSecret(this, "replication_secret", {
      namePrefix: `${this.baseName}-`,
      description: "The role that logical replication connects to the publisher as.",
      members: { username: this.sqlName },
      ...(passwordVersion !== undefined && { passwordVersion }),
    });
    this.output("replication_secret_arn", "The secret with the replication role.", secret.arn);
    return secret;
  }

  /**
   * The server with all that makes it reachable, and its replication settings live.
   *
   * @param other - another existing server, which may have the same security group as this one.
   */
  private side(role: "publisher" | "subscriber", server: DatabaseServer, other?: DatabaseServer): Side {
    const { administrators = {}, reboot, region } = this.#props;
    const { provider } = new ServerConnection(this, `${role}_connection`, {
      server,
      alias: role,
    });
    const reachable = [
      ...server.ready,
      ...this.letIn(`${role}_administrators`, server, administrators, other),
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

  private cluster(role: "publisher" | "subscriber", props: PublisherProps): DatabaseServer {
    return props.kind === "new-cluster"
      ? new AuroraCluster(this, role, { ...props, ...this.newServer(role) })
      : new ExistingAuroraCluster(this, role, props);
  }

  private subscriberServer(props: ServerSubscriberProps): DatabaseServer {
    switch (props.kind) {
      case "new-instance":
        return new RdsInstance(this, "subscriber", { ...props, ...this.newServer("subscriber") });
      case "existing-instance":
        return new ExistingRdsInstance(this, "subscriber", props);
      default:
        return this.cluster("subscriber", props);
    }
  }

  private isNew(server: DatabaseServer): boolean {
    return server instanceof AuroraCluster || server instanceof RdsInstance;
  }

  private newServer(role: "publisher" | "subscriber") {
    return { name: this.nameOf(role), ...this.placement() };
  }

  /** The name of a new server. */
  private nameOf(role: "publisher" | "subscriber"): string {
    return `${this.baseName}-${role}`;
  }

  /** Looked up only when there is a server to place. */
  private placement(): { readonly vpcId: string; readonly subnetIds: string[] } {
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

/** What both stacks are told of a server that exists. */
function existing({
  databaseName,
  adminSecretArn,
  adminUsername,
  securityGroupId,
}: ExistingAuroraClusterProps | ExistingRdsInstanceProps) {
  return {
    databaseName,
    ...(adminSecretArn !== undefined && { adminSecretArn }),
    ...(adminUsername !== undefined && { adminUsername }),
    ...(securityGroupId !== undefined && { securityGroupId }),
  };
}
