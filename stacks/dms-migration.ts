import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { DmsSource } from "../bindings/dms-source";
import { defined } from "../modules/defined";
import { DmsEndpoint } from "../modules/dms/dms-endpoint";
import { DmsMigrationTask, type MigrationTypeProps } from "../modules/dms/dms-migration-task";
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

/** Schema on both servers for the tables of DMS and the objects that capture DDL. */
const OWN_SCHEMA = "awsdms";

/** The publisher: the server that DMS reads from. For CDC, `rds.logical_replication = 1` must already be in effect. */
export type MigrationPublisherProps = ServerReference & {
  /**
   * DMS settings for the publisher. The stack sets the schemas.
   *
   * @default - the defaults of {@link DmsSourceSettings}
   */
  readonly settings?: Omit<DmsSourceSettings, "ddlArtifactsSchema" | "heartbeatSchema">;
};

/** The subscriber: the server that DMS writes to. */
export type MigrationSubscriberProps = ServerReference & {
  /**
   * DMS settings for the subscriber.
   *
   * @default - the defaults of {@link DmsTargetSettings}
   */
  readonly settings?: DmsTargetSettings;
  /**
   * Target schemas that already exist, with the existing tables DMS may write to. DMS creates all other schemas and tables
   * itself. Do not list tables that DMS should drop and recreate: its user must own those.
   *
   * @default - `{ public: [] }` if the task migrates tables of the schema `public`
   */
  readonly existingTables?: Readonly<Record<string, readonly string[]>>;
};

/** Thresholds and notifications of the alarms, and retention of the logs. */
export interface MigrationMonitoringProps
  extends
    Omit<DmsAlarmsProps, "namePrefix" | "task" | "tags">,
    Omit<ReplicationSlotAlarmsProps, "namePrefix" | "server" | "tags"> {
  /**
   * Retention period of the task's logs, in days: one of the periods that CloudWatch supports.
   *
   * @default 30
   */
  readonly logRetentionInDays?: number;
}

/** Properties that all types of migration have in common. */
export interface DmsMigrationStackBaseProps extends AwsStackProps {
  /**
   * Base name for every resource: up to 39 lower case letters, digits and single hyphens. The replication instance and the
   * task use it as is; endpoints append `-source` and `-target`; database users append `_source` and `_target`, with
   * hyphens replaced by underscores.
   *
   * @default "dms-migration"
   */
  readonly name?: string;
  /** Server that DMS reads from. */
  readonly publisher: MigrationPublisherProps;
  /** Server that DMS writes to. */
  readonly subscriber: MigrationSubscriberProps;
  /** Tables to migrate, and how to transform and load them. Selection rules must name each schema. */
  readonly tableMappings: TableMappings;
  /**
   * Settings of the task. The control tables are in the stack's own schema on the subscriber, unless a setting overrides
   * it.
   *
   * @default - the defaults of DMS; existing tables on the subscriber keep their rows
   */
  readonly taskSettings?: TaskSettings;
  /**
   * Whether the task runs. A stopped task resumes where it stopped.
   *
   * @default true
   */
  readonly startReplicationTask?: boolean;
  /** Whether this stack creates the account's IAM roles for DMS, checks that they exist, or assumes that they do. */
  readonly dmsRoles: DmsRolesProps["mode"];
  /**
   * Replication instance, in the availability zone of the publisher's writer.
   *
   * @default - the defaults of {@link DmsReplicationInstanceProps}
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
   * RDS certificate bundle of the region, in PEM. If set, DMS verifies the certificates and host names of the servers.
   *
   * @default - none: connections are encrypted, but not verified
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
   */
  readonly certificatePem?: string;
  /**
   * Version of the passwords of the DMS users: a whole number. Increase it to set new passwords on the servers and in
   * Secrets Manager. Stop a running task before and resume it afterwards.
   *
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * Alarms, a log group and a dashboard. Set this to false to create none of them.
   *
   * @default - the defaults of each
   */
  readonly monitoring?: MigrationMonitoringProps | false;
}

