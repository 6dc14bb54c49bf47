import { TerraformVariable } from "cdktf";
import {
  LogicalReplication,
  type LogicalReplicationProps,
} from "../../../modules/replication/logical-replication";
import {
  PostgresqlProvider,
  type PostgresqlProviderProps,
} from "../../../modules/replication/postgresql-provider";
import { parseConninfo } from "../../../provider/postgres/conninfo";
import { synthesizedResources } from "./synthesized";

const host = "publisher.example";

function synth(props: Partial<LogicalReplicationProps> = {}, publisher: PostgresqlProviderProps = { host }) {
  const resources = synthesizedResources((stack) => {
    const database = { database: "app" };
    new LogicalReplication(stack, "replication", {
      publisher: new PostgresqlProvider(stack, "publisher", {
        alias: "publisher",
        ...database,
        ...publisher,
      }),
      subscriber: new PostgresqlProvider(stack, "subscriber", { alias: "subscriber", ...database }),
      name: "orders",
      tables: ["public.orders"],
      password: new TerraformVariable(stack, "secret", { sensitive: true }).stringValue,
      ...props,
    });
  });
  const only = (type: string) => {
    const [resource, ...others] = resources[type] ?? [];
    if (resource === undefined || others.length > 0) {
      throw new Error(`not one ${type}`);
    }
    return resource;
  };
  return {
    resources,
    role: only("postgresql_role"),
    publication: only("postgresql_publication"),
    schema: only("postgresql_replicated_schema"),
    subscription: only("postgresql_subscription"),
    initialSyncs: resources["postgresql_initial_sync"] ?? [],
  };
}

function connection({ conninfo }: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(parseConninfo(String(conninfo)));
}

test("the publisher gets the role and the publication, the subscriber the tables and the subscription", () => {
  const { role, publication, schema, subscription } = synth();
  expect(role).toMatchObject({ provider: "postgresql.publisher", name: "orders" });
  expect(publication).toMatchObject({
    provider: "postgresql.publisher",
    database: "app",
    name: "orders",
    tables: ["public.orders"],
  });
  expect(schema).toMatchObject({ provider: "postgresql.subscriber", database: "app" });
  expect(subscription).toMatchObject({ provider: "postgresql.subscriber", database: "app", name: "orders" });
});

test("each comes after what it needs: role, grants, publication, tables, subscription", () => {
  const { publication, schema, subscription } = synth();
  expect(publication["depends_on"]).toEqual([
    expect.stringMatching(/^postgresql_grant\..*database/),
    expect.stringMatching(/^postgresql_grant\..*schemas/),
    expect.stringMatching(/^postgresql_grant\..*tables/),
  ]);
  const publications = [expect.stringMatching(/^\$\{postgresql_publication\.\w+\.name\}$/)];
  expect(schema).toMatchObject({ publications });
  expect(subscription).toMatchObject({
    publications,
    depends_on: [expect.stringMatching(/^postgresql_replicated_schema\./)],
  });
});

test("a table that comes to the publication comes to the subscriber in the same apply", () => {
  const { schema, subscription } = synth();
  expect(schema).toMatchObject({
    refresh_triggers: {
      tables: expect.stringMatching(/postgresql_publication\.\w+\.published_tables/) as unknown,
    },
  });
  expect(subscription).toMatchObject({
    refresh_triggers: {
      tables: expect.stringMatching(/postgresql_replicated_schema\.\w+\.tables/) as unknown,
    },
  });
});

test("the first copy is awaited when that is asked for, and again for a subscription that is replaced or gets tables", () => {
  expect(synth().initialSyncs).toEqual([]);
  expect(synth({ waitForInitialSync: true }).initialSyncs).toMatchObject([
    {
      refresh_triggers: { tables: expect.stringMatching(/postgresql_subscription\.\w+\.tables/) as unknown },
    },
  ]);
});

test("the connections to the publisher are the role's, without the password, and give up soon", () => {
  const expected = {
    host: "publisher.example",
    port: "5432",
    dbname: "app",
    user: "orders",
    sslmode: "require",
    connect_timeout: "10",
  };
  const { schema, subscription } = synth();
  expect(connection(schema)).toEqual(expected);
  expect(connection(subscription)).toEqual(expected);
});

