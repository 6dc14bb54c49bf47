import { Testing } from "cdktf";
import {
  NativeReplicationStack,
  type NativeReplicationStackProps,
  type PublisherProps,
  type SubscriberProps,
} from "../../stacks/native-replication";

type Attributes = Readonly<Record<string, unknown>>;
type Blocks = Readonly<Record<string, Readonly<Record<string, Attributes>>>>;

interface Synthesized {
  readonly resource: Blocks;
  readonly data?: Blocks;
  readonly ephemeral: Blocks;
  readonly output: Readonly<Record<string, Attributes>>;
  readonly provider: { readonly aws: Attributes[]; readonly postgresql: Attributes[] };
  readonly terraform: unknown;
}

const newPublisher: PublisherProps = { kind: "new-cluster", engineVersion: "17.5" };
const existingPublisher: PublisherProps = {
  kind: "existing-cluster",
  clusterIdentifier: "orders",
  databaseName: "app",
};
const application: SubscriberProps = { kind: "application", peer: { cidrIpv4: "10.0.0.0/16" } };
const subscribers: Record<SubscriberProps["kind"], SubscriberProps> = {
  "new-cluster": { kind: "new-cluster", engineVersion: "17.5" },
  "existing-cluster": { kind: "existing-cluster", clusterIdentifier: "copy", databaseName: "app" },
  "new-instance": { kind: "new-instance", engineVersion: "17.5" },
  "existing-instance": { kind: "existing-instance", dbInstanceIdentifier: "copy", databaseName: "app" },
  application,
};

function synth(props: Partial<NativeReplicationStackProps> = {}): Synthesized {
  const stack = new NativeReplicationStack(Testing.app(), "native", {
    tables: ["public.orders"],
    publisher: newPublisher,
    subscriber: subscribers["new-instance"],
    ...props,
  });
  return JSON.parse(Testing.synth(stack, true)) as Synthesized;
}

function addresses(blocks: Blocks | undefined, ...types: string[]): string[] {
  return types.flatMap((type) => Object.keys(blocks?.[type] ?? {}).map((id) => `${type}.${id}`));
}

function only(blocks: Blocks | undefined, type: string): Attributes {
  const found = Object.values(blocks?.[type] ?? {});
  if (found.length !== 1) {
    throw new Error(`${found.length} of ${type}`);
  }
  return found[0] ?? {};
}

describe.each([
  ["new", newPublisher],
  ["existing", existingPublisher],
])("from a %s publisher", (_, publisher) => {
  test.each(Object.entries(subscribers))("to a subscriber that is a %s", (kind, subscriber) => {
    const { resource, provider, output } = synth({ publisher, subscriber });
    const sides = kind === "application" ? ["publisher"] : ["publisher", "subscriber"];
    expect(provider.postgresql.map(({ alias }) => alias)).toEqual(sides);
    // A server's settings are made live before anything of the replication is made there.
    const settings = addresses(resource, "postgresql_rds_logical_replication");
    expect(settings).toHaveLength(sides.length);
    const ofPublisher = settings.find((address) => address.includes("publisher"));
    expect(only(resource, "postgresql_role")["depends_on"]).toContain(ofPublisher);
    expect(only(resource, "postgresql_publication")["depends_on"]).toContain(ofPublisher);
    if (kind === "application") {
      expect(only(resource, "postgresql_replication_slot")["depends_on"]).toContain(ofPublisher);
      expect(Object.keys(output)).toContain("application");
    } else {
      const ofSubscriber = settings.find((address) => address.includes("subscriber"));
      for (const type of [
        "postgresql_replicated_schema",
        "postgresql_subscription",
        "postgresql_initial_sync",
      ]) {
        expect(only(resource, type)["depends_on"]).toContain(ofSubscriber);
      }
      expect(Object.keys(output)).toEqual(expect.arrayContaining(["replication_status", "row_counts"]));
    }
  });
});

