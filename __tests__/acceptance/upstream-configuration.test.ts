import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROVIDER_ADDRESS as OURS } from "../../facts/provider-address";
import { BEYOND_UPSTREAM } from "../../bindings/beyond-upstream";
import { createDatabase, type TestDatabase } from "../support/database";
import { createHclWorkspace } from "../support/hcl-workspace";
import { sharedServer } from "../support/shared-environment";

const UPSTREAM = "registry.terraform.io/cyrilgdn/postgresql";

test("a configuration and a state of cyrilgdn/postgresql go on with this provider, once its source is changed", async () => {
  const [publisher, subscriber] = await Promise.all([
    createDatabase(sharedServer("publisher")),
    createDatabase(sharedServer("subscriber")),
  ]);
  const table = "CREATE TABLE orders (id serial PRIMARY KEY, note text)";
  await publisher.query(`${table}; INSERT INTO orders (note) VALUES ('one'), ('two')`);
  await subscriber.query(table);
  const written = configuration(publisher, subscriber);
  const changed = written.replace("cyrilgdn/postgresql", "aurora-logical-replication/postgresql");
  const { terraform, command, outputs, write } = await createHclWorkspace(changed, {
    publisher_password: publisher.server.password,
    subscriber_password: subscriber.server.password,
  });

  await terraform.apply();
  await terraform.expectEmptyPlan();
  expect(await outputs()).toEqual({
    schemas: ["public", "reporting"],
    tables: [{ object_name: "orders", schema_name: "public", table_type: "BASE TABLE" }],
    sequences: [{ object_name: "orders_id_seq", schema_name: "public", data_type: "integer" }],
  });
  const reader = `${publisher.name}_reader`;
  expect(
    await publisher.query(
      `SELECT has_table_privilege($1, 'orders', 'SELECT') AS reads, has_table_privilege($1, 'orders', 'INSERT') AS writes,
              pg_has_role($2, $1, 'MEMBER') AS member`,
      [reader, `${publisher.name}_app`],
    ),
  ).toEqual([{ reads: true, writes: false, member: true }]);

  const file = join(terraform.directory, "terraform.tfstate");
  const ours = JSON.parse(await readFile(file, "utf8")) as StateFile;
  expect(new Set(ours.resources.map(({ type }) => type)).size).toBe(12);
  await writeFile(file, JSON.stringify(asUpstreamLeavesIt(ours)));
  await write(changed);
  await command("state", "replace-provider", "-auto-approve", UPSTREAM, OURS);
  await terraform.expectEmptyPlan();
  await terraform.apply();
  await terraform.expectEmptyPlan();
  expect(await subscriber.query("SELECT note FROM orders ORDER BY id")).toEqual([
    { note: "one" },
    { note: "two" },
  ]);

  await terraform.destroy();
  expect(await publisher.query("SELECT FROM pg_roles WHERE rolname ~ $1", [`^${publisher.name}_`])).toEqual(
    [],
  );
  expect(
    await publisher.query("SELECT FROM pg_replication_slots WHERE database ~ current_database()"),
  ).toEqual([]);
});

