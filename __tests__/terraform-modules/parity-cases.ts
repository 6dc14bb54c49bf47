import { TerraformOutput, TerraformStack } from "cdktf";
import type { App } from "cdktf";
import { AuroraCluster, type AuroraClusterProps } from "../../modules/aurora/aurora-cluster";
import type { ReplicationParametersProps } from "../../modules/aurora/replication-parameters";
import { ReplicationClusterParameterGroup } from "../../modules/aurora/replication-cluster-parameter-group";
import { ReplicationDbParameterGroup } from "../../modules/aurora/replication-db-parameter-group";
import type { Peer } from "../../modules/network/peer";
import { PostgresqlEgress } from "../../modules/network/postgresql-egress";
import { PostgresqlIngress } from "../../modules/network/postgresql-ingress";
import {
  LogicalReplication,
  type LogicalReplicationProps,
} from "../../modules/replication/logical-replication";
import {
  PostgresqlProvider,
  type PostgresqlProviderProps,
} from "../../modules/replication/postgresql-provider";
import { ReplicationCheck } from "../../modules/replication/replication-check";
import { DmsMigrationStack, type DmsMigrationStackProps } from "../../stacks/dms-migration";

/** Inputs of a module, and the construct with the same properties. */
export interface ParityCase {
  /** A sentence about what is compared. */
  readonly title: string;
  readonly module: string;
  /** The module's inputs. A text can refer to a data source of the root module. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** A stack of the construct, with the outputs to compare. */
  readonly synthesize: (app: App, id: string) => TerraformStack;
}

const TAGS = { team: "orders", stage: "test" };
/** The servers of every migration, which the root module looks up for the module, and the stack for itself. */
const SOURCE = "data.aws_rds_cluster.source";
const TARGET = "data.aws_db_instance.target";
const VPC = { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] };