test("passwords are read by each run and written down by none", () => {
  const { resource, provider, output, ephemeral } = synth();
  const secret =
    /^\$\{jsondecode\(ephemeral\.aws_secretsmanager_secret_version\.\w+\.secret_string\)\.password\}$/;
  for (const { password } of provider.postgresql) {
    expect(password).toMatch(secret);
  }
  for (const type of ["postgresql_role", "postgresql_replicated_schema", "postgresql_subscription"]) {
    expect(only(resource, type)).toMatchObject({
      password_wo: expect.stringMatching(secret) as unknown,
      password_wo_version: "1",
    });
  }
  expect(addresses(ephemeral, "aws_secretsmanager_secret_version")).toHaveLength(3);
  expect(JSON.stringify(output)).not.toContain("ephemeral");
});

test("a higher password version is written to both servers and to Secrets Manager", () => {
  const { resource } = synth({ passwordVersion: 2 });
  expect(only(resource, "aws_secretsmanager_secret_version")).toMatchObject({ secret_string_wo_version: 2 });
  expect(only(resource, "postgresql_role")).toMatchObject({ password_wo_version: "2" });
  expect(only(resource, "postgresql_subscription")).toMatchObject({ password_wo_version: "2" });
});

test("the publisher lets in the subscriber, by its security group, and the administrators, and nobody else", () => {
  const { resource } = synth({ administrators: { vpn: { cidrIpv4: "10.8.0.0/16" } } });
  const rules = Object.entries(resource["aws_vpc_security_group_ingress_rule"] ?? {});
  const ofPublisher = rules.filter(([, rule]) => String(rule["security_group_id"]).includes("publisher"));
  const ofSubscriber = rules.filter(([, rule]) => String(rule["security_group_id"]).includes("subscriber"));
  expect(rules).toHaveLength(ofPublisher.length + ofSubscriber.length);
  expect(ofPublisher.map(([, rule]) => rule)).toEqual([
    expect.objectContaining({ cidr_ipv4: "10.8.0.0/16", from_port: 5432, to_port: 5432 }),
    expect.objectContaining({
      referenced_security_group_id: expect.stringContaining("subscriber") as unknown,
    }),
  ]);
  expect(ofSubscriber.map(([, rule]) => rule)).toEqual([
    expect.objectContaining({ cidr_ipv4: "10.8.0.0/16" }),
  ]);
  const route = addresses(
    resource,
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
  );
  expect(only(resource, "postgresql_subscription")["depends_on"]).toEqual(
    expect.arrayContaining(route.filter((address) => /publisher_ingress|subscriber_egress/.test(address))),
  );
});

test("a subscriber that was there before keeps its own rules for what goes out", () => {
  const { resource } = synth({ subscriber: subscribers["existing-instance"] });
  expect(addresses(resource, "aws_vpc_security_group_egress_rule")).toEqual([]);
});

test("an application gets a slot and all that it has to be told, and is let in from where it is", () => {
  const { resource, output } = synth({ name: "orders-feed", subscriber: application });
  expect(only(resource, "postgresql_replication_slot")).toMatchObject({
    name: "orders_feed",
    plugin: "pgoutput",
  });
  expect(only(resource, "aws_vpc_security_group_ingress_rule")).toMatchObject({ cidr_ipv4: "10.0.0.0/16" });
  expect(output["application"]).toMatchObject({
    value: {
      dbname: "postgres",
      user: expect.stringContaining("postgresql_role") as unknown,
      secret_arn: expect.stringContaining("aws_secretsmanager_secret.") as unknown,
      publication: expect.stringContaining("postgresql_publication") as unknown,
      slot_name: expect.stringContaining("postgresql_replication_slot") as unknown,
      sslmode: "require",
    },
  });
});

test("new servers are in the default VPC unless another one is named; existing ones need none", () => {
  expect(only(synth().data, "aws_vpc")).toEqual({ default: true });
  const named = synth({ vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] });
  expect(addresses(named.data, "aws_vpc", "aws_subnets")).toEqual([]);
  const existing = synth({ publisher: existingPublisher, subscriber: subscribers["existing-instance"] });
  expect(addresses(existing.data, "aws_vpc", "aws_subnets")).toEqual([]);
});

