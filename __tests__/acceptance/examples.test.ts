import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { type SandboxServer, startSandboxServer } from "../../sandbox/sandbox-server";
import { withClient } from "../support/client";
import { writeHclModule } from "../support/hcl-module";
import { createTerraform, type Terraform } from "../support/terraform";

const examples = join(__dirname, "..", "..", "examples");
const resourceTypes = readdirSync(join(examples, "resources"));
const dataSourceTypes = readdirSync(join(examples, "data-sources"));

/** These need AWS. documentation.test.ts validates their examples on their Registry pages. */
const awsTypes = ["postgresql_rds_logical_replication"];
const appliedTypes = resourceTypes.filter((type) => !awsTypes.includes(type));

/** Examples to apply first, because another one names their objects by literals. */
const order: Readonly<Record<string, readonly string[]>> = {
  postgresql_default_privileges: ["postgresql_role"],
  postgresql_grant: ["postgresql_role"],
  postgresql_replicated_schema: ["postgresql_grant", "postgresql_publication"],
  postgresql_subscription: ["postgresql_replicated_schema"],
  postgresql_initial_sync: ["postgresql_subscription"],
  postgresql_row_count: ["postgresql_initial_sync"],
  postgresql_schemas: ["postgresql_schema"],
  postgresql_user_mapping: ["postgresql_server"],
  postgresql_replication_status: ["postgresql_initial_sync"],
  postgresql_table_comparison: ["postgresql_initial_sync"],
};

const TABLES = `
  CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL);
  CREATE TABLE orders (id bigserial PRIMARY KEY, customer int NOT NULL REFERENCES customers);
  INSERT INTO customers (name) VALUES ('Ada'), ('Grace');
  INSERT INTO orders (customer) SELECT 1 + i % 2 FROM generate_series(1, 1000) i;`;

describe("on two PostgreSQL servers", () => {
  let publisher: SandboxServer;
  let subscriber: SandboxServer;

  beforeAll(async () => {
    [publisher, subscriber] = await Promise.all([
      startSandboxServer({ major: 18 }),
      startSandboxServer({ major: 18 }),
    ]);
    await Promise.all([query(publisher, "CREATE DATABASE shop"), query(subscriber, "CREATE DATABASE shop")]);
    await query(publisher, TABLES, "shop");
  });

  afterAll(async () => {
    await Promise.all([publisher.stop(), subscriber.stop()]);
  });

  /** The example with the addresses of the two servers. */
  function withServers(text: string): string {
    return text
      .replaceAll("host=publisher.example.com", `host=${publisher.host} port=${publisher.port}`)
      .replace(/"publisher\.example\.com"/g, hostArguments(publisher))
      .replace(/"subscriber\.example\.com"/g, hostArguments(subscriber));
  }

  function writeExamples({ directory }: Terraform): Record<string, unknown> {
    const files = {
      provider: join("provider", "provider.tf"),
      ...Object.fromEntries(appliedTypes.map((type) => [type, join("resources", type, "resource.tf")])),
      ...Object.fromEntries(
        dataSourceTypes.map((type) => [type, join("data-sources", type, "data-source.tf")]),
      ),
    };
    return Object.fromEntries(
      Object.entries(files).map(([name, file]) => {
        const example = readExample(file);
        const { variables, call } = writeHclModule(directory, name, withServers(`${example}${usage(name)}`));
        const values = variables.map((variable) => [variable, `\${var.${variable}}`]);
        const before = order[name]?.map((type) => `module.${type}`);
        return [
          name,
          { ...call, ...Object.fromEntries(values), ...(before !== undefined && { depends_on: before }) },
        ];
      }),
    );
  }

  test("every example can be applied, planned without changes, imported by its own command, and destroyed", async () => {
    const terraform = await createTerraform({
      provider: { server: publisher, database: "shop" },
      aliases: { subscriber: { server: subscriber, database: "shop" } },
      secrets: {
        publisher_password: publisher.password,
        replication_password: "a replicator's",
        dms_password: "of DMS",
        archive_password: "a reader's",
      },
    });
    const module = writeExamples(terraform);
    const output = {
      initial_sync_done: { value: "${module.postgresql_replication_status.initial_sync_done}" },
      equal: { value: "${module.postgresql_table_comparison.equal}" },
    };
    await terraform.write({ module, output });
    runTerraform(terraform, "get");
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await query(subscriber, "SELECT count(*)::int AS orders FROM orders", "shop")).toEqual([
      { orders: 1000 },
    ]);
    expect(readOutputs(terraform)).toEqual({ initial_sync_done: true, equal: true });

    const imports = appliedTypes.map((type) => importOf(type, withServers));
    runTerraform(terraform, "state", "rm", ...imports.map(({ to }) => to));
    await terraform.write({ module, output, import: imports });
    const { changes } = await terraform.plan();
    // Passwords are written again; nothing is created or destroyed.
    const actions = new Set(Object.values(changes).flatMap((change) => change.actions));
    expect([...actions].sort()).toEqual(["read", "update"]);
    await terraform.apply("tfplan");
    await terraform.expectEmptyPlan();

    await terraform.destroy();
    expect(await leftovers(publisher)).toEqual([]);
    expect(await leftovers(subscriber)).toEqual([]);
  });
});

