import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateDBClusterCommand,
  CreateDBClusterParameterGroupCommand,
  CreateDBInstanceCommand,
  CreateDBSubnetGroupCommand,
  DescribeDBClusterParametersCommand,
  ModifyDBClusterParameterGroupCommand,
} from "@aws-sdk/client-rds";
import { type AwsSandbox, startAwsSandbox } from "../../sandbox/aws/aws-sandbox";
import { replicationParameters } from "../../modules/aurora/replication-parameters";
import { tableMappingsJson } from "../../modules/dms/table-mappings";
import { taskSettingsJson } from "../../modules/dms/task-settings-json";
import { DmsClient } from "../sandbox/aws/dms-client";
import { inventory } from "../support/aws-account";
import { ec2 } from "../support/aws-api";
import { awsProviderObstacle } from "../support/aws-provider";
import { describeAws } from "../support/aws-sandbox";
import { sql } from "../support/client";
import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { rdsClient } from "../support/rds-client";
import { codeBlocks } from "../support/markdown";
import { sharedServer } from "../support/shared-environment";
import { createHclWorkspace } from "../support/hcl-workspace";
import { createSecurityGroup } from "../support/security-group";
import { validateHcl } from "../support/validate-hcl";
import { type BadValue, badValues } from "./terraform-modules-bad-values";

const TIMEOUT_MS = 600_000;
const modules = join(__dirname, "..", "..", "terraform-modules");
const MASTER = { MasterUsername: "dba", MasterUserPassword: "correct horse" };

const secretVariables = (...names: string[]) =>
  names.map((name) => `variable "${name}" {\n  type      = string\n  ephemeral = true\n}\n`).join("");

const POSTGRESQL = `
terraform {
  required_providers {
    postgresql = {
      source = "aurora-logical-replication/postgresql"
    }
  }
}
`;

const PROVIDERS = `
  providers = {
    postgresql.publisher  = postgresql.publisher
    postgresql.subscriber = postgresql.subscriber
  }
`;

describe("the module native-replication", () => {
  test.concurrent(
    "copies tables, follows them, takes another one, and leaves the tables only",
    async () => {
      const [publisher, subscriber] = await Promise.all([
        createDatabase(sharedServer("publisher")),
        createDatabase(sharedServer("subscriber")),
      ]);
      await publisher.query(`CREATE TABLE orders (id int PRIMARY KEY, note text); CREATE SCHEMA "my.schema";
        INSERT INTO orders SELECT n, 'note' FROM generate_series(1, 100) n;
        CREATE TABLE "my.schema"."Log" (id int PRIMARY KEY);`);
      const { name } = publisher;
      const configuration = (tables: string, more = "") => `${POSTGRESQL}
${secretVariables("publisher_password", "subscriber_password", "replication_password")}
${provider("publisher", publisher)}
${provider("subscriber", subscriber)}
module "replication" {
  source = "./terraform-modules/native-replication"
  ${PROVIDERS}
  name                = "${name}"
  publisher_host      = "${publisher.server.host}"
  publisher_port      = ${publisher.server.port}
  publisher_database  = "${name}"
  subscriber_database = "${subscriber.name}"
  tables              = ${tables}
  password            = var.replication_password
  sslmode             = "disable"
  ${more}
}
output "all" {
  value = module.replication
}
`;
      const { terraform, outputs, write, command } = await createHclWorkspace(
        configuration('["public.orders"]'),
        {
          publisher_password: publisher.server.password,
          subscriber_password: subscriber.server.password,
          replication_password: "it's \\ secret",
        },
      );
      await command("validate");
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect((await outputs())["all"]).toEqual({
        publication: name,
        subscription: name,
        slot_name: name,
        replicated_tables: ["public.orders"],
        row_counts: {
          "public.orders": {
            publisher: 100,
            subscriber: 100,
            publisher_counted_at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
            subscriber_counted_at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
          },
        },
        status: {
          enabled: true,
          initial_sync_done: true,
          slot_exists: true,
          slot_lost: false,
          subscription_exists: true,
          tables: { "public.orders": "ready" },
        },
      });

      await write(configuration('["public.orders", "\\"my.schema\\".Log"]', "compare_row_counts = false"));
      const { changes } = await terraform.plan();
      expect(Object.values(changes).filter(({ actions }) => actions.includes("delete"))).toEqual([]);
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect((await outputs())["all"]).toMatchObject({
        replicated_tables: ['"my.schema".Log', "public.orders"],
        row_counts: {},
      });
      const secret = Object.entries(await terraform.files()).filter(([, text]) =>
        text.includes("\\\\ secret"),
      );
      expect(secret).toEqual([]);

      await terraform.destroy();
      const [slots, roles, publications] = await Promise.all([
        publisher.query("SELECT FROM pg_replication_slots WHERE database = current_database()"),
        publisher.query("SELECT FROM pg_roles WHERE rolname = current_database()"),
        publisher.query("SELECT FROM pg_publication"),
      ]);
      expect([slots, roles, publications]).toEqual([[], [], []]);
      expect(await subscriber.query("SELECT count(*)::int AS rows FROM orders")).toEqual([{ rows: 100 }]);
    },
    TIMEOUT_MS,
  );
});