test("existing servers that share a group let the administrators in by one rule, which AWS would refuse to make twice", () => {
  const counts = (props: Partial<NativeReplicationStackProps>) => {
    const { resource } = synth({ administrators: { vpn: { cidrIpv4: "10.8.0.0/16" } }, ...props });
    const rules = Object.entries(resource["aws_vpc_security_group_ingress_rule"] ?? {});
    return rules.filter(([, { count }]) => count !== undefined);
  };
  expect(counts({ publisher: existingPublisher, subscriber: subscribers["existing-instance"] })).toEqual([
    [
      expect.stringMatching(/^subscriber_administrators/),
      expect.objectContaining({ count: expect.stringMatching(/==.*&&.*==.*\? 0 : 1\}$/) as unknown }),
    ],
  ]);
  // A new server has a group of its own, and Terraform does not know yet which one.
  expect(counts({ publisher: existingPublisher })).toEqual([]);
  expect(counts({ subscriber: subscribers["existing-instance"] })).toEqual([]);
});

test("the publisher's slots are watched, unless it is not wanted", () => {
  const watching = ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_dashboard"];
  for (const publisher of [newPublisher, existingPublisher]) {
    const { resource } = synth({ name: "orders", publisher, monitoring: { oldestSlotLagBytes: 1024 } });
    expect(addresses(resource, ...watching)).toHaveLength(4);
    const alarms = Object.values(resource["aws_cloudwatch_metric_alarm"] ?? {});
    expect(alarms).toContainEqual(
      expect.objectContaining({
        alarm_name: "orders-oldest-slot-lag",
        threshold: 1024,
        dimensions: {
          DBClusterIdentifier: expect.stringContaining("publisher_cluster") as unknown,
          Role: "WRITER",
        },
      }),
    );
  }
  expect(addresses(synth({ monitoring: false }).resource, ...watching)).toEqual([]);
});

test.each<[PublisherProps | SubscriberProps, object | undefined]>([
  [newPublisher, { kind: "cluster", clusterIdentifier: "shop-subscriber", databaseName: "postgres" }],
  [
    { kind: "new-instance", engineVersion: "17.5", databaseName: "app" },
    { kind: "instance", dbInstanceIdentifier: "shop-subscriber", databaseName: "app" },
  ],
  [existingPublisher, { kind: "cluster", clusterIdentifier: "orders", databaseName: "app" }],
  [
    { ...existingPublisher, securityGroupId: "sg-1", adminSecretArn: "arn:aws:x", adminUsername: "dba" },
    expect.objectContaining({
      securityGroupId: "sg-1",
      adminSecretArn: "arn:aws:x",
      adminUsername: "dba",
    }) as object,
  ],
  [application, undefined],
])("the DMS stack can be told of a server %j", (subscriber, reference) => {
  const props = { name: "shop", publisher: newPublisher, subscriber };
  expect(new NativeReplicationStack(Testing.app(), "native", props).subscriber).toEqual(reference);
});

test("what changes with every row is in no output", () => {
  const { output, data } = synth();
  expect(JSON.stringify(output)).not.toMatch(/lsn|bytes|active|running|error_count/);
  expect(addresses(data, "postgresql_table_comparison")).toEqual([]);
});