test.each(resourceTypes)("the import command of %s names the resource of the example", (type) => {
  const { to } = importOf(type, (text) => text);
  const [, name = ""] = to.split(`${type}.${type}.`);
  expect(readExample(join("resources", type, "resource.tf"))).toContain(`resource "${type}" "${name}" {`);
});

/** A data source for each configuration of the provider example. */
function usage(name: string): string {
  if (name !== "provider") {
    return "";
  }
  return `
    data "postgresql_schemas" "publisher" { database = "shop" }
    data "postgresql_schemas" "subscriber" {
      provider = postgresql.subscriber
      database = "shop"
    }`;
}

function hostArguments({ host, port }: PostgresEndpoint): string {
  return `"${host}"\n  port = ${port}\n  sslmode = "disable"`;
}

/** Objects that Terraform could have left on a server, except tables, which destroy keeps by default. */
function leftovers(server: PostgresEndpoint): Promise<unknown[]> {
  return query(
    server,
    `SELECT 'publication ' || pubname AS what FROM pg_publication
     UNION ALL SELECT 'subscription ' || subname FROM pg_subscription
     UNION ALL SELECT 'slot ' || slot_name FROM pg_replication_slots
     UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE oid >= 16384
     UNION ALL SELECT 'database ' || datname FROM pg_database WHERE oid >= 16384 AND datname <> 'shop'
     UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_'
     UNION ALL SELECT 'extension ' || extname FROM pg_extension WHERE oid >= 16384
     UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger`,
    "shop",
  );
}

function query(server: PostgresEndpoint, sql: string, database?: string): Promise<unknown[]> {
  return withClient(
    server,
    async (client) => (await client.query<Record<string, unknown>>(sql)).rows,
    database,
  );
}

function runTerraform({ directory }: Terraform, ...args: string[]): void {
  execFileSync("terraform", args, { cwd: directory, stdio: "pipe" });
}

function readOutputs({ directory }: Terraform): Readonly<Record<string, unknown>> {
  const state = readFileSync(join(directory, "terraform.tfstate"), "utf8");
  const { outputs } = JSON.parse(state) as {
    readonly outputs: Readonly<Record<string, { readonly value: unknown }>>;
  };
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

function readExample(path: string): string {
  return readFileSync(join(examples, path), "utf8");
}

/** The import block that corresponds to import.sh, in the example's module. */
function importOf(
  type: string,
  withServers: (text: string) => string,
): { readonly to: string; readonly id: string } {
  const command = /^terraform import (\S+) (?:'(.*)'|(\S+))$/m.exec(
    readExample(join("resources", type, "import.sh")),
  );
  const [, address, quoted, plain] = command ?? [];
  const id = quoted ?? plain;
  if (address === undefined || id === undefined) {
    throw new Error(`${type}/import.sh has no import command.`);
  }
  return { to: `module.${type}.${address}`, id: withServers(id) };
}