export const parityCases: readonly ParityCase[] = [
  parameterGroup(
    "a cluster parameter group with defaults",
    { engine: "aurora-postgresql", engine_version: "16.4" },
    ReplicationClusterParameterGroup,
    { engineVersion: "16.4" },
  ),
  parameterGroup(
    "a DB parameter group with defaults, for a major version",
    { engine: "postgres", engine_version: "17" },
    ReplicationDbParameterGroup,
    { engineVersion: "17" },
  ),
  parameterGroup(
    "a DB parameter group for a subscriber of many tables",
    {
      engine: "postgres",
      engine_version: "17.2",
      subscribers: 0,
      subscriptions: 20,
      tables_synced_at_once: 6,
    },
    ReplicationDbParameterGroup,
    { engineVersion: "17.2", subscribers: 0, subscriptions: 20, tablesSyncedAtOnce: 6 },
  ),
  parameterGroup(
    "a cluster parameter group with every input",
    {
      engine: "aurora-postgresql",
      engine_version: "11.22-rds.20240418",
      name_prefix: "shop-",
      subscribers: 9,
      subscriptions: 3,
      tables_synced_at_once: 4,
      dms_tasks: 2,
      spare: 11,
      parameters: {
        Work_Mem: { value: "65536", apply_method: "immediate" },
        "rds.logical_wal_cache": { value: "0" },
        max_wal_senders: { value: "77" },
        max_sync_workers_per_subscription: { value: "5" },
      },
      tags: TAGS,
    },
    ReplicationClusterParameterGroup,
    {
      engineVersion: "11.22-rds.20240418",
      namePrefix: "shop-",
      subscribers: 9,
      subscriptions: 3,
      tablesSyncedAtOnce: 4,
      dmsTasks: 2,
      spare: 11,
      parameters: {
        Work_Mem: { value: 65536, applyMethod: "immediate" },
        "rds.logical_wal_cache": 0,
        max_wal_senders: 77,
        max_sync_workers_per_subscription: 5,
      },
      tags: TAGS,
    },
  ),

  auroraPublisher(
    "a cluster with defaults",
    { name: "shop", engine_version: "16.4" },
    { name: "shop", engineVersion: "16.4" },
  ),
  auroraPublisher(
    "a cluster with readers, whose minor version RDS chooses",
    { name: "shop", engine_version: "16", instance_class: "db.r6g.large", readers: 2, subscribers: 20 },
    { name: "shop", engineVersion: "16", instanceClass: "db.r6g.large", readers: 2, subscribers: 20 },
  ),
  auroraPublisher(
    "a serverless cluster with every input",
    {
      name: "shop-1",
      engine_version: "17.4",
      instance_class: "db.serverless",
      serverlessv2_scaling_configuration: { min_capacity: 0.5, max_capacity: 16 },
      readers: 1,
      database_name: "shop",
      master_username: "dba",
      port: 5433,
      kms_key_id: "arn:aws:kms:us-east-1:123456789012:key/1",
      backup_retention_period: 35,
      publicly_accessible: true,
      deletion_protection: false,
      skip_final_snapshot: true,
      apply_immediately: true,
      subscriptions: 8,
      tables_synced_at_once: 3,
      dms_tasks: 1,
      spare: 0,
      parameters: { wal_sender_timeout: { value: "60000", apply_method: "immediate" } },
      tags: TAGS,
    },
    {
      name: "shop-1",
      engineVersion: "17.4",
      instanceClass: "db.serverless",
      serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 16 },
      readers: 1,
      databaseName: "shop",
      masterUsername: "dba",
      port: 5433,
      kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/1",
      backupRetentionPeriod: 35,
      publiclyAccessible: true,
      deletionProtection: false,
      skipFinalSnapshot: true,
      applyImmediately: true,
      subscriptions: 8,
      tablesSyncedAtOnce: 3,
      dmsTasks: 1,
      spare: 0,
      parameters: { wal_sender_timeout: { value: 60000, applyMethod: "immediate" } },
      tags: TAGS,
    },
  ),

  access("access of a network", { vpn: { cidrIpv4: "10.8.0.0/16" } }, {}),
  access(
    "access of every kind of peer",
    {
      subscriber: { securityGroupId: "sg-2", description: "Subscriber", egress: true },
      application: { securityGroupId: "sg-3" },
      office: { cidrIpv6: "2001:db8::/32" },
      lists: { prefixListId: "pl-1" },
      world: { cidrIpv4: "0.0.0.0/0", description: "Everyone" },
    },
    { port: 5433, allowFromAnywhere: true, tags: TAGS },
  ),

  nativeReplication(
    "replication with defaults",
    { publisher_host: "publisher.example.com", name: "shop", tables: ["public.orders"] },
    { host: "publisher.example.com", database: "postgres" },
    { database: "postgres" },
    { name: "shop", tables: ["public.orders"], waitForInitialSync: true },
  ),
  nativeReplication(
    "replication with every input",
    {
      publisher_host: "it's.example.com",
      publisher_port: 5433,
      publisher_database: "shop",
      publisher_host_for_subscriber: "back\\slash.example.com",
      publisher_port_for_subscriber: 5434,
      subscriber_database: "copy",
      name: "shop",
      tables: ["public.orders", 'public."a.b"', '"my.schema"."say ""hi"""'],
      password_version: "7",
      sslmode: "verify-full",
      rds_replication: true,
      publish_via_partition_root: true,
      copy_data: false,
      initial_sync_timeout: "1h30m",
      drop_tables_on_destroy: true,
      row_count_version: "2",
    },
    { host: "it's.example.com", port: 5433, database: "shop" },
    { database: "copy" },
    {
      name: "shop",
      tables: ["public.orders", 'public."a.b"', '"my.schema"."say ""hi"""'],
      passwordVersion: "7",
      publisherHost: "back\\slash.example.com",
      publisherPort: 5434,
      sslmode: "verify-full",
      rdsReplication: true,
      publishViaPartitionRoot: true,
      copyData: false,
      waitForInitialSync: true,
      initialSyncTimeout: "1h30m",
      dropTablesOnDestroy: true,
    },
    { rowCountVersion: "2" },
  ),
  nativeReplication(
    "replication that neither waits nor counts rows",
    {
      publisher_host: "publisher.example.com",
      name: "shop",
      tables: ["a.one", "a.two", "b.one"],
      wait_for_initial_sync: false,
      compare_row_counts: false,
    },
    { host: "publisher.example.com", database: "postgres" },
    { database: "postgres" },
    { name: "shop", tables: ["a.one", "a.two", "b.one"], waitForInitialSync: false },
    { compareRowCounts: false },
  ),

  migration(
    "a migration with defaults",
    { table_mappings: { selection: [{ rule_action: "include", schema_name: "public", table_name: "%" }] } },
    { tableMappings: { selection: [{ ruleAction: "include", schemaName: "public", tableName: "%" }] } },
  ),
  migration(
    "a migration with every input",
    {
      name: "moving-shop",
      shared_security_group: true,
      create_dms_roles: true,
      certificate_pem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
      password_version: 3,
      availability_zone: null,
      multi_az: true,
      replication_instance_class: "dms.r6i.large",
      replication_engine_version: "3.6.2",
      allocated_storage: 100,
      preferred_maintenance_window: "sun:05:00-sun:06:00",
      kms_key_arn: "arn:aws:kms:us-east-1:123456789012:key/1",
      apply_immediately: true,
      migration_type: "cdc",
      cdc_start_position: "0/16B3748",
      start_replication_task: false,
      log_retention_in_days: 90,
      existing_tables: { sales: ["orders", "items"], archive: [] },
      table_mappings: {
        selection: [
          { rule_action: "include", schema_name: "sales", table_name: "orders" },
          { rule_action: "explicit", schema_name: "sales", table_name: "order_items" },
          { rule_action: "include", schema_name: "archive", table_name: "%", table_type: "table" },
        ],
      },
      task_settings: {
        FullLoadSettings: { TargetTablePrepMode: "TRUNCATE_BEFORE_LOAD", MaxFullLoadSubTasks: 4 },
        ControlTablesSettings: { ControlSchema: "control", StatusTableEnabled: true },
        ValidationSettings: { EnableValidation: true },
        Logging: { EnableLogging: false },
      },
    },
    {
      name: "moving-shop",
      dmsRoles: "create",
      certificatePem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
      passwordVersion: 3,
      replicationInstance: {
        multiAz: true,
        replicationInstanceClass: "dms.r6i.large",
        engineVersion: "3.6.2",
        allocatedStorage: 100,
        preferredMaintenanceWindow: "sun:05:00-sun:06:00",
        kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1",
        applyImmediately: true,
      },
      migrationType: "cdc",
      cdcStartPosition: "0/16B3748",
      startReplicationTask: false,
      monitoring: { logRetentionInDays: 90 },
      tableMappings: {
        selection: [
          { ruleAction: "include", schemaName: "sales", tableName: "orders" },
          { ruleAction: "explicit", schemaName: "sales", tableName: "order_items" },
          { ruleAction: "include", schemaName: "archive", tableName: "%", tableType: "table" },
        ],
      },
      taskSettings: {
        fullLoadSettings: { targetTablePrepMode: "TRUNCATE_BEFORE_LOAD", maxFullLoadSubTasks: 4 },
        controlTablesSettings: { controlSchema: "control", statusTableEnabled: true },
        validationSettings: { enableValidation: true },
        logging: { enableLogging: false },
      },
    },
    { existingTables: { sales: ["orders", "items"], archive: [] }, securityGroupId: "sg-shared" },
  ),
  migration(
    "a migration with every kind of mapping rule",
    {
      table_mappings: {
        selection: [
          {
            name: "recent",
            rule_action: "include",
            schema_name: "public",
            table_name: "order_items",
            table_type: "all",
            load_order: 2,
            filters: [
              {
                column_name: "id",
                column_type: "integer",
                conditions: [
                  { operator: "between", start_value: "1", end_value: "10" },
                  { operator: "eq", value: "77" },
                ],
              },
              { column_name: "gone", column_type: "date", conditions: [{ operator: "null" }] },
            ],
          },
          { rule_action: "include", schema_name: "my_schema", table_name: "a%" },
          { rule_action: "exclude", schema_name: "%", table_name: "tmp_%" },
        ],
        transformation: [
          { rule_target: "schema", rule_action: "rename", schema_name: "my_schema", value: "moved" },
          {
            rule_target: "table",
            rule_action: "convert-uppercase",
            schema_name: "public",
            table_name: "order_%",
          },
          {
            name: "key",
            rule_target: "table",
            rule_action: "define-primary-key",
            schema_name: "public",
            table_name: "order_log",
            primary_key_def: { name: "log_pkey", columns: ["line", "day"] },
          },
          {
            rule_target: "column",
            rule_action: "add-column",
            schema_name: "public",
            table_name: "log",
            value: "length",
            expression: "length($line)",
            data_type: { type: "numeric", precision: 10, scale: 0 },
          },
          {
            rule_target: "column",
            rule_action: "replace-prefix",
            schema_name: "public",
            table_name: "log",
            column_name: "a_%",
            value: "c_",
            old_value: "a_",
          },
          {
            rule_target: "column",
            rule_action: "data-masking-digits-mask",
            schema_name: "public",
            table_name: "log",
            column_name: "phone",
            value: "#",
          },
        ],
      },
    },
    {
      tableMappings: {
        selection: [
          {
            name: "recent",
            ruleAction: "include",
            schemaName: "public",
            tableName: "order_items",
            tableType: "all",
            loadOrder: 2,
            filters: [
              {
                columnName: "id",
                columnType: "integer",
                conditions: [
                  { operator: "between", startValue: 1, endValue: 10 },
                  { operator: "eq", value: 77 },
                ],
              },
              { columnName: "gone", columnType: "date", conditions: [{ operator: "null" }] },
            ],
          },
          { ruleAction: "include", schemaName: "my_schema", tableName: "a%" },
          { ruleAction: "exclude", schemaName: "%", tableName: "tmp_%" },
        ],
        transformation: [
          { ruleTarget: "schema", ruleAction: "rename", schemaName: "my_schema", value: "moved" },
          {
            ruleTarget: "table",
            ruleAction: "convert-uppercase",
            schemaName: "public",
            tableName: "order_%",
          },
          {
            name: "key",
            ruleTarget: "table",
            ruleAction: "define-primary-key",
            schemaName: "public",
            tableName: "order_log",
            primaryKeyDef: { name: "log_pkey", columns: ["line", "day"] },
          },
          {
            ruleTarget: "column",
            ruleAction: "add-column",
            schemaName: "public",
            tableName: "log",
            value: "length",
            expression: "length($line)",
            dataType: { type: "numeric", precision: 10, scale: 0 },
          },
          {
            ruleTarget: "column",
            ruleAction: "replace-prefix",
            schemaName: "public",
            tableName: "log",
            columnName: "a_%",
            value: "c_",
            oldValue: "a_",
          },
          {
            ruleTarget: "column",
            ruleAction: "data-masking-digits-mask",
            schemaName: "public",
            tableName: "log",
            columnName: "phone",
            value: "#",
          },
        ],
      },
    },
  ),
];