/** As one writes it by the provider's pages in the registry. */
function configuration(publisher: TestDatabase, subscriber: TestDatabase): string {
  const { name } = publisher;
  return `terraform {
  required_providers {
    postgresql = {
      source = "cyrilgdn/postgresql"
    }
  }
}

variable "publisher_password" {
  type      = string
  sensitive = true
}

variable "subscriber_password" {
  type      = string
  sensitive = true
}

provider "postgresql" {
  host            = "${publisher.server.host}"
  port            = ${publisher.server.port}
  database        = "${name}"
  username        = "${publisher.server.username}"
  password        = var.publisher_password
  sslmode         = "disable"
  connect_timeout = 15
}

provider "postgresql" {
  alias           = "subscriber"
  host            = "${subscriber.server.host}"
  port            = ${subscriber.server.port}
  database        = "${subscriber.name}"
  username        = "${subscriber.server.username}"
  password        = var.subscriber_password
  sslmode         = "disable"
  connect_timeout = 15
}

resource "postgresql_role" "reader" {
  name = "${name}_reader"
}

resource "postgresql_role" "app" {
  name             = "${name}_app"
  login            = true
  password         = "mypass"
  connection_limit = 5
  search_path      = ["public"]
  valid_until      = "2099-01-01 00:00:00+00"
}

resource "postgresql_grant_role" "app" {
  role       = postgresql_role.app.name
  grant_role = postgresql_role.reader.name
}

resource "postgresql_database" "archive" {
  name              = "${name}_archive"
  owner             = postgresql_role.app.name
  template          = "template0"
  lc_collate        = "C"
  connection_limit  = -1
  allow_connections = true
}

resource "postgresql_schema" "reporting" {
  name  = "reporting"
  owner = postgresql_role.app.name

  policy {
    usage = true
    role  = postgresql_role.reader.name
  }
}

resource "postgresql_grant" "reader_database" {
  database    = "${name}"
  role        = postgresql_role.reader.name
  object_type = "database"
  privileges  = ["CONNECT"]
}

resource "postgresql_grant" "reader_tables" {
  database    = "${name}"
  role        = postgresql_role.reader.name
  schema      = "public"
  object_type = "table"
  privileges  = ["SELECT"]
}

resource "postgresql_extension" "hstore" {
  name = "hstore"
}

resource "postgresql_publication" "orders" {
  name          = "${name}"
  tables        = ["public.orders"]
  publish_param = ["insert", "update", "delete", "truncate"]
}

resource "postgresql_replication_slot" "consumer" {
  name   = "${name}_consumer"
  plugin = "test_decoding"
}

resource "postgresql_subscription" "orders" {
  provider     = postgresql.subscriber
  name         = "${name}"
  conninfo     = "host=${publisher.server.host} port=${publisher.server.port} dbname=${name} user=${publisher.server.username} password=\${var.publisher_password}"
  publications = [postgresql_publication.orders.name]
}

data "postgresql_schemas" "all" {
  database   = "${name}"
  depends_on = [postgresql_schema.reporting]
}

data "postgresql_tables" "public" {
  database = "${name}"
  schemas  = ["public"]
}

data "postgresql_sequences" "public" {
  database          = "${name}"
  schemas           = ["public"]
  like_any_patterns = ["orders%"]
}

output "schemas" {
  value = data.postgresql_schemas.all.schemas
}

output "tables" {
  value = data.postgresql_tables.public.tables
}

output "sequences" {
  value = data.postgresql_sequences.public.sequences
}
`;
}

type Attributes = Readonly<Record<string, unknown>>;

interface StateFile {
  readonly resources: readonly {
    readonly type: string;
    readonly provider: string;
    readonly instances: readonly { readonly attributes: Attributes }[];
  }[];
}

/** What upstream writes where nothing is configured, and this provider writes null. */
const unset: Readonly<Record<string, Attributes>> = {
  postgresql_role: {
    assume_role: "",
    idle_in_transaction_session_timeout: 0,
    roles: [],
    search_path: [],
    statement_timeout: 0,
  },
  postgresql_grant: { objects: [] },
};

/** The same state, with upstream's provider, and of each resource the attributes that upstream has. */
function asUpstreamLeavesIt(state: StateFile): StateFile {
  return {
    ...state,
    resources: state.resources.map((resource) => {
      const beyond = BEYOND_UPSTREAM.resources[resource.type] ?? [];
      return {
        ...resource,
        provider: resource.provider.replace(OURS, UPSTREAM),
        instances: resource.instances.map(({ attributes }) => ({
          schema_version: 0,
          attributes: Object.fromEntries(
            Object.entries(attributes)
              .filter(([name]) => !beyond.includes(name))
              .map(([name, value]) => [name, value ?? unset[resource.type]?.[name] ?? null]),
          ),
        })),
      };
    }),
  };
}
