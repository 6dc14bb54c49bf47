import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { DmsSource } from "../bindings/dms-source";
import { DmsEndpoint } from "../modules/dms/dms-endpoint";
import { DmsMigrationTask } from "../modules/dms/dms-migration-task";
import {
  DmsReplicationInstance,
  type DmsReplicationInstanceProps,
} from "../modules/dms/dms-replication-instance";
import { DmsRoles, type DmsRolesProps } from "../modules/dms/dms-roles";
import { DmsServer, type ServerReference } from "../modules/dms/dms-server";
import { DmsUser } from "../modules/dms/dms-user";
import type { DmsSourceSettings, DmsTargetSettings } from "../modules/dms/postgres-settings";
import { selectedTables, type TablesBySchema } from "../modules/dms/selected-tables";
import type { TableMappings } from "../modules/dms/table-mappings";
import type { TaskSettings } from "../modules/dms/task-settings";
import { DmsAlarms, type DmsAlarmsProps } from "../modules/monitoring/dms-alarms";
import { DmsLogGroup } from "../modules/monitoring/dms-log-group";
import { ReplicationDashboard } from "../modules/monitoring/replication-dashboard";
import {
  ReplicationSlotAlarms,
  type ReplicationSlotAlarmsProps,
} from "../modules/monitoring/replication-slot-alarms";
import type { PostgresqlProvider } from "../modules/replication/postgresql-provider";
import { ServerConnection } from "../modules/replication/server-connection";
import { GeneratedSecret } from "../modules/secrets/generated-secret";
import { AwsStack, type AwsStackProps } from "./aws-stack";

/** DMS's own tables, and what captures DDL, are in a schema of this name, at the publisher and at the subscriber. */
const OWN_SCHEMA = "awsdms";

/** Where the tables come from. For changes, it has `rds.logical_replication = 1` in effect already. */
export type MigrationPublisherProps = ServerReference & {
  /**
   * DMS's settings for it; the schemas are the stack's.
   *
   * @default - see {@link DmsSourceSettings}
   */
  readonly settings?: Omit<DmsSourceSettings, "ddlArtifactsSchema" | "heartbeatSchema">;
};

/** Where the tables go to. */
export type MigrationSubscriberProps = ServerReference & {
  /**
   * DMS's settings for it.
   *
   * @default - see {@link DmsTargetSettings}
   */
  readonly settings?: DmsTargetSettings;
  /**
   * What the database has already of where the tables go to: schemas, and those of their tables that DMS is to write into.
   * DMS makes the other schemas and tables itself. A table that DMS is to drop has to be its user's own, not one of these.
   *
   * @default - `{ public: [] }` when tables of the schema `public` are migrated
   */
  readonly existingTables?: Readonly<Record<string, readonly string[]>>;
};

/** Thresholds, and who is told. */
export interface MigrationMonitoringProps
  extends
    Omit<DmsAlarmsProps, "namePrefix" | "task" | "tags">,
    Omit<ReplicationSlotAlarmsProps, "namePrefix" | "server" | "tags"> {
  /**
   * How long the task's logs are kept, in days; one of CloudWatch's periods.
   *
   * @default 30
   */
  readonly logRetentionInDays?: number;
}