describeAws(
  "the modules in AWS",
  () => {
    test.concurrent(
      "make a publisher, a parameter group, access and a migration, change nothing again, and are destroyed",
      async () => {
        const aws = await startAwsSandbox();
        try {
          await inAws(aws);
        } finally {
          await aws.stop();
        }
      },
      TIMEOUT_MS,
    );

    test.concurrent(
      "have READMEs with valid examples",
      async () => {
        const examples = readdirSync(modules).flatMap((name) =>
          codeBlocks(name, readFileSync(join(modules, name, "README.md"), "utf8")).map(
            ({ text }) => [name.replaceAll("-", "_"), text] as const,
          ),
        );
        expect(examples).toHaveLength(5);
        const complaints = await validateHcl(Object.fromEntries(examples));
        expect(complaints).toEqual(Object.fromEntries(examples.map(([name]) => [name, []])));
      },
      TIMEOUT_MS,
    );

    test.concurrent(
      "refuse values that could not work, each in words of its own",
      async () => {
        const { terraform, write } = await createHclWorkspace(
          callsOf(badValues),
          {},
          // Nothing listens there: no more than the values is needed.
          { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1" },
        );
        const complaints = async () => {
          const { diagnostics } = await errorOf(terraform.plan());
          return diagnostics
            .filter(({ summary }) => summary === "Invalid value for variable")
            .map(({ detail }) => detail);
        };
        const isSaid = ({ message }: BadValue, said: readonly string[]) =>
          said.some((detail) => detail.startsWith(message));
        const first = await complaints();
        // Terraform looks at values together only when each by itself will do.
        const together = badValues.filter((value) => !isSaid(value, first));
        await write(callsOf(together));
        const second = await complaints();
        expect(together.filter((value) => !isSaid(value, second))).toEqual([]);
        expect(first.length + second.length).toBe(badValues.length);
      },
      TIMEOUT_MS,
    );
  },
  awsProviderObstacle,
);

/** A configuration that calls a module with each of the values. */
function callsOf(values: readonly BadValue[]): string {
  const calls = values.map((value) => {
    const providers = /^(native-replication|dms-migration)$/.test(value.module) ? PROVIDERS : "";
    // Under a name that stays: Terraform has it installed already.
    return `module "bad_${badValues.indexOf(value)}" {
  source = "./terraform-modules/${value.module}"
${providers}${value.values}
}
`;
  });
  return `${POSTGRESQL}
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}
provider "postgresql" {
  alias = "publisher"
}
provider "postgresql" {
  alias = "subscriber"
}
${calls.join("")}`;
}

async function inAws(aws: AwsSandbox): Promise<void> {
  await createServers(aws);
  const before = await inventory(aws.endpoint);
  const dms = new DmsClient(aws.endpoint);
  const [source, target] = [aws.server("source"), aws.server("copy")];
  await sql(
    { ...source, user: source.username, database: "shop" },
    "CREATE TABLE order_items (id int PRIMARY KEY); CREATE TABLE log (line text)",
  );
  const configuration = (publisher: string) => `${POSTGRESQL}
${secretVariables("password")}
provider "aws" {
  region = "us-east-1"
}
provider "postgresql" {
  alias     = "publisher"
  host      = "${source.host}"
  port      = ${source.port}
  database  = "shop"
  username  = "dba"
  password  = var.password
  superuser = false
}
provider "postgresql" {
  alias     = "subscriber"
  host      = "${target.host}"
  port      = ${target.port}
  database  = "shop"
  username  = "dba"
  password  = var.password
  superuser = false
}
data "aws_vpc" "default" {
  default = true
}
data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}
data "aws_security_group" "databases" {
  name = "databases"
}
resource "aws_security_group" "subscriber" {
  name   = "subscriber"
  vpc_id = data.aws_vpc.default.id
}

module "publisher" {
  source              = "./terraform-modules/aurora-publisher"
  name                = "shop"
  engine_version      = "16.4"
  vpc_id              = data.aws_vpc.default.id
  subnet_ids          = data.aws_subnets.default.ids
  database_name       = "shop"
  subscribers         = 20
  deletion_protection = false
  skip_final_snapshot = true
  ${publisher}
}

module "cluster_parameters" {
  source                = "./terraform-modules/logical-replication-parameter-group"
  engine                = "aurora-postgresql"
  engine_version        = "17"
  subscribers           = 3
  subscriptions         = 7
  tables_synced_at_once = 4
  dms_tasks             = 2
  parameters = {
    "Work_Mem"                = { value = "65536", apply_method = "immediate" }
    "rds.logical_wal_cache"   = { value = "0" }
    "max_wal_senders"         = { value = "77" }
  }
}
module "instance_parameters" {
  source         = "./terraform-modules/logical-replication-parameter-group"
  engine         = "postgres"
  engine_version = "17.2"
}

module "access" {
  source            = "./terraform-modules/replication-access"
  security_group_id = module.publisher.security_group_id
  port              = module.publisher.port
  peers = {
    subscriber = { security_group_id = aws_security_group.subscriber.id, egress = true }
    vpn        = { cidr_ipv4 = "10.8.0.0/16", description = "VPN" }
    office     = { cidr_ipv6 = "2001:db8::/32" }
  }
}

module "migration" {
  source = "./terraform-modules/dms-migration"
  ${PROVIDERS}
  name             = "moving"
  vpc_id           = data.aws_vpc.default.id
  subnet_ids       = data.aws_subnets.default.ids
  create_dms_roles = true
  publisher = {
    engine            = "aurora-postgresql"
    engine_version    = "10.21"
    host              = "${source.host}"
    port              = ${source.port}
    database          = "shop"
    security_group_id = data.aws_security_group.databases.id
  }
  subscriber = {
    engine            = "postgres"
    engine_version    = "18.1"
    host              = "${target.host}"
    port              = ${target.port}
    database          = "shop"
    security_group_id = data.aws_security_group.databases.id
  }
  shared_security_group = true
  # A task that runs takes the AWS provider two minutes more; that it does, the stack's test proves.
  start_replication_task = false
  table_mappings = {
    selection = [
      { rule_action = "include", schema_name = "public", table_name = "order_items", load_order = 2, filters = [
        { column_name = "id", column_type = "integer", conditions = [
          { operator = "between", start_value = "1", end_value = "10" }, { operator = "eq", value = "77" }] }] },
      { rule_action = "include", schema_name = "public", table_name = "log" },
      { rule_action = "exclude", schema_name = "public", table_name = "tmp_%" },
    ]
    transformation = [
      { rule_target = "schema", rule_action = "rename", schema_name = "public", value = "moved" },
      { name = "key", rule_target = "table", rule_action = "define-primary-key", schema_name = "public", table_name = "log",
        primary_key_def = { name = "log_pkey", columns = ["line"] } },
      { rule_target = "column", rule_action = "add-column", schema_name = "public", table_name = "log", value = "length",
        expression = "length($line)", data_type = { type = "numeric", precision = 10, scale = 0 } },
      { rule_target = "column", rule_action = "replace-prefix", schema_name = "public", table_name = "log",
        column_name = "a_%", value = "c_", old_value = "a_" },
    ]
  }
  task_settings = {
    FullLoadSettings   = { TargetTablePrepMode = "TRUNCATE_BEFORE_LOAD", MaxFullLoadSubTasks = 4 }
    ValidationSettings = { EnableValidation = true }
  }
}

output "publisher" {
  value = module.publisher
}
output "cluster_parameters" {
  value = module.cluster_parameters
}
output "instance_parameters" {
  value = module.instance_parameters
}
output "access" {
  value = module.access
}
output "migration" {
  value = module.migration
}
`;
  const { terraform, outputs, write } = await createHclWorkspace(
    configuration(""),
    { password: MASTER.MasterUserPassword },
    aws.environment,
  );
  await terraform.apply();
  await terraform.expectEmptyPlan();

  const found = (await outputs()) as Record<string, Record<string, unknown>>;
  expect(found["publisher"]).toMatchObject({
    identifier: "shop",
    host: expect.any(String) as string,
    port: 5432,
    database_name: "shop",
    admin_username: "postgres",
    admin_secret_arn: expect.stringContaining("secret") as string,
    security_group_id: expect.stringMatching(/^sg-/) as string,
    engine_version: "16.4",
    parameter_group_name: expect.stringMatching(/^shop-/) as string,
  });
  expect(found["access"]).toEqual({
    ingress_rule_ids: {
      office: expect.any(String) as string,
      subscriber: expect.any(String) as string,
      vpn: expect.any(String) as string,
    },
    egress_rule_ids: { subscriber: expect.any(String) as string },
  });
  expect(found["cluster_parameters"]).toMatchObject({ family: "aurora-postgresql17" });
  expect(found["instance_parameters"]).toMatchObject({ family: "postgres17" });
  await expectParameters(aws, found["publisher"]?.["parameter_group_name"], { subscribers: 20 });
  await expectParameters(aws, found["cluster_parameters"]?.["name"], {
    subscribers: 3,
    subscriptions: 7,
    tablesSyncedAtOnce: 4,
    dmsTasks: 2,
    parameters: {
      Work_Mem: { value: 65536, applyMethod: "immediate" },
      "rds.logical_wal_cache": 0,
      max_wal_senders: 77,
    },
  });
  expect(found["cluster_parameters"]?.["static_parameters"]).toMatchObject({ max_wal_senders: "77" });
  expect(found["cluster_parameters"]?.["static_parameters"]).not.toHaveProperty("work_mem");
  expect(found["instance_parameters"]?.["static_parameters"]).toEqual(
    Object.fromEntries(replicationParameters({}).map(({ name, value }) => [name, value])),
  );

  const { migration } = found;
  expect(migration).toMatchObject({ tables_without_primary_key: ["public.log"] });
  const task = await dms.settled(String(migration?.["replication_task_arn"]));
  expect(task).toMatchObject({ Status: "ready", MigrationType: "full-load-and-cdc" });
  const { TableMappings: mappings, ReplicationTaskSettings: settings } = task as typeof task & {
    readonly TableMappings: string;
  };
  expect(JSON.parse(mappings)).toEqual(
    JSON.parse(
      tableMappingsJson({
        selection: [
          {
            ruleAction: "include",
            schemaName: "public",
            tableName: "order_items",
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
            ],
          },
          { ruleAction: "include", schemaName: "public", tableName: "log" },
          { ruleAction: "exclude", schemaName: "public", tableName: "tmp_%" },
        ],
        transformation: [
          { ruleTarget: "schema", ruleAction: "rename", schemaName: "public", value: "moved" },
          {
            name: "key",
            ruleTarget: "table",
            ruleAction: "define-primary-key",
            schemaName: "public",
            tableName: "log",
            primaryKeyDef: { name: "log_pkey", columns: ["line"] },
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
        ],
      }),
    ),
  );
  const { Logging: logging, ...others } = JSON.parse(
    taskSettingsJson({
      controlTablesSettings: { controlSchema: "awsdms" },
      fullLoadSettings: { targetTablePrepMode: "TRUNCATE_BEFORE_LOAD", maxFullLoadSubTasks: 4 },
      validationSettings: { enableValidation: true },
    }),
  ) as { Logging: object };
  expect(logging).toMatchObject({ EnableLogging: true });
  expect(JSON.parse(settings)).toMatchObject(others);

  await write(configuration("readers = 2"));
  const { changes } = await terraform.plan("-refresh=false");
  expect(
    Object.entries(changes).map(([address, { actions, after }]) => [address, actions, after?.["identifier"]]),
  ).toEqual([
    [expect.stringMatching(/reader.*\[0\]$/), ["create"], "shop-2"],
    [expect.stringMatching(/reader.*\[1\]$/), ["create"], "shop-3"],
  ]);
  await terraform.destroy();
  // RDS makes its default groups by itself.
  const left = (await inventory(aws.endpoint)).filter((name) => !before.includes(name));
  expect(left).toEqual([expect.stringMatching(/^parameter group default\./)]);
  expect(await dms.send("DescribeReplicationInstances")).toMatchObject({ ReplicationInstances: [] });
}

/** That RDS has what the construct of the same properties would have asked for. */
async function expectParameters(
  aws: AwsSandbox,
  group: unknown,
  props: Parameters<typeof replicationParameters>[0],
): Promise<void> {
  const { Parameters: parameters = [] } = await rdsClient(aws.endpoint).send(
    new DescribeDBClusterParametersCommand({ DBClusterParameterGroupName: String(group), Source: "user" }),
  );
  const set = parameters.map(({ ParameterName: name, ParameterValue: value, ApplyMethod: applyMethod }) => ({
    name,
    value,
    applyMethod,
  }));
  expect(set.sort((one, other) => (String(one.name) < String(other.name) ? -1 : 1))).toEqual(
    replicationParameters(props),
  );
}

/** An Aurora cluster that replicates, and an RDS instance: of majors on which the master user may do what DMS needs. */
async function createServers({ endpoint }: AwsSandbox): Promise<void> {
  const rds = rdsClient(endpoint);
  const group = { DBClusterParameterGroupName: "logical" };
  await rds.send(
    new CreateDBClusterParameterGroupCommand({
      ...group,
      DBParameterGroupFamily: "aurora-postgresql10",
      Description: "of a test",
    }),
  );
  const logical = { ParameterName: "rds.logical_replication", ParameterValue: "1" };
  await rds.send(
    new ModifyDBClusterParameterGroupCommand({
      ...group,
      Parameters: [{ ...logical, ApplyMethod: "pending-reboot" }],
    }),
  );
  const subnets = (await ec2(endpoint, "DescribeSubnets")).match(/subnet-[0-9a-f]+/g);
  const place = { DBSubnetGroupName: "databases" };
  await rds.send(
    new CreateDBSubnetGroupCommand({
      ...place,
      DBSubnetGroupDescription: "of a test",
      SubnetIds: [...new Set(subnets)],
    }),
  );
  const settings = {
    ...place,
    ...MASTER,
    VpcSecurityGroupIds: [await createSecurityGroup(endpoint)],
  };
  await rds.send(
    new CreateDBClusterCommand({
      ...group,
      ...settings,
      DBClusterIdentifier: "source",
      Engine: "aurora-postgresql",
      EngineVersion: "10.21",
      DatabaseName: "shop",
    }),
  );
  const instance = { DBInstanceClass: "db.r5.large" };
  await rds.send(
    new CreateDBInstanceCommand({
      ...instance,
      DBInstanceIdentifier: "source-1",
      DBClusterIdentifier: "source",
      Engine: "aurora-postgresql",
    }),
  );
  await rds.send(
    new CreateDBInstanceCommand({
      ...instance,
      ...settings,
      DBInstanceIdentifier: "copy",
      Engine: "postgres",
      EngineVersion: "18.1",
      DBName: "shop",
      AllocatedStorage: 20,
    }),
  );
}

function provider(alias: string, { server, name }: TestDatabase): string {
  return `provider "postgresql" {
  alias    = "${alias}"
  host     = "${server.host}"
  port     = ${server.port}
  database = "${name}"
  username = "${server.username}"
  password = var.${alias}_password
  sslmode  = "disable"
}`;
}