test("the password is write-only everywhere, in one version", () => {
  const secret = { password_wo: "${var.secret}", password_wo_version: "7" };
  const { role, schema, subscription } = synth({ passwordVersion: "7" });
  for (const resource of [role, schema, subscription]) {
    expect(resource).toMatchObject(secret);
  }
});

test("the subscriber may reach the publisher by another address than Terraform does", () => {
  const { schema, subscription } = synth(
    { publisherHost: "10.0.0.7", publisherPort: 6000 },
    { host, port: 15432, sslmode: "verify-full" },
  );
  expect(connection(schema)).toMatchObject({
    host: "publisher.example",
    port: "15432",
    sslmode: "verify-full",
  });
  expect(connection(subscription)).toMatchObject({ host: "10.0.0.7", port: "6000", sslmode: "verify-full" });
  expect(subscription).toMatchObject({ publisher_conninfo: schema?.["conninfo"] });
  expect(synth().subscription).not.toHaveProperty("publisher_conninfo");
});

test("the subscription knows the published tables while it is planned", () => {
  const tables = ["public.orders", { name: "public.customers", where: "id > 1" }];
  expect(synth({ tables }).subscription).toMatchObject({
    published_tables: ["public.orders", "public.customers"],
  });
  // Which tables a schema has, only the publisher knows.
  expect(synth({ tables, tablesInSchema: ["shop"] }).subscription).not.toHaveProperty("published_tables");
});

test("tables can be published in part, beside whole schemas, and the role may read all of them", () => {
  const { publication, resources } = synth({
    tables: ["public.orders", { name: "public.customers", where: "id > 100" }],
    tablesInSchema: ["shop"],
    publishGeneratedColumns: "stored",
  });
  expect(publication).toMatchObject({
    tables: ["public.orders"],
    table: [{ name: "public.customers", where: "id > 100" }],
    tables_in_schema: ["shop"],
    publish_generated_columns: "stored",
  });
  const ofSchemas = { for_each: '${toset(["shop"])}', schema: "${each.value}" };
  expect(resources["postgresql_grant"]).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...ofSchemas, object_type: "schema", privileges: ["USAGE"] }),
      expect.objectContaining({ ...ofSchemas, object_type: "table", privileges: ["SELECT"] }),
    ]),
  );
});

test("columns beside whole schemas are refused: PostgreSQL does not allow them", () => {
  const tables = [{ name: "public.customers", columns: ["id"] }];
  expect(() => synth({ tables, tablesInSchema: ["shop"] })).toThrow(
    /^tables must not set columns together with tablesInSchema.*Got \{"name":"public\.customers"/,
  );
});

test("what concerns the publication, the tables and their rows is passed on", () => {
  const { publication, schema, subscription } = synth({
    publishViaPartitionRoot: true,
    dropTablesOnDestroy: true,
    copyData: false,
    detachIfUnreachable: true,
    onBroken: "error",
  });
  expect(publication).toMatchObject({ publish_via_partition_root_param: true });
  expect(schema).toMatchObject({ drop_on_destroy: true });
  expect(subscription).toMatchObject({
    copy_data: false,
    detach_if_unreachable: true,
    on_broken: "error",
  });
});

test.each(["Orders", "my-orders", "", "a".repeat(64)])(
  "the name %j, which no slot can have, is refused",
  (name) => {
    expect(() => synth({ name })).toThrow(
      `name must consist of 1 to 63 lower case letters, digits and underscores, since it also names a replication slot. Got ${JSON.stringify(name)}.`,
    );
  },
);

test("a publisher without a host is refused: there would be nothing to tell the subscriber", () => {
  expect(() => synth({}, {})).toThrow(/^publisher must have a host, /);
});

test.each<[string, Partial<LogicalReplicationProps>, PostgresqlProviderProps]>([
  ["publisher", {}, { host: "orders.cluster-ro-abc.eu-central-1.rds.amazonaws.com" }],
  ["publisherHost", { publisherHost: "orders.cluster-ro-abc.eu-central-1.rds.amazonaws.com" }, { host }],
])("a reader endpoint is refused as %s", (property, props, publisher) => {
  expect(() => synth(props, publisher)).toThrow(
    new RegExp(
      `^${property} must be the writer endpoint .* Got the reader endpoint "orders\\.cluster-ro-abc`,
    ),
  );
});
