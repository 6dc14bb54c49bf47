import { Testing } from "cdktf";
import { NativeReplicationStack } from "../../stacks/native-replication";
import { DmsMigrationStack, type DmsMigrationStackProps } from "../../stacks/dms-migration";

type Attributes = Readonly<Record<string, unknown>>;
type Blocks = Readonly<Record<string, Readonly<Record<string, Attributes>>>>;

interface Synthesized {
  readonly resource: Blocks;
  readonly data: Blocks;
  readonly ephemeral: Blocks;
  readonly output: Readonly<Record<string, Attributes>>;
  readonly provider: { readonly aws: Attributes[]; readonly postgresql: Attributes[] };
  readonly terraform: unknown;
}

const publisher = { kind: "cluster", clusterIdentifier: "orders", databaseName: "app" } as const;
const subscriber = { kind: "instance", dbInstanceIdentifier: "copy", databaseName: "warehouse" } as const;
const ofPublic = { ruleAction: "include", schemaName: "public", tableName: "%" } as const;

function synth(props: Partial<DmsMigrationStackProps> = {}): Synthesized {
  const stack = new DmsMigrationStack(Testing.app(), "dms", {
    publisher,
    subscriber,
    tableMappings: { selection: [ofPublic] },
    dmsRoles: "create",
    ...props,
  });
  return JSON.parse(Testing.synth(stack, true)) as Synthesized;
}

function addresses(blocks: Blocks | undefined, ...types: string[]): string[] {
  return types.flatMap((type) => Object.keys(blocks?.[type] ?? {}).map((id) => `${type}.${id}`));
}

/** The only block of a type, or the only one whose ID has a part. */
function only(blocks: Blocks | undefined, type: string, part = ""): Attributes {
  const found = Object.entries(blocks?.[type] ?? {}).filter(([id]) => id.includes(part));
  if (found.length !== 1) {
    throw new Error(`${found.length} of ${type} ${part}`);
  }
  return found[0]?.[1] ?? {};
}

/** Whether one resource stays until another one is gone: the other one refers to it, directly or not. */
function outlives(resource: Blocks, stays: string, goes: string): boolean {
  const [type = "", id = ""] = goes.split(".");
  const text = JSON.stringify(resource[type]?.[id] ?? {});
  const named = Object.entries(resource).flatMap(([kind, blocks]) =>
    Object.keys(blocks)
      .map((block) => `${kind}.${block}`)
      .filter((address) => new RegExp(`\\b${address}\\b`).test(text) && address !== goes),
  );
  return named.some((address) => address === stays || outlives(resource, stays, address));
}

const text = (pattern: RegExp) => expect.stringMatching(pattern) as unknown;

test("the replication instance is where the publisher is, and in a group that both servers let in", () => {
  const { resource, data } = synth();
  expect(Object.keys(data)).toEqual(
    expect.arrayContaining(["aws_rds_cluster", "aws_db_instance", "aws_db_subnet_group"]),
  );
  expect(only(resource, "aws_dms_replication_instance")).toMatchObject({
    replication_instance_id: "dms-migration",
    availability_zone: text(/data\.aws_db_instance\.publisher_writer\w*\.availability_zone/),
    vpc_security_group_ids: [
      text(/data\.aws_rds_cluster\.publisher_cluster\w*\.vpc_security_group_ids/),
      text(/aws_security_group\.replication_instance_group\w*\.id/),
    ],
    multi_az: false,
    publicly_accessible: false,
  });
  expect(only(resource, "aws_dms_replication_subnet_group")).toMatchObject({
    subnet_ids: text(/data\.aws_db_subnet_group\.publisher_subnet_group\w*\.subnet_ids/),
  });
  expect(only(resource, "aws_security_group")).toMatchObject({
    vpc_id: text(/data\.aws_db_subnet_group\.publisher_subnet_group\w*\.vpc_id/),
  });
  const group = text(/aws_security_group\.replication_instance_group\w*\.id/);
  for (const [role, server] of [
    ["publisher", "aws_rds_cluster"],
    ["subscriber", "aws_db_instance"],
  ] as const) {
    const ofServer = text(new RegExp(`data\\.${server}\\.${role}_\\w+\\.vpc_security_group`));
    expect(only(resource, "aws_vpc_security_group_ingress_rule", role)).toMatchObject({
      security_group_id: ofServer,
      referenced_security_group_id: group,
      from_port: text(new RegExp(`data\\.${server}\\.${role}_\\w+\\.port`)),
    });
  }
  const subnets = JSON.stringify(only(data, "aws_db_subnet_group", "subscriber")["lifecycle"]);
  expect(subnets).toContain("must be in the same VPC");
});