function parameterGroup(
  title: string,
  inputs: ParityCase["inputs"],
  Group: typeof ReplicationClusterParameterGroup | typeof ReplicationDbParameterGroup,
  props: ReplicationParametersProps & {
    readonly engineVersion: string;
    readonly namePrefix?: string;
    readonly tags?: Record<string, string>;
  },
): ParityCase {
  return {
    title,
    module: "logical-replication-parameter-group",
    inputs,
    synthesize: (app, id) => {
      const stack = new TerraformStack(app, id);
      const { name, family, staticParameters } = new Group(stack, "group", props);
      return withOutputs(stack, { name, family, static_parameters: staticParameters });
    },
  };
}

function auroraPublisher(
  title: string,
  inputs: ParityCase["inputs"],
  props: Omit<AuroraClusterProps, "vpcId" | "subnetIds">,
): ParityCase {
  return {
    title,
    module: "aurora-publisher",
    inputs: { ...inputs, vpc_id: VPC.vpcId, subnet_ids: VPC.subnetIds },
    synthesize: (app, id) => {
      const stack = new TerraformStack(app, id);
      const cluster = new AuroraCluster(stack, "cluster", { ...props, ...VPC });
      return withOutputs(stack, {
        identifier: cluster.identifier,
        host: cluster.host,
        port: cluster.port,
        database_name: cluster.databaseName,
        admin_username: cluster.adminUsername,
        admin_secret_arn: cluster.adminSecretArn,
        security_group_id: cluster.securityGroupId,
        engine_version: cluster.engineVersion,
        parameter_group_name: cluster.parameterGroupName,
        static_parameters: cluster.staticParameters,
      });
    },
  };
}

