import { conninfo as conninfoOf } from "../../sandbox/postgres-endpoint";
import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import { createPair, rowsArrive } from "../support/subscription-pair";
import { createTerraform, type Terraform } from "../support/terraform";

const publisher = sharedServer("publisher");
const publisher10 = sharedServer("publisher10");
const ADDRESS = "postgresql_publication.p";

const TABLES = `
  CREATE TABLE orders (id int PRIMARY KEY, country text, secret text, "Total" numeric);
  CREATE TABLE customers (id int PRIMARY KEY, name text);
  CREATE SCHEMA shop; CREATE TABLE shop.items (id int PRIMARY KEY);`;

async function open(server = publisher): Promise<{ database: TestDatabase; terraform: Terraform }> {
  const database = await createDatabase(server);
  await database.query(TABLES);
  return { database, terraform: await createTerraform({ provider: { server, database: database.name } }) };
}

function publication(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_publication: { p: { name: "p", ...attributes } } } };
}

/** What PostgreSQL publishes of each table. */
function published(database: TestDatabase): Promise<Record<string, unknown>[]> {
  return database.query(
    `SELECT schemaname || '.' || tablename AS table, attnames::text[] AS columns, rowfilter AS filter
     FROM pg_publication_tables WHERE pubname = 'p' ORDER BY 1`,
  );
}

/** The publication's identity: another one after it was created anew. */
async function oidOf(database: TestDatabase): Promise<unknown> {
  return (await database.query("SELECT oid FROM pg_publication"))[0];
}