test("servers that share a group let others in by one rule, which AWS would refuse to make twice", () => {
  const { resource } = synth({ administrators: { vpn: { cidrIpv4: "10.8.0.0/16" } } });
  const rules = Object.entries(resource["aws_vpc_security_group_ingress_rule"] ?? {});
  expect(rules).toHaveLength(4);
  for (const [id, { count }] of rules) {
    if (id.startsWith("publisher")) {
      expect(count).toBeUndefined();
    } else {
      expect(count).toMatch(/publisher_.*group.*==.*subscriber_.*group.*&&.*port.*==.*port.*\? 0 : 1\}$/);
    }
  }
});

test("servers of the native stack are found without its state", () => {
  const app = Testing.app();
  const native = new NativeReplicationStack(app, "native", {
    name: "shop",
    publisher: { kind: "new-cluster", engineVersion: "17.5", readers: 1 },
    subscriber: {
      kind: "existing-instance",
      dbInstanceIdentifier: "copy",
      databaseName: "warehouse",
      adminUsername: "dba",
    },
  });
  if (native.subscriber === undefined) {
    throw new Error("the native stack has no subscriber");
  }
  const dms = new DmsMigrationStack(app, "dms", {
    publisher: native.publisher,
    subscriber: native.subscriber,
    tableMappings: { selection: [ofPublic] },
    dmsRoles: "create",
  });
  dms.prepareStack();
  const { data, provider } = JSON.parse(Testing.synth(dms, true)) as Synthesized;
  expect(only(data, "aws_rds_cluster")).toMatchObject({ cluster_identifier: "shop-publisher" });
  expect(only(data, "aws_db_instance", "writer")).toMatchObject({
    db_instance_identifier: "shop-publisher-1",
  });
  expect(only(data, "aws_db_instance", "subscriber")).toMatchObject({ db_instance_identifier: "copy" });
  expect(provider.postgresql).toMatchObject([
    { database: "postgres" },
    { database: "warehouse", username: "dba" },
  ]);
  expect(data).not.toHaveProperty("terraform_remote_state");
  expect(dms.dependencies).toEqual([]);
});

test("a standby's zones are DMS's choice", () => {
  const { resource } = synth({ replicationInstance: { multiAz: true, allocatedStorage: 100 } });
  const instance = only(resource, "aws_dms_replication_instance");
  expect(instance).toMatchObject({ multi_az: true, allocated_storage: 100 });
  expect(instance).not.toHaveProperty("availability_zone");
});