/** @inline */
interface MigrationProps extends AwsStackProps {
  /**
   * The name of all that is made: the replication instance and the task have it, the endpoints, and DMS's users with
   * underscores for its hyphens, end in "source" and "target". Up to 39 lower case letters, digits and single hyphens.
   *
   * @default "dms-migration"
   */
  readonly name?: string;
  /** Where the tables come from. */
  readonly publisher: MigrationPublisherProps;
  /** Where they go. */
  readonly subscriber: MigrationSubscriberProps;
  /** The tables, and what becomes of them on the way. Their schemas are named one by one. */
  readonly tableMappings: TableMappings;
  /**
   * How the task works. Its control tables are in the stack's own schema at the subscriber, unless it says otherwise.
   *
   * @default - DMS's defaults; tables that the subscriber has keep their rows
   */
  readonly taskSettings?: TaskSettings;
  /**
   * Whether the task runs. It is resumed where it was stopped.
   *
   * @default true
   */
  readonly startReplicationTask?: boolean;
  /**
   * Who makes the account's roles for DMS: this stack, another configuration, or somebody that this one must not look for.
   */
  readonly dmsRoles: DmsRolesProps["mode"];
  /**
   * The replication instance, which is put where the publisher's writer is.
   *
   * @default - see {@link DmsReplicationInstanceProps}
   */
  readonly replicationInstance?: Pick<
    DmsReplicationInstanceProps,
    | "replicationInstanceClass"
    | "allocatedStorage"
    | "engineVersion"
    | "multiAz"
    | "applyImmediately"
    | "preferredMaintenanceWindow"
    | "kmsKeyArn"
  >;
  /**
   * RDS's certificates for the region, in PEM: the servers' certificates and names are then verified.
   *
   * @default - DMS's connections are encrypted, and not verified
   */
  readonly certificatePem?: string;
  /**
   * A whole number; a higher one gives DMS's users other passwords, at the servers and in Secrets Manager. A running task
   * has to be stopped and resumed for it.
   *
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * Alarms, a log group and a dashboard, or none of them.
   *
   * @default - with the defaults of each
   */
  readonly monitoring?: MigrationMonitoringProps | false;
}

/** The properties of {@link DmsMigrationStack}. */
export type DmsMigrationStackProps = MigrationProps &
  (
    | {
        /**
         * Rows as they are, changes from then on, or both.
         *
         * @default "full-load-and-cdc"
         */
        readonly migrationType?: "full-load" | "full-load-and-cdc";
        readonly cdcStartPosition?: never;
      }
    | {
        readonly migrationType: "cdc";
        /**
         * Where changes are followed from: a position in the WAL (LSN) that the publisher's `slotName` has.
         *
         * @default - from the task's start on
         */
        readonly cdcStartPosition?: string;
      }
  );

/** An end of the task. */
interface End {
  readonly server: DmsServer;
  readonly databaseName: string;
  readonly provider: PostgresqlProvider;
  readonly user: DmsUser;
  readonly secretArn: string;
}

/**
 * A migration by AWS DMS between two servers that exist, in one deployment: from an Aurora cluster or an RDS instance to
 * another one. It prepares both for DMS, and takes all of that back when it is destroyed; the tables that came over stay.
 *
 * The replication instance reads the users' passwords from Secrets Manager: its subnets need a way there, by a NAT gateway
 * or a VPC endpoint.
 */
export class DmsMigrationStack extends AwsStack {
  readonly #props: DmsMigrationStackProps;

  /** @throws Error when a property makes no sense, as far as that is known. */
  constructor(scope: Construct, id: string, props: DmsMigrationStackProps) {
    super(scope, id, props.name ?? "dms-migration", props);
    this.#props = props;
    const { publisher, subscriber, tableMappings } = props;
    const selected = selectedTables(tableMappings);
    if (OWN_SCHEMA in selected) {
      throw new Error(
        `tableMappings.selection must not include the schema "${OWN_SCHEMA}", which is DMS's own in this stack.`,
      );
    }
    const existing = subscriber.existingTables ?? ("public" in selected ? { public: [] } : {});
    const publisherServer = new DmsServer(this, "publisher", publisher);
    const subscriberServer = new DmsServer(this, "subscriber", {
      ...subscriber,
      sameNetworkAs: publisherServer,
    });
    const { administrators = {} } = props;
    const toPublisher = this.letIn("publisher_administrators", publisherServer, administrators);
    const toSubscriber = [
      ...toPublisher,
      ...this.letIn("subscriber_administrators", subscriberServer, administrators, publisherServer),
    ];
    const source = this.end("source", publisherServer, publisher.databaseName, selected, toPublisher);
    const target = this.end("target", subscriberServer, subscriber.databaseName, existing, toSubscriber);
    const instance = this.instance(source.server, target.server);
    const capture = this.capture(source);
    const task = this.task(
      instance,
      this.sourceEndpoint(source, capture),
      this.targetEndpoint(target),
      this.logGroup(instance),
    );
    this.watch(source.server, task);
    this.output(
      "replication_instance_arn",
      "The replication instance's ARN.",
      instance.replicationInstanceArn,
    );
    this.output("replication_task_arn", "The task's ARN.", task.replicationTaskArn);
    this.output("source_secret_arn", "The secret with DMS's user at the publisher.", source.secretArn);
    this.output("target_secret_arn", "The secret with DMS's user at the subscriber.", target.secretArn);
    if (capture !== undefined) {
      this.output(
        "tables_without_primary_key",
        "The publisher's tables whose UPDATE and DELETE DMS cannot replicate.",
        capture.tablesWithoutPrimaryKey,
      );
    }
  }