function access(
  title: string,
  peers: Readonly<Record<string, Peer & { readonly egress?: boolean }>>,
  props: {
    readonly port?: number;
    readonly allowFromAnywhere?: boolean;
    readonly tags?: Record<string, string>;
  },
): ParityCase {
  const securityGroupId = "sg-1";
  return {
    title,
    module: "replication-access",
    inputs: {
      security_group_id: securityGroupId,
      peers: Object.fromEntries(
        Object.entries(peers).map(([key, peer]) => [
          key,
          {
            security_group_id: peer.securityGroupId,
            cidr_ipv4: peer.cidrIpv4,
            cidr_ipv6: peer.cidrIpv6,
            prefix_list_id: peer.prefixListId,
            description: peer.description,
            egress: peer.egress,
          },
        ]),
      ),
      port: props.port,
      allow_from_anywhere: props.allowFromAnywhere,
      tags: props.tags,
    },
    synthesize: (app, id) => {
      const stack = new TerraformStack(app, id);
      new PostgresqlIngress(stack, "inbound", { securityGroupId, peers, ...props });
      for (const [key, peer] of Object.entries(peers)) {
        if (peer.egress && peer.securityGroupId !== undefined) {
          new PostgresqlEgress(stack, `outbound_${key}`, {
            securityGroupId: peer.securityGroupId,
            peers: {
              server: {
                securityGroupId,
                ...(peer.description !== undefined && { description: peer.description }),
              },
            },
            ...(props.port !== undefined && { port: props.port }),
            ...(props.tags !== undefined && { tags: props.tags }),
          });
        }
      }
      return stack;
    },
  };
}