describe("postgresql_publication", () => {
  test("publishes columns and rows of tables, and whole schemas, alters them in place, and repairs them", async () => {
    const { database, terraform } = await open();
    await terraform.write(
      publication({
        tables: ["customers"],
        table: [
          { name: "orders", columns: ["id", "Total"], where: "id>100   AND id  IN (1,200)" },
          { name: "shop.items" },
        ],
        publish_generated_columns: "stored",
      }),
    );
    await terraform.apply();
    await terraform.expectEmptyPlan();
    const filter = "((id > 100) AND (id = ANY (ARRAY[1, 200])))";
    expect(await published(database)).toEqual([
      { table: "public.customers", columns: ["id", "name"], filter: null },
      { table: "public.orders", columns: ["id", "Total"], filter },
      { table: "shop.items", columns: ["id"], filter: null },
    ]);
    expect(await terraform.state(ADDRESS)).toMatchObject({
      tables: ["customers"],
      published_tables: ["public.customers", "public.orders", "shop.items"],
      row_filters: { "public.orders": filter },
      publish_generated_columns: "stored",
    });
    const oid = await oidOf(database);

    await terraform.write(
      publication({
        tables: ["public.customers"],
        table: [{ name: "public.orders", where: "id > 7" }],
        tables_in_schema: ["shop"],
      }),
    );
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await published(database)).toEqual([
      { table: "public.customers", columns: ["id", "name"], filter: null },
      { table: "public.orders", columns: ["id", "country", "secret", "Total"], filter: "(id > 7)" },
      { table: "shop.items", columns: ["id"], filter: null },
    ]);
    expect(await oidOf(database)).toEqual(oid);

    // A filter that is altered or added by other means, and a schema that is removed, are drift.
    await database.query("ALTER PUBLICATION p SET TABLE orders WHERE (id > 8), customers WHERE (id > 1)");
    const drift = await terraform.plan();
    expect(drift.changes[ADDRESS]?.actions).toEqual(["update"]);
    expect(drift.changes[ADDRESS]?.before).toMatchObject({ tables: [], tables_in_schema: [] });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect((await published(database)).map((row) => row["filter"])).toEqual([null, "(id > 7)", null]);

    // A table that comes into the schema is published, and is no change to plan.
    await database.query("CREATE TABLE shop.more (id int PRIMARY KEY)");
    await terraform.expectEmptyPlan();

    await terraform.write(publication({ all_tables: true }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.write(publication({ tables_in_schema: ["shop"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect((await published(database)).map(({ table }) => table)).toEqual(["shop.items", "shop.more"]);
    await terraform.write(publication({ tables: [] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await published(database)).toEqual([]);
  });

  test("is imported with its filters, columns and schemas, keeps them when it is replaced, and takes over your spelling", async () => {
    const { database, terraform } = await open();
    await database.query(
      `CREATE PUBLICATION p FOR TABLE orders WHERE (id > 100 AND country = 'DE'), TABLE customers
       WITH (publish = 'insert')`,
    );
    const imported = publication({
      tables: ["public.customers"],
      table: [{ name: "public.orders", where: "((id > 100) AND (country = 'DE'::text))" }],
      publish_param: ["insert"],
    });
    await terraform.write(imported);
    await terraform.import(ADDRESS, `${database.name}.p`);
    await terraform.expectEmptyPlan();
    const before = await published(database);
    await terraform.apply(`-replace=${ADDRESS}`);
    await terraform.expectEmptyPlan();
    expect(await published(database)).toEqual(before);

    await terraform.write(
      publication({
        tables: ["customers"],
        table: [{ name: "orders", where: "id > 100 and country = 'DE'" }],
        publish_param: ["insert"],
      }),
    );
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await published(database)).toEqual(before);
  });

  test("loses filters and schemas that its configuration does not have, which the plan shows, and no whole table", async () => {
    const { database, terraform } = await open();
    await database.query(
      "CREATE PUBLICATION p FOR TABLE orders WHERE (id > 1), TABLE customers, TABLES IN SCHEMA shop",
    );
    await terraform.write(publication({}));
    await terraform.import(ADDRESS, `${database.name}.p`);
    const plan = await terraform.plan();
    expect(plan.changes[ADDRESS]?.actions).toEqual(["update"]);
    expect(plan.changes[ADDRESS]?.after).toMatchObject({
      tables: ["public.customers"],
      table: [],
      tables_in_schema: null,
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect((await published(database)).map(({ table }) => table)).toEqual(["public.customers"]);
  });

  test("gets a configuration that can be applied from an import block", async () => {
    const { database } = await open();
    await database.query(`
      CREATE PUBLICATION parts FOR TABLE orders (id, country) WHERE (id > 5), customers;
      CREATE PUBLICATION everything FOR ALL TABLES; CREATE PUBLICATION nothing;
      CREATE PUBLICATION in_schema FOR TABLES IN SCHEMA shop`);
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    const names = ["parts", "everything", "nothing", "in_schema"];
    await terraform.write({
      import: names.map((name) => ({ to: `postgresql_publication.${name}`, id: `${database.name}.${name}` })),
    });
    await terraform.plan("-generate-config-out=generated.tf");
    await terraform.apply();
    await terraform.expectEmptyPlan();
  });

  test("sends a subscriber the rows and columns that it publishes, and no others", async () => {
    const pair = await createPair();
    await pair.publisher.query(
      "CREATE TABLE t (id int PRIMARY KEY, note text, secret text); INSERT INTO t SELECT i, 'n', 's' FROM generate_series(1, 10) i",
    );
    await pair.subscriber.query("CREATE TABLE t (id int PRIMARY KEY, note text)");
    const terraform = await createTerraform({
      provider: { server: publisher, database: pair.publisher.name },
    });
    await terraform.write(
      publication({ table: [{ name: "public.t", columns: ["id", "note"], where: "id % 2 = 0" }] }),
    );
    await terraform.apply();
    const connection = conninfoOf(publisher, pair.publisher.name).replaceAll("'", "''");
    await pair.subscriber.query(
      `CREATE SUBSCRIPTION s CONNECTION '${connection}' PUBLICATION p WITH (slot_name = ${pair.slot})`,
    );
    await rowsArrive(pair, "t", 5);
    await pair.publisher.query("INSERT INTO t VALUES (11, 'n', 's'), (12, 'n', 's')");
    await rowsArrive(pair, "t", 6);
    expect(await pair.subscriber.query("SELECT count(*)::int AS odd FROM t WHERE id % 2 = 1")).toEqual([
      { odd: 0 },
    ]);
  });

  test("names the version that each part needs, and the attribute", async () => {
    const { terraform } = await open(publisher10);
    await terraform.write(
      publication({
        table: [{ name: "public.orders", columns: ["id"], where: "id > 1" }],
        publish_generated_columns: "none",
      }),
    );
    const { diagnostics } = await errorOf(terraform.plan());
    expect(
      diagnostics.map(({ summary, attribute, detail }) => [summary, attribute, detail.split(" ")[0]]),
    ).toEqual([
      ["PostgreSQL 18 or later is needed", "publish_generated_columns", "publish_generated_columns"],
      ["PostgreSQL 15 or later is needed", expect.anything(), "columns"],
      ["PostgreSQL 15 or later is needed", expect.anything(), "where"],
    ]);
    await terraform.write(publication({ tables_in_schema: ["shop"] }));
    expect((await errorOf(terraform.plan())).message).toMatch(
      /tables_in_schema needs PostgreSQL 15 or later/,
    );
    await terraform.write(publication({ table: [{ name: "public.orders" }, { name: "customers" }] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "an unknown column in a filter",
      { where: "nope > 1" },
      /Invalid row filter.*column "nope" does not exist/s,
    ],
    [
      "a filter that is no condition",
      { where: "id" },
      /Invalid row filter.*argument of WHERE must be type boolean/s,
    ],
    ["a filter that is not SQL", { where: "id >" }, /Invalid row filter.*syntax error/s],
    ["a second statement", { where: "true); DROP TABLE customers; --" }, /where closes a parenthesis/],
    [
      "a filter beyond the replica identity",
      { where: "country = 'DE' OR orders.id > 1" },
      /columns outside of the replica identity.*\(id\).*"country" does not exist/s,
    ],
    [
      "a column list without the replica identity",
      { columns: ["country"] },
      /does not cover the replica identity.*includes "id", which columns does not name/s,
    ],
    ["an empty column list", { columns: [] }, /columns is empty/],
    [
      "an unknown column in a list",
      { columns: ["id", "nope"] },
      /column "nope" of relation "orders" does not exist/,
    ],
    [
      "a function of the user's",
      { where: "mine(id)" },
      /User-defined.*built-in functions and operators that are immutable/s,
    ],
  ])("refuses %s and changes nothing", async (_, part, reason) => {
    const { database, terraform } = await open();
    await database.query("CREATE FUNCTION mine(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'");
    await terraform.write(publication({ table: [{ name: "public.orders", ...part }] }));
    expect((await errorOf(terraform.apply())).message).toMatch(reason);
    expect(await database.query("SELECT FROM pg_publication")).toEqual([]);
    expect(await database.query("SELECT to_regclass('customers') IS NULL AS dropped")).toEqual([
      { dropped: false },
    ]);
    if (!/function|unknown column in a list/.test(_)) {
      expect((await errorOf(terraform.plan())).message).toMatch(reason);
    }
  });

  test("takes any column into a filter when only inserts are published, or the whole row is the replica identity", async () => {
    const { database, terraform } = await open();
    const table = [{ name: "public.orders", where: "country = 'DE'" }];
    await terraform.write(publication({ table, publish_param: ["insert"] }));
    await terraform.apply();
    await terraform.write(publication({ table, publish_param: ["insert", "update"] }));
    expect((await errorOf(terraform.plan())).message).toMatch(/outside of the replica identity/);
    await database.query("ALTER TABLE orders REPLICA IDENTITY FULL");
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await database.query(
      "INSERT INTO orders VALUES (1, 'DE'); UPDATE orders SET secret = 'x'; DELETE FROM orders",
    );
    await terraform.write(publication({ table: [{ name: "public.orders", columns: ["id"] }] }));
    expect((await errorOf(terraform.plan())).message).toMatch(
      /replica identity of table public\.orders is FULL/,
    );
  });

  test("refuses before anything is changed what only the apply can see of a filter", async () => {
    const { database, terraform } = await open();
    await terraform.write(publication({ table: [{ name: "public.late", where: "note = 'x'" }] }));
    await terraform.plan();
    await database.query("CREATE TABLE late (id int PRIMARY KEY, note text)");
    expect((await errorOf(terraform.apply("tfplan"))).message).toMatch(/outside of the replica identity/);
    expect(await database.query("SELECT FROM pg_publication")).toEqual([]);
  });

  test("publishes part of a partitioned table by its root only", async () => {
    const { database, terraform } = await open();
    await database.query(`CREATE TABLE tree (a int PRIMARY KEY, b int) PARTITION BY RANGE (a);
                          CREATE TABLE leaf PARTITION OF tree FOR VALUES FROM (0) TO (10)`);
    const table = [{ name: "tree", where: "a > 1" }];
    await terraform.write(publication({ table }));
    expect((await errorOf(terraform.plan())).message).toMatch(
      /tree is a partitioned table.*publish_via_partition_root_param = true/s,
    );
    await terraform.write(publication({ table, publish_via_partition_root_param: true }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.write(publication({ tables: ["tree"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await published(database)).toMatchObject([{ table: "public.leaf", filter: null }]);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "all tables beside others",
      { all_tables: true, tables: ["a"], table: [{ name: "b" }], tables_in_schema: ["s"] },
      /all_tables = true.*cannot be combined with tables and table and tables_in_schema/s,
    ],
    [
      "a table in tables and in a block",
      { tables: ["public.a"], table: [{ name: '"public".a' }] },
      /Table named twice/,
    ],
    [
      "columns beside a schema",
      { table: [{ name: "a", columns: ["id"] }], tables_in_schema: ["s"] },
      /no column list beside tables_in_schema.*table block of a /s,
    ],
    ["an operation twice", { publish_param: ["insert", "insert"] }, /contains "insert" twice/],
    ["a name with a backslash", { name: "a\\b" }, /name contains a backslash/],
    ["an empty table name", { tables: [""] }, /Invalid tables/],
    ["a table name that is too long", { tables: [`public.${"a".repeat(64)}`] }, /is 64 bytes long/],
    ["an empty schema", { tables_in_schema: [""] }, /tables_in_schema is empty/],
    [
      "a column name that is too long",
      { table: [{ name: "a", columns: ["a".repeat(64)] }] },
      /is 64 bytes long/,
    ],
    ["an unknown word", { publish_generated_columns: "virtual" }, /must be one of none, stored/],
  ])("refuses %s without asking a server", async (_, attributes, reason) => {
    const terraform = await createTerraform({ provider: { server: { ...publisher, port: 1 } } });
    await terraform.write(publication(attributes));
    expect((await errorOf(terraform.plan())).message).toMatch(reason);
  });

  test("warns of a filter that a schema makes useless", async () => {
    const { terraform } = await open();
    await terraform.write(
      publication({ table: [{ name: "shop.items", where: "id > 1" }], tables_in_schema: ["shop"] }),
    );
    const { diagnostics } = await terraform.plan();
    expect(diagnostics.map(({ summary }) => summary)).toEqual(["Row filter without effect"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
  });
});