test("the state of the first copy is an output only when the deployment waits for its end", () => {
  const states = (waitForInitialSync: boolean): unknown =>
    (synth({ waitForInitialSync }).output["replication_status"] as { value: object }).value;
  expect(states(true)).toMatchObject({
    initial_sync_done: expect.stringMatching(/^\$\{data\.\w+\.\w+\.initial_sync_done\}$/) as unknown,
    tables: expect.stringMatching(/^\$\{\{for table in /) as unknown,
  });
  expect(states(false)).toMatchObject({
    initial_sync_done: expect.stringMatching(/^\$\{false \? .* : null\}$/) as unknown,
    tables: expect.stringMatching(/^\$\{false \? .* : null\}$/) as unknown,
  });
});

test("the rows of both sides are counted after the first copy, and again with another version", () => {
  for (const [rowCountVersion, version] of [
    [undefined, "1"],
    ["2", "2"],
  ] as const) {
    const { resource } = synth({ ...(rowCountVersion && { rowCountVersion }) });
    const counts = Object.values(resource["postgresql_row_count"] ?? {});
    expect(counts).toHaveLength(2);
    for (const count of counts) {
      expect(count).toMatchObject({ triggers: { version } });
      expect(count["depends_on"]).toContain(addresses(resource, "postgresql_initial_sync")[0]);
    }
  }
});

test("tables can be replicated in part, and whole schemas; rows are counted of whole tables only", () => {
  const { resource } = synth({
    tables: ["public.orders", { name: "public.customers", where: "id > 100" }],
    tablesInSchema: ["shop"],
    publishGeneratedColumns: "stored",
  });
  expect(only(resource, "postgresql_publication")).toMatchObject({
    tables: ["public.orders"],
    table: [{ name: "public.customers", where: "id > 100" }],
    tables_in_schema: ["shop"],
    publish_generated_columns: "stored",
  });
  for (const count of Object.values(resource["postgresql_row_count"] ?? {})) {
    expect(count).toMatchObject({ tables: ["public.orders"] });
  }
});

test("the first copy, waiting for it, counting rows and rebooting are choices", () => {
  const { resource, output } = synth({
    waitForInitialSync: false,
    compareRowCounts: false,
    reboot: "never",
  });
  expect(addresses(resource, "postgresql_initial_sync")).toEqual([]);
  expect(addresses(resource, "postgresql_row_count")).toEqual([]);
  expect(Object.keys(output)).not.toContain("row_counts");
  for (const settings of Object.values(resource["postgresql_rds_logical_replication"] ?? {})) {
    expect(settings).toMatchObject({ reboot: "never" });
  }
  expect(only(synth({ copyData: false }).resource, "postgresql_subscription")).toMatchObject({
    copy_data: false,
  });
  expect(only(synth({ initialSyncTimeout: "3h" }).resource, "postgresql_initial_sync")).toMatchObject({
    timeouts: { create: "3h", update: "3h" },
  });
});

test("no release of the AWS provider is pinned", () => {
  expect(synth().terraform).toMatchObject({
    required_version: ">= 1.11.0",
    required_providers: { aws: { version: ">= 5.100.0, < 7.0.0" } },
  });
});

test.each<[string, Partial<NativeReplicationStackProps>, RegExp]>([
  ["a name that no server can have", { name: "Orders_1" }, /^name must consist of .* Got "Orders_1"\./],
  [
    "a publisher that is too old",
    { publisher: { kind: "new-cluster", engineVersion: "10.5" } },
    /10\.6.*10\.5/s,
  ],
  [
    "a subscriber that is too old",
    { subscriber: { kind: "new-instance", engineVersion: "10.3" } },
    /10\.4.*10\.3/s,
  ],
  [
    "a reader endpoint",
    {
      publisher: {
        kind: "existing-cluster",
        clusterIdentifier: "orders.cluster-ro-abc.eu-central-1.rds.amazonaws.com",
        databaseName: "app",
      },
    },
    /^clusterIdentifier must be an identifier .*An endpoint is not an identifier/,
  ],
  ["one subnet", { vpcId: "vpc-1", subnetIds: ["subnet-1"] }, /subnetIds must contain at least two subnets/],
  [
    "all of the internet as administrators",
    { administrators: { all: { cidrIpv4: "0.0.0.0/0" } } },
    /peers\.all\.cidrIpv4 is the entire internet/,
  ],
  [
    "a table without its schema",
    { tables: ["orders"] },
    /^tables must be table names with their schema, such as "public.orders"/,
  ],
  [
    "part of a table without its schema",
    { tables: [{ name: "orders", where: "id > 1" }] },
    /^tables must be table names with their schema, such as "public.orders"/,
  ],
])("%s is refused at synth", (_, props, message) => {
  expect(() => synth(props)).toThrow(message);
});