/** Type of the migration. */
export type StackMigrationTypeProps =
  | {
      /**
       * Whether the task migrates existing rows, or existing rows and changes.
       *
       * @default "full-load-and-cdc"
       */
      readonly migrationType?: "full-load" | "full-load-and-cdc";
      /** Must be omitted: the full load determines the start. */
      readonly cdcStartPosition?: never;
    }
  | {
      /** The task migrates only changes. */
      readonly migrationType: "cdc";
      /**
       * Position in the WAL (LSN) to start from. The publisher's `slotName` must retain it.
       *
       * @default - the start of the task
       */
      readonly cdcStartPosition?: string;
    };

/** Properties of {@link DmsMigrationStack}. */
export type DmsMigrationStackProps = DmsMigrationStackBaseProps & StackMigrationTypeProps;

/** One of the two servers, with everything that DMS requires to connect to it. */
interface MigrationEndpoint {
  readonly server: DmsServer;
  readonly databaseName: string;
  readonly provider: PostgresqlProvider;
  readonly user: DmsUser;
  readonly secretArn: string;
}

/**
 * A migration with AWS DMS between two existing servers, in one deployment: from an Aurora cluster or RDS instance to
 * another. The stack prepares both servers for DMS. A destroy reverts the preparation; migrated tables stay.
 *
 * The replication instance reads passwords from Secrets Manager, so its subnets require a route to it: a NAT gateway or a
 * VPC endpoint.
 *
 * @example
 * ```ts
 * import { App } from "cdktf";
 * import { DmsMigrationStack } from "aurora-logical-replication/stacks";
 *
 * const app = new App();
 * new DmsMigrationStack(app, "orders-migration", {
 *   region: "eu-central-1",
 *   publisher: { kind: "cluster", clusterIdentifier: "orders", databaseName: "orders" },
 *   subscriber: { kind: "instance", dbInstanceIdentifier: "reporting", databaseName: "orders" },
 *   tableMappings: {
 *     selection: [{ ruleAction: "include", schemaName: "public", tableName: "%" }],
 *   },
 *   dmsRoles: "create",
 * });
 * app.synth();
 * ```
 * @see https://docs.aws.amazon.com/dms/latest/userguide/Welcome.html
 */
export class DmsMigrationStack extends AwsStack {
  readonly #props: DmsMigrationStackProps;

