import { connectClient } from "../support/client";
import { createDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";

const publisher = sharedServer("publisher");

const OBJECTS = `
  CREATE SCHEMA pgboss; CREATE SCHEMA "it's"; CREATE SCHEMA "back\\slash"; CREATE SCHEMA z;
  CREATE TABLE z.b (a int GENERATED ALWAYS AS IDENTITY);
  CREATE TABLE z.a (a bigserial PRIMARY KEY, d date);
  CREATE TABLE z.root (a int) PARTITION BY RANGE (a);
  CREATE TABLE z.leaf PARTITION OF z.root FOR VALUES FROM (0) TO (9);
  CREATE VIEW z.v AS SELECT 1 AS a;
  CREATE MATERIALIZED VIEW z.m AS SELECT 1 AS a;
  CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
  CREATE FOREIGN TABLE z.f (a int) SERVER nowhere;
  CREATE TABLE "it's"."T'""x" (a int);
  CREATE SEQUENCE "it's"."S'" AS smallint`;

describe.each(["publisher", "publisher10"] as const)("the data sources at the %s", (serverName) => {
  test("list schemas, tables and sequences in order, regardless of their owner", async () => {
    const server = sharedServer(serverName);
    const database = await createDatabase(server);
    await database.query(OBJECTS);
    // This role has no privileges.
    const reader = await createRole(server);
    // The temporary schema of another session must not appear.
    const other = await connectClient(server, database.name);
    await other.query("CREATE TEMPORARY TABLE temporary (a int)");
    const terraform = await createTerraform({ provider: { server: reader, database: database.name } });
    const source = (attributes: object): object => ({ database: database.name, ...attributes });
    await terraform.write({
      data: {
        postgresql_schemas: {
          all: source({}),
          system: source({
            include_system_schemas: true,
            regex_pattern: "^(pg_catalog|pg_toast|information_schema)$",
          }),
          quoted: source({ like_any_patterns: ["it's", "back\\\\%"] }),
          filtered: source({
            like_all_patterns: ["p%", "%s%"],
            not_like_all_patterns: ["%l%"],
            regex_pattern: "o",
          }),
        },
        postgresql_tables: {
          all: source({ schemas: ["z", "it's"] }),
          views: source({ schemas: ["z"], table_types: ["VIEW", "LOCAL TEMPORARY"] }),
          filtered: source({
            schemas: ["z"],
            table_types: ["BASE TABLE"],
            like_any_patterns: ["a", "le_f"],
            not_like_all_patterns: ["x"],
          }),
          system: source({ regex_pattern: "^pg_class$" }),
          temporary: source({ like_all_patterns: ["temporary"] }),
        },
        postgresql_sequences: {
          all: source({}),
          filtered: source({ schemas: ["it's"], like_any_patterns: ["S'"] }),
        },
      },
    });
    await terraform.apply();
    await other.end();

    const names = async (name: string): Promise<unknown> =>
      (await terraform.state(`data.postgresql_schemas.${name}`))?.["schemas"];
    expect(await terraform.state("data.postgresql_schemas.all")).toMatchObject({
      id: `${database.name}_false_ANY (array[])_ALL (array[])_ALL (array[])_`,
      schemas: ["back\\slash", "it's", "pgboss", "public", "z"],
    });
    expect(await names("system")).toEqual(["information_schema", "pg_catalog", "pg_toast"]);
    expect(await names("quoted")).toEqual(["back\\slash", "it's"]);
    expect(await names("filtered")).toEqual(["pgboss"]);

    const tables = async (name: string): Promise<unknown> =>
      (await terraform.state(`data.postgresql_tables.${name}`))?.["tables"];
    const foreign = serverName === "publisher10" ? "FOREIGN TABLE" : "FOREIGN";
    expect(await tables("all")).toEqual([
      { schema_name: "it's", object_name: `T'"x`, table_type: "BASE TABLE" },
      { schema_name: "z", object_name: "a", table_type: "BASE TABLE" },
      { schema_name: "z", object_name: "b", table_type: "BASE TABLE" },
      { schema_name: "z", object_name: "f", table_type: foreign },
      { schema_name: "z", object_name: "leaf", table_type: "BASE TABLE" },
      { schema_name: "z", object_name: "root", table_type: "BASE TABLE" },
      { schema_name: "z", object_name: "v", table_type: "VIEW" },
    ]);
    expect(await tables("views")).toEqual([{ schema_name: "z", object_name: "v", table_type: "VIEW" }]);
    expect(await tables("filtered")).toMatchObject([{ object_name: "a" }, { object_name: "leaf" }]);
    expect(await tables("system")).toEqual([
      { schema_name: "pg_catalog", object_name: "pg_class", table_type: "BASE TABLE" },
    ]);
    expect(await tables("temporary")).toEqual([]);

    const sequences = async (name: string): Promise<unknown> =>
      (await terraform.state(`data.postgresql_sequences.${name}`))?.["sequences"];
    const quoted = { schema_name: "it's", object_name: "S'", data_type: "smallint" };
    expect(await sequences("all")).toEqual([
      quoted,
      { schema_name: "z", object_name: "a_a_seq", data_type: "bigint" },
    ]);
    expect(await sequences("filtered")).toEqual([quoted]);
  });
});

describe("a data source", () => {
  test("reports a missing database and an invalid pattern", async () => {
    const database = await createDatabase(publisher);
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write({
      data: {
        postgresql_schemas: { missing: { database: "t_nowhere" } },
        postgresql_tables: { pattern: { database: database.name, regex_pattern: "(" } },
      },
    });
    const { diagnostics } = await errorOf(terraform.plan());
    const found = Object.fromEntries(diagnostics.map((each) => [`${each.address}`, each]));
    expect(found["data.postgresql_schemas.missing"]).toMatchObject({ summary: "Unable to read schemas" });
    expect(found["data.postgresql_schemas.missing"]?.detail).toMatch(
      /The schemas of database "t_nowhere": database "t_nowhere" does not exist/,
    );
    expect(found["data.postgresql_tables.pattern"]?.detail).toMatch(
      /invalid regular expression: .*SQLSTATE 2201B/,
    );
  });
});