  /** Whether changes are replicated, for which the publisher has to be prepared. */
  get #follows(): boolean {
    return this.#props.migrationType !== "full-load";
  }

  private end(
    endpointType: "source" | "target",
    server: DmsServer,
    databaseName: string,
    tables: TablesBySchema,
    dependsOn: ITerraformDependable[],
  ): End {
    const { passwordVersion } = this.#props;
    const { host, port, adminUsername, adminSecretArn } = server;
    const role = endpointType === "source" ? "publisher" : "subscriber";
    const { provider } = new ServerConnection(this, `${role}_connection`, {
      server: { host, port, databaseName, adminUsername, adminSecretArn },
      alias: role,
    });
    const name = `${this.sqlName}_${endpointType}`;
    const secret = new GeneratedSecret(this, `${endpointType}_secret`, {
      namePrefix: `${this.baseName}-${endpointType}-`,
      description: `The role that DMS connects to the ${role} as.`,
      members: { username: name, host, port, dbname: databaseName },
      ...(passwordVersion !== undefined && { passwordVersion }),
    });
    const user = new DmsUser(this, `${endpointType}_user`, {
      endpointType,
      provider,
      database: databaseName,
      name,
      password: secret.password,
      passwordVersion: secret.passwordVersion,
      replication: endpointType === "source" && this.#follows,
      ownSchema: OWN_SCHEMA,
      tables,
      dependsOn,
    });
    return { server, databaseName, provider, user, secretArn: secret.arn };
  }

  /** What the publisher's DDL is captured by. */
  private capture({ provider, databaseName, user }: End): DmsSource | undefined {
    if (!this.#capturesDdl) return undefined;
    return new DmsSource(this, "ddl_capture", {
      provider,
      database: databaseName,
      schema: user.ownSchema.name,
      username: user.role.name,
      dependsOn: user.ready,
    });
  }

  get #capturesDdl(): boolean {
    return this.#follows && (this.#props.publisher.settings?.captureDdls ?? true);
  }

  private instance(publisher: DmsServer, subscriber: DmsServer): DmsReplicationInstance {
    const { multiAz = false, ...given } = this.#props.replicationInstance ?? {};
    const { ready } = new DmsRoles(this, "dms_roles", { mode: this.#props.dmsRoles });
    const { group, rules } = this.network(publisher, subscriber);
    return new DmsReplicationInstance(this, "replication_instance", {
      ...given,
      ...(multiAz ? { multiAz } : { availabilityZone: publisher.availabilityZone }),
      replicationInstanceId: this.baseName,
      servers: { publisher, subscriber },
      subnetIds: publisher.subnetIds,
      vpcSecurityGroupIds: [publisher.securityGroupId, group.id],
      dependsOn: [...ready, ...rules],
    });
  }

  /** A group of its own: the servers' groups may have the rules that these would be already, which AWS makes only once. */
  private network(publisher: DmsServer, subscriber: DmsServer) {
    const group = new SecurityGroup(this, "replication_instance_group", {
      namePrefix: `${this.baseName}-`,
      description: "The replication instance of AWS DMS.",
      vpcId: publisher.vpcId,
    });
    const dms = { dms: { securityGroupId: group.id } };
    const rules: ITerraformDependable[] = [
      ...this.letIn("publisher_ingress", publisher, dms),
      ...this.letIn("subscriber_ingress", subscriber, dms, publisher),
      new VpcSecurityGroupEgressRule(this, "egress", {
        securityGroupId: group.id,
        description: "The servers, Secrets Manager, CloudWatch",
        ipProtocol: "-1",
        cidrIpv4: "0.0.0.0/0",
      }),
    ];
    return { group, rules };
  }

  private sourceEndpoint(end: End, capture: DmsSource | undefined): DmsEndpoint {
    const { settings = {} } = this.#props.publisher;
    return new DmsEndpoint(this, "source_endpoint", {
      ...this.endpointProps(end),
      endpointId: `${this.baseName}-source`,
      endpointType: "source",
      settings: {
        ...settings,
        captureDdls: this.#capturesDdl,
        ddlArtifactsSchema: OWN_SCHEMA,
        heartbeatEnable: this.#follows && (settings.heartbeatEnable ?? true),
        heartbeatSchema: OWN_SCHEMA,
      },
      dependsOn: [...end.user.ready, ...(capture ? [capture] : [])],
    });
  }

  private targetEndpoint(end: End): DmsEndpoint {
    const { settings } = this.#props.subscriber;
    return new DmsEndpoint(this, "target_endpoint", {
      ...this.endpointProps(end),
      endpointId: `${this.baseName}-target`,
      endpointType: "target",
      ...(settings && { settings }),
      dependsOn: end.user.ready,
    });
  }

  private endpointProps({ server: { engine, engineVersion }, databaseName, secretArn }: End) {
    const { certificatePem } = this.#props;
    return {
      engine,
      engineVersion,
      databaseName,
      secretArn,
      ...(certificatePem !== undefined && { sslMode: "verify-full" as const, certificatePem }),
    };
  }

  private task(
    replicationInstance: DmsReplicationInstance,
    source: DmsEndpoint,
    target: DmsEndpoint,
    dependsOn: ITerraformDependable[],
  ): DmsMigrationTask {
    const { tableMappings, taskSettings = {}, startReplicationTask } = this.#props;
    this.output("source_endpoint_arn", "The source endpoint's ARN.", source.endpointArn);
    this.output("target_endpoint_arn", "The target endpoint's ARN.", target.endpointArn);
    return new DmsMigrationTask(this, "task", {
      ...this.#migration,
      replicationTaskId: this.baseName,
      replicationInstance,
      source,
      target,
      tableMappings,
      taskSettings: {
        ...taskSettings,
        controlTablesSettings: { controlSchema: OWN_SCHEMA, ...taskSettings.controlTablesSettings },
      },
      ...(startReplicationTask !== undefined && { startReplicationTask }),
      dependsOn,
    });
  }

  get #migration() {
    const { migrationType = "full-load-and-cdc", cdcStartPosition } = this.#props;
    if (migrationType !== "cdc") return { migrationType };
    return { migrationType, ...(cdcStartPosition !== undefined && { cdcStartPosition }) };
  }

  /** @returns what has to be there before a task logs. */
  private logGroup({ replicationInstanceId }: DmsReplicationInstance): ITerraformDependable[] {
    const { monitoring = {} } = this.#props;
    if (monitoring === false) return [];
    const { logRetentionInDays: retentionInDays } = monitoring;
    const { logGroup } = new DmsLogGroup(this, "log_group", {
      replicationInstanceId,
      ...(retentionInDays !== undefined && { retentionInDays }),
    });
    return [logGroup];
  }

  private watch(publisher: DmsServer, task: DmsMigrationTask): void {
    const { monitoring = {} } = this.#props;
    if (monitoring === false) return;
    const namePrefix = this.baseName;
    new DmsAlarms(this, "task_alarms", { ...monitoring, namePrefix, task });
    if (this.#follows) {
      new ReplicationSlotAlarms(this, "slot_alarms", { ...monitoring, namePrefix, server: publisher });
    }
    new ReplicationDashboard(this, "dashboard", { dashboardName: this.baseName, publisher, task });
  }
}