function nativeReplication(
  title: string,
  inputs: ParityCase["inputs"],
  publisherProps: PostgresqlProviderProps,
  subscriberProps: PostgresqlProviderProps,
  props: Omit<LogicalReplicationProps, "publisher" | "subscriber" | "password"> & {
    readonly tables: string[];
  },
  check: { readonly rowCountVersion?: string; readonly compareRowCounts?: boolean } = {},
): ParityCase {
  return {
    title,
    module: "native-replication",
    inputs: { ...inputs, password: "secret" },
    synthesize: (app, id) => {
      const stack = new TerraformStack(app, id);
      const publisher = new PostgresqlProvider(stack, "publisher", { alias: "publisher", ...publisherProps });
      const subscriber = new PostgresqlProvider(stack, "subscriber", {
        alias: "subscriber",
        ...subscriberProps,
      });
      const replication = new LogicalReplication(stack, "replication", {
        publisher,
        subscriber,
        password: "secret",
        ...props,
      });
      const { status, rowCounts } = new ReplicationCheck(stack, "check", {
        publisher,
        subscriber,
        slotName: replication.subscription.slotName,
        subscription: replication.subscription.name,
        tables: props.tables,
        initialSyncAwaited: props.waitForInitialSync ?? true,
        ...check,
        dependsOn: replication.established,
      });
      return withOutputs(stack, {
        publication: replication.publication.name,
        subscription: replication.subscription.name,
        slot_name: replication.subscription.slotName,
        replicated_tables: replication.replicatedSchema.tables,
        ...(rowCounts !== undefined && { status, row_counts: rowCounts }),
      });
    },
  };
}

function migration(
  title: string,
  inputs: ParityCase["inputs"],
  props: Partial<DmsMigrationStackProps> & Pick<DmsMigrationStackProps, "tableMappings">,
  {
    existingTables,
    securityGroupId,
  }: {
    readonly existingTables?: Readonly<Record<string, readonly string[]>>;
    readonly securityGroupId?: string;
  } = {},
): ParityCase {
  const shared = { ...(securityGroupId !== undefined && { securityGroupId }) };
  return {
    title,
    module: "dms-migration",
    inputs: {
      name: "moving",
      vpc_id: "${data.aws_db_subnet_group.databases.vpc_id}",
      subnet_ids: "${data.aws_db_subnet_group.databases.subnet_ids}",
      availability_zone: "${data.aws_db_instance.writer.availability_zone}",
      publisher: {
        engine: "aurora-postgresql",
        engine_version: `\${${SOURCE}.engine_version}`,
        host: `\${${SOURCE}.endpoint}`,
        port: `\${${SOURCE}.port}`,
        database: "shop",
        security_group_id: securityGroupId ?? `\${one(${SOURCE}.vpc_security_group_ids)}`,
      },
      subscriber: {
        engine: "postgres",
        engine_version: `\${${TARGET}.engine_version}`,
        host: `\${${TARGET}.address}`,
        port: `\${${TARGET}.port}`,
        database: "copy",
        security_group_id: securityGroupId ?? `\${one(${TARGET}.vpc_security_groups)}`,
      },
      ...inputs,
    },
    synthesize: (app, id) =>
      new DmsMigrationStack(app, id, {
        name: "moving",
        dmsRoles: "never",
        publisher: { kind: "cluster", clusterIdentifier: "source", databaseName: "shop", ...shared },
        subscriber: {
          kind: "instance",
          dbInstanceIdentifier: "target",
          databaseName: "copy",
          ...(existingTables !== undefined && { existingTables }),
          ...shared,
        },
        ...props,
      }),
  };
}

function withOutputs(stack: TerraformStack, outputs: Readonly<Record<string, unknown>>): TerraformStack {
  for (const [name, value] of Object.entries(outputs)) {
    new TerraformOutput(stack, `${name}_output`, { value }).overrideLogicalId(name);
  }
  return stack;
}