  /** @throws Error if a property value known at synthesis is invalid. */
  constructor(scope: Construct, id: string, props: DmsMigrationStackProps) {
    super(scope, id, props.name ?? "dms-migration", props);
    this.#props = props;
    const { publisher, subscriber, tableMappings } = props;
    const selected = selectedTables(tableMappings);
    if (OWN_SCHEMA in selected) {
      throw new Error(
        `tableMappings.selection must not include the schema "${OWN_SCHEMA}", because this stack uses it for the tables of DMS.`,
      );
    }
    const existing = subscriber.existingTables ?? ("public" in selected ? { public: [] } : {});
    const publisherServer = new DmsServer(this, "publisher", publisher);
    const subscriberServer = new DmsServer(this, "subscriber", {
      ...subscriber,
      sameNetworkAs: publisherServer,
    });
    const { administrators = {} } = props;
    const toPublisher = this.allowIngress("publisher_administrators", publisherServer, administrators);
    const toSubscriber = [
      ...toPublisher,
      ...this.allowIngress("subscriber_administrators", subscriberServer, administrators, publisherServer),
    ];
    const source = this.#endpoint("source", publisherServer, publisher.databaseName, selected, toPublisher);
    const target = this.#endpoint(
      "target",
      subscriberServer,
      subscriber.databaseName,
      existing,
      toSubscriber,
    );
    const instance = this.#replicationInstance(source.server, target.server);
    const ddlCapture = this.#ddlCapture(source);
    const task = this.#task(
      instance,
      this.#sourceEndpoint(source, ddlCapture),
      this.#targetEndpoint(target),
      this.#logGroup(instance),
    );
    this.#addMonitoring(source.server, task);
    this.addOutputs({
      replication_instance_arn: ["ARN of the replication instance.", instance.replicationInstanceArn],
      replication_task_arn: ["ARN of the task.", task.replicationTaskArn],
      source_secret_arn: ["ARN of the secret of the DMS user on the publisher.", source.secretArn],
      target_secret_arn: ["ARN of the secret of the DMS user on the subscriber.", target.secretArn],
    });
    if (ddlCapture !== undefined) {
      this.addOutputs({
        tables_without_primary_key: [
          "Tables on the publisher without a primary key, whose UPDATE and DELETE DMS cannot replicate.",
          ddlCapture.tablesWithoutPrimaryKey,
        ],
      });
    }
  }

  /** Whether the task replicates changes, which requires preparation of the publisher. */
  get #replicatesChanges(): boolean {
    return this.#props.migrationType !== "full-load";
  }

  #endpoint(
    endpointType: "source" | "target",
    server: DmsServer,
    databaseName: string,
    tables: TablesBySchema,
    dependsOn: ITerraformDependable[],
  ): MigrationEndpoint {
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
      description: `Credentials of the role that DMS connects to the ${role} as.`,
      members: { username: name, host, port, dbname: databaseName },
      ...defined({ passwordVersion }),
    });
    const user = new DmsUser(this, `${endpointType}_user`, {
      endpointType,
      provider,
      database: databaseName,
      name,
      password: secret.password,
      passwordVersion: secret.passwordVersion,
      replication: endpointType === "source" && this.#replicatesChanges,
      ownSchema: OWN_SCHEMA,
      tables,
      dependsOn,
    });
    return { server, databaseName, provider, user, secretArn: secret.arn };
  }

  /** Objects on the publisher that capture DDL. */
  #ddlCapture({ provider, databaseName, user }: MigrationEndpoint): DmsSource | undefined {
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
    return this.#replicatesChanges && (this.#props.publisher.settings?.captureDdls ?? true);
  }

  #replicationInstance(publisher: DmsServer, subscriber: DmsServer): DmsReplicationInstance {
    const { multiAz = false, ...instanceProps } = this.#props.replicationInstance ?? {};
    const { ready } = new DmsRoles(this, "dms_roles", { mode: this.#props.dmsRoles });
    const { group, rules } = this.#network(publisher, subscriber);
    return new DmsReplicationInstance(this, "replication_instance", {
      ...instanceProps,
      ...(multiAz ? { multiAz } : { availabilityZone: publisher.availabilityZone }),
      replicationInstanceId: this.baseName,
      servers: { publisher, subscriber },
      subnetIds: publisher.subnetIds,
      vpcSecurityGroupIds: [publisher.securityGroupId, group.id],
      dependsOn: [...ready, ...rules],
    });
  }

  /**
   * A separate security group: the servers' groups can already contain the rules, and AWS rejects duplicates.
   */
  #network(publisher: DmsServer, subscriber: DmsServer) {
    const group = new SecurityGroup(this, "replication_instance_group", {
      namePrefix: `${this.baseName}-`,
      description: "The replication instance of AWS DMS.",
      vpcId: publisher.vpcId,
    });
    const dms = { dms: { securityGroupId: group.id } };
    const rules: ITerraformDependable[] = [
      ...this.allowIngress("publisher_ingress", publisher, dms),
      ...this.allowIngress("subscriber_ingress", subscriber, dms, publisher),
      new VpcSecurityGroupEgressRule(this, "egress", {
        securityGroupId: group.id,
        description: "Servers, Secrets Manager, CloudWatch",
        ipProtocol: "-1",
        cidrIpv4: "0.0.0.0/0",
      }),
    ];
    return { group, rules };
  }

  #sourceEndpoint(endpoint: MigrationEndpoint, ddlCapture: DmsSource | undefined): DmsEndpoint {
    const { settings = {} } = this.#props.publisher;
    return new DmsEndpoint(this, "source_endpoint", {
      ...this.#endpointProps(endpoint),
      endpointId: `${this.baseName}-source`,
      endpointType: "source",
      settings: {
        ...settings,
        captureDdls: this.#capturesDdl,
        ddlArtifactsSchema: OWN_SCHEMA,
        heartbeatEnable: this.#replicatesChanges && (settings.heartbeatEnable ?? true),
        heartbeatSchema: OWN_SCHEMA,
      },
      dependsOn: [...endpoint.user.ready, ...(ddlCapture ? [ddlCapture] : [])],
    });
  }

  #targetEndpoint(endpoint: MigrationEndpoint): DmsEndpoint {
    const { settings } = this.#props.subscriber;
    return new DmsEndpoint(this, "target_endpoint", {
      ...this.#endpointProps(endpoint),
      endpointId: `${this.baseName}-target`,
      endpointType: "target",
      ...defined({ settings }),
      dependsOn: endpoint.user.ready,
    });
  }

  #endpointProps({ server: { engine, engineVersion }, databaseName, secretArn }: MigrationEndpoint) {
    const { certificatePem } = this.#props;
    return {
      engine,
      engineVersion,
      databaseName,
      secretArn,
      ...(certificatePem !== undefined && { sslMode: "verify-full" as const, certificatePem }),
    };
  }

  #task(
    replicationInstance: DmsReplicationInstance,
    source: DmsEndpoint,
    target: DmsEndpoint,
    dependsOn: ITerraformDependable[],
  ): DmsMigrationTask {
    const { tableMappings, taskSettings = {}, startReplicationTask } = this.#props;
    this.addOutputs({
      source_endpoint_arn: ["ARN of the source endpoint.", source.endpointArn],
      target_endpoint_arn: ["ARN of the target endpoint.", target.endpointArn],
    });
    return new DmsMigrationTask(this, "task", {
      ...this.#migrationTypeProps,
      replicationTaskId: this.baseName,
      replicationInstance,
      source,
      target,
      tableMappings,
      taskSettings: {
        ...taskSettings,
        controlTablesSettings: { controlSchema: OWN_SCHEMA, ...taskSettings.controlTablesSettings },
      },
      ...defined({ startReplicationTask }),
      dependsOn,
    });
  }

  get #migrationTypeProps(): MigrationTypeProps {
    const { migrationType = "full-load-and-cdc", cdcStartPosition } = this.#props;
    if (migrationType !== "cdc") return { migrationType };
    return { migrationType, ...defined({ cdcStartPosition }) };
  }

  /** @returns resources that must exist before the task starts. */
  #logGroup({ replicationInstanceId }: DmsReplicationInstance): ITerraformDependable[] {
    const { monitoring = {} } = this.#props;
    if (monitoring === false) return [];
    const { logRetentionInDays: retentionInDays } = monitoring;
    const { logGroup } = new DmsLogGroup(this, "log_group", {
      replicationInstanceId,
      ...defined({ retentionInDays }),
    });
    return [logGroup];
  }

  #addMonitoring(publisher: DmsServer, task: DmsMigrationTask): void {
    const { monitoring = {} } = this.#props;
    if (monitoring === false) return;
    const namePrefix = this.baseName;
    new DmsAlarms(this, "task_alarms", { ...monitoring, namePrefix, task });
    if (this.#replicatesChanges) {
      new ReplicationSlotAlarms(this, "slot_alarms", { ...monitoring, namePrefix, server: publisher });
    }
    new ReplicationDashboard(this, "dashboard", { dashboardName: this.baseName, publisher, task });
  }
}