describe("DMS's users", () => {
  const grants = (resource: Blocks, end: "source" | "target") =>
    Object.entries(resource["postgresql_grant"] ?? {})
      .filter(([id]) => id.startsWith(`${end}_user`))
      .map(([, { object_type, privileges, schema, objects, for_each }]) => ({
        object_type,
        privileges,
        schema,
        objects,
        for_each,
      }));

  test("may read the migrated tables of the publisher, and make and fill tables at the subscriber, and nothing else", () => {
    const { resource } = synth();
    expect(only(resource, "postgresql_role", "source")).toMatchObject({
      provider: "postgresql.publisher",
      name: "dms_migration_source",
      login: true,
      roles: ["rds_replication"],
    });
    const target = only(resource, "postgresql_role", "target");
    expect(target).toMatchObject({ provider: "postgresql.subscriber", name: "dms_migration_target" });
    expect(target).not.toHaveProperty("roles");

    const ownSchema = (end: string) => text(new RegExp(`^\\$\\{postgresql_schema\\.${end}_user_own_schema`));
    const inPublic = { schema: "${each.value}", for_each: '${toset(["public"])}' };
    expect(grants(resource, "source")).toEqual([
      { object_type: "database", privileges: ["CONNECT"] },
      { object_type: "schema", privileges: ["CREATE", "USAGE"], schema: ownSchema("source") },
      { object_type: "schema", privileges: ["USAGE"], ...inPublic },
      {
        object_type: "table",
        privileges: ["SELECT"],
        schema: "${each.key}",
        objects: "${each.value}",
        for_each: { public: [] },
      },
    ]);
    expect(grants(resource, "target")).toEqual([
      { object_type: "database", privileges: ["CONNECT", "CREATE"] },
      { object_type: "schema", privileges: ["CREATE", "USAGE"], schema: ownSchema("target") },
      { object_type: "schema", privileges: ["CREATE", "USAGE"], ...inPublic },
      {
        object_type: "table",
        privileges: ["DELETE", "INSERT", "SELECT", "TRUNCATE", "UPDATE"],
        schema: "${each.key}",
        objects: "${each.value}",
        for_each: {},
      },
    ]);
  });

  test("get privileges on what is selected and on what exists, schema by schema", () => {
    const { resource } = synth({
      tableMappings: {
        selection: [
          { ruleAction: "explicit", schemaName: "sales", tableName: "orders" },
          { ruleAction: "include", schemaName: "sales", tableName: "items" },
          { ruleAction: "include", schemaName: "hr", tableName: "emp%" },
          { ruleAction: "include", schemaName: "hr", tableName: "staff" },
          { ruleAction: "exclude", schemaName: "secret", tableName: "%" },
        ],
      },
      subscriber: { ...subscriber, existingTables: { sales: ["orders"], hr: [] } },
    });
    const tables = { sales: ["orders", "items"], hr: [] };
    expect(grants(resource, "source")).toMatchObject([
      {},
      {},
      { for_each: '${toset(["sales", "hr"])}' },
      { for_each: tables },
    ]);
    expect(grants(resource, "target")).toMatchObject([
      {},
      {},
      { for_each: '${toset(["sales", "hr"])}' },
      { for_each: { sales: ["orders"] } },
    ]);
  });

  test("have their passwords from Secrets Manager, where DMS finds the servers too", () => {
    const { resource, ephemeral, output, provider } = synth({ passwordVersion: 2 });
    const password =
      /^\$\{jsondecode\(ephemeral\.aws_secretsmanager_secret_version\.\w+\.secret_string\)\.password\}$/;
    for (const [end, database] of [
      ["source", "app"],
      ["target", "warehouse"],
    ] as const) {
      expect(only(resource, "postgresql_role", end)).toMatchObject({
        password_wo: text(password),
        password_wo_version: "2",
      });
      const version = only(resource, "aws_secretsmanager_secret_version", end);
      expect(version).toMatchObject({ secret_string_wo_version: 2 });
      for (const member of [
        `"username" = "dms_migration_${end}"`,
        "host",
        "port",
        `"dbname" = "${database}"`,
      ]) {
        expect(version["secret_string_wo"]).toContain(member);
      }
      expect(only(resource, "aws_dms_endpoint", end)).toMatchObject({
        database_name: database,
        secrets_manager_arn: text(new RegExp(`aws_secretsmanager_secret\\.${end}_secret`)),
      });
    }
    for (const { password: given } of provider.postgresql) {
      expect(given).toMatch(password);
    }
    expect(addresses(ephemeral, "aws_secretsmanager_secret_version")).toHaveLength(4);
    expect(JSON.stringify(output)).not.toContain("ephemeral");
  });
});

test("DDL is captured in a schema of DMS's own, which the source endpoint names", () => {
  const { resource, output } = synth();
  expect(only(resource, "postgresql_dms_source")).toMatchObject({
    provider: "postgresql.publisher",
    database: "app",
    schema: text(/^\$\{postgresql_schema\.source_user_own_schema/),
    username: text(/^\$\{postgresql_role\.source_user_role/),
  });
  expect(only(resource, "postgresql_schema", "source")).toMatchObject({
    name: "awsdms",
    if_not_exists: false,
    drop_cascade: true,
  });
  expect(only(resource, "aws_dms_endpoint", "source")).toMatchObject({
    engine_name: "aurora-postgresql",
    ssl_mode: "require",
    postgres_settings: {
      capture_ddls: true,
      ddl_artifacts_schema: "awsdms",
      heartbeat_enable: true,
      heartbeat_schema: "awsdms",
    },
  });
  expect(output["tables_without_primary_key"]).toMatchObject({
    value: text(/postgresql_dms_source\.\w+\.tables_without_primary_key/),
  });
});

test("a task that follows no changes needs neither replication nor the capture of DDL at the publisher", () => {
  const { resource, output } = synth({ migrationType: "full-load" });
  expect(addresses(resource, "postgresql_dms_source")).toEqual([]);
  expect(only(resource, "postgresql_role", "source")).not.toHaveProperty("roles");
  expect(only(resource, "aws_dms_endpoint", "source")).toMatchObject({
    postgres_settings: { capture_ddls: false, heartbeat_enable: false },
  });
  expect(Object.keys(output)).not.toContain("tables_without_primary_key");
  const alarms = addresses(resource, "aws_cloudwatch_metric_alarm");
  expect(alarms).toEqual([text(/latency_source/), text(/latency_target/)]);
});

test("DDL is not captured when the publisher's settings say so", () => {
  const { resource } = synth({ publisher: { ...publisher, settings: { captureDdls: false } } });
  expect(addresses(resource, "postgresql_dms_source")).toEqual([]);
  expect(only(resource, "aws_dms_endpoint", "source")).toMatchObject({
    postgres_settings: { capture_ddls: false, heartbeat_enable: true },
  });
});

test("the task loads and follows, leaves what the subscriber has alone, and keeps its own tables apart", () => {
  const { resource } = synth();
  const task = only(resource, "aws_dms_replication_task");
  expect(task).toMatchObject({
    replication_task_id: "dms-migration",
    migration_type: "full-load-and-cdc",
    start_replication_task: true,
  });
  expect(JSON.parse(String(task["replication_task_settings"]))).toMatchObject({
    FullLoadSettings: { TargetTablePrepMode: "DO_NOTHING" },
    ControlTablesSettings: { ControlSchema: "awsdms" },
  });
  expect(JSON.parse(String(task["table_mappings"]))).toMatchObject({
    rules: [{ "object-locator": { "schema-name": "public", "table-name": "%" }, "rule-action": "include" }],
  });
});

test("changes alone may be followed from a slot's position on", () => {
  const { resource } = synth({
    migrationType: "cdc",
    cdcStartPosition: "4AF/B00000D0",
    publisher: { ...publisher, settings: { slotName: "mine" } },
  });
  expect(only(resource, "aws_dms_replication_task")).toMatchObject({
    migration_type: "cdc",
    cdc_start_position: "4AF/B00000D0",
  });
  expect(only(resource, "aws_dms_endpoint", "source")).toMatchObject({
    postgres_settings: { slot_name: "mine" },
  });
});

test("it is taken down from the task to the roles", () => {
  const { resource } = synth({ administrators: { vpn: { cidrIpv4: "10.8.0.0/16" } } });
  const [task = ""] = addresses(resource, "aws_dms_replication_task");
  const before = (stays: readonly string[], goes: string) =>
    stays.filter((address) => !outlives(resource, address, goes));
  const endpoints = addresses(resource, "aws_dms_endpoint");
  const instance = addresses(resource, "aws_dms_replication_instance");
  const capture = addresses(resource, "postgresql_dms_source");
  const [sourceEndpoint = "", targetEndpoint = ""] = endpoints;
  expect(before([...endpoints, ...instance, ...capture], task)).toEqual([]);
  expect(before(addresses(resource, "aws_cloudwatch_log_group"), task)).toEqual([]);
  expect(before(capture, sourceEndpoint)).toEqual([]);
  const of = (end: string) =>
    addresses(resource, "postgresql_role", "postgresql_schema", "postgresql_grant").filter((address) =>
      address.includes(`.${end}_user`),
    );
  expect(of("source")).toHaveLength(6);
  expect(before(of("source"), capture[0] ?? "")).toEqual([]);
  expect(before(of("target"), targetEndpoint)).toEqual([]);
  // Without the rule, the roles could not be dropped.
  const rules = addresses(resource, "aws_vpc_security_group_ingress_rule");
  for (const role of addresses(resource, "postgresql_role")) {
    const side = role.includes("source") ? "publisher" : "subscriber";
    const rule = rules.filter((address) => address.includes(`${side}_administrators`));
    expect(rule).toHaveLength(1);
    expect(before(rule, role)).toEqual([]);
  }
  expect(
    before(
      [
        ...addresses(resource, "aws_iam_role_policy_attachment"),
        ...rules.filter((address) => address.includes("ingress_dms")),
      ],
      instance[0] ?? "",
    ),
  ).toEqual([]);
});

test("connections are verified with RDS's certificates", () => {
  const { resource } = synth({ certificatePem: "-----BEGIN CERTIFICATE-----" });
  for (const end of ["source", "target"]) {
    expect(only(resource, "aws_dms_endpoint", end)).toMatchObject({
      ssl_mode: "verify-full",
      certificate_arn: text(new RegExp(`aws_dms_certificate\\.${end}`)),
    });
  }
});

test("it is watched, unless it is not wanted", () => {
  const watching = [
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_log_group",
    "aws_cloudwatch_dashboard",
  ];
  const { resource } = synth({
    monitoring: { alarmActions: ["arn:aws:sns:eu-central-1:123456789012:dms"], latencySourceSeconds: 60 },
  });
  expect(addresses(resource, ...watching)).toHaveLength(8);
  expect(only(resource, "aws_cloudwatch_metric_alarm", "latency_source")).toMatchObject({ threshold: 60 });
  expect(only(resource, "aws_cloudwatch_log_group")).toMatchObject({ retention_in_days: 30 });
  expect(addresses(synth({ monitoring: false }).resource, ...watching)).toEqual([]);
});

test("its identifiers are outputs", () => {
  expect(Object.keys(synth().output).sort()).toEqual([
    "replication_instance_arn",
    "replication_task_arn",
    "source_endpoint_arn",
    "source_secret_arn",
    "tables_without_primary_key",
    "target_endpoint_arn",
    "target_secret_arn",
  ]);
});

test("an administrator's secret may be given for a server whose password RDS does not manage", () => {
  const given = synth({
    publisher: { ...publisher, adminSecretArn: "arn:aws:secretsmanager:admin", adminUsername: "dba" },
  });
  expect(JSON.stringify(given.ephemeral)).toContain('"secret_id":"arn:aws:secretsmanager:admin"');
  expect(given.provider.postgresql[0]).toMatchObject({ username: "dba" });
  const managed = /has no master password that RDS manages/;
  expect(JSON.stringify(only(given.data, "aws_rds_cluster"))).not.toMatch(managed);
  expect(JSON.stringify(only(synth().data, "aws_rds_cluster"))).toMatch(managed);
});

test("no release of the AWS provider is pinned", () => {
  expect(synth().terraform).toMatchObject({
    required_version: ">= 1.11.0",
    required_providers: { aws: { version: ">= 5.100.0, < 7.0.0" } },
  });
});

test.each<[string, Partial<DmsMigrationStackProps>, RegExp]>([
  ["a name that no task can have", { name: "Orders_1" }, /^name must consist of .* Got "Orders_1"\./],
  [
    "a reader endpoint",
    {
      publisher: { ...publisher, clusterIdentifier: "orders.cluster-ro-abc.eu-central-1.rds.amazonaws.com" },
    },
    /^clusterIdentifier must be an identifier .*An endpoint is not an identifier/,
  ],
  [
    "all schemas",
    { tableMappings: { selection: [{ ...ofPublic, schemaName: "%" }] } },
    /^tableMappings\.selection must include each schema by its name, .* Got "%"\.$/,
  ],
  [
    "DMS's own schema",
    { tableMappings: { selection: [{ ...ofPublic, schemaName: "awsdms" }] } },
    /^tableMappings\.selection must not include the schema "awsdms"/,
  ],
  [
    "no tables",
    { tableMappings: { selection: [] } },
    /^tableMappings\.selection must have at least one rule/,
  ],
])("%s is refused at synth", (_, props, message) => {
  expect(() => synth(props)).toThrow(message);
});
