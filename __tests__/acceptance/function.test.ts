import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const server18 = sharedServer("publisher");
const server10 = sharedServer("publisher10");

const ADDRESS = "postgresql_function.f";

function definition(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_function: { f: attributes } } };
}

function functionsOf(database: TestDatabase): Promise<{ oid: number }[]> {
  return database.query(
    `SELECT p.oid, proname AS name, pg_get_function_arguments(p.oid) AS args, pg_get_function_result(p.oid) AS returns, lanname AS language
     FROM pg_proc p JOIN pg_language l ON l.oid = prolang
     WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`,
  );
}

describe.each([
  ["18", server18],
  ["10", server10],
])("postgresql_function on PostgreSQL %s", (_, server) => {
  test("is created, imported, replaced in place, repaired after drift and destroyed", async () => {
    const database = await createDatabase(server);
    const { username: caller } = await createRole(server);
    await database.query('CREATE SCHEMA "My.Schema"');
    const provider = { provider: { server, database: database.name } };
    const terraform = await createTerraform(provider);
    const fresh = {
      name: "increment",
      schema: "My.Schema",
      arg: [
        { name: "i", type: "int", default: "7" },
        { name: "result", type: "integer", mode: "OUT" },
      ],
      strict: true,
      security_definer: true,
      parallel: "RESTRICTED",
      volatility: "STABLE",
      body: "BEGIN\n  result = i + 1;\nEND;\n",
    };
    await terraform.write(definition(fresh));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      id: `${database.name}.My.Schema.increment(int)`,
      database: database.name,
      returns: "integer",
      language: "plpgsql",
      drop_cascade: false,
    });
    expect(await database.query('SELECT "My.Schema".increment() AS value')).toEqual([{ value: 8 }]);

    const importing = await createTerraform(provider);
    await importing.write(definition(fresh));
    await importing.import(ADDRESS, `${database.name}."My.Schema".increment(integer)`);
    await importing.expectEmptyPlan();

    const [before] = await functionsOf(database);
    await database.query(
      `ALTER FUNCTION "My.Schema".increment(int) SET search_path = "My.Schema", pg_temp;
       ALTER FUNCTION "My.Schema".increment(int) COST 5;
       REVOKE EXECUTE ON FUNCTION "My.Schema".increment(int) FROM PUBLIC;
       GRANT EXECUTE ON FUNCTION "My.Schema".increment(int) TO ${caller};
       CREATE VIEW uses AS SELECT "My.Schema".increment(1) AS value`,
    );
    await terraform.expectEmptyPlan();
    const changed = {
      ...fresh,
      arg: [
        { name: "I", type: "integer", default: "2 + 1", mode: "in" },
        { name: "result", type: "integer", mode: "OUT" },
      ],
      language: "sql",
      volatility: "IMMUTABLE",
      strict: false,
      body: "SELECT i * 10",
    };
    await terraform.write(definition(changed));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await functionsOf(database)).toMatchObject([{ oid: before?.oid, language: "sql" }]);
    expect(
      await database.query(
        `SELECT "My.Schema".increment() AS value, has_function_privilege($1, p.oid, 'EXECUTE') AS callable, procost AS cost, proconfig AS config
         FROM pg_proc p WHERE proname = 'increment'`,
        [caller],
      ),
    ).toEqual([{ value: 30, callable: true, cost: 5, config: ['search_path="My.Schema", pg_temp'] }]);

    await database.query(
      `CREATE OR REPLACE FUNCTION "My.Schema".increment(i int DEFAULT 0, OUT result int) LANGUAGE sql VOLATILE AS 'SELECT 0'`,
    );
    expect((await terraform.plan()).changes[ADDRESS]).toMatchObject({
      actions: ["update"],
      before: { body: "SELECT 0", volatility: "VOLATILE", security_definer: false },
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await database.query('SELECT "My.Schema".increment() AS value')).toEqual([{ value: 30 }]);

    expect((await errorOf(terraform.destroy())).message).toMatch(
      /view uses depends on.*drop_cascade = true/s,
    );
    await terraform.write(definition({ ...changed, drop_cascade: true }));
    await terraform.apply();
    await terraform.destroy();
    expect(await functionsOf(database)).toEqual([]);
  });

  test("plans no change when types, defaults and quotes are only written in another way", async () => {
    const database = await createDatabase(server);
    await database.query("CREATE TYPE mood AS ENUM ('fine')");
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    const source = "SELECT a, b FROM (VALUES (1, 'x'::varchar)) AS v (a, b)";
    const written = {
      name: "f",
      arg: [
        { type: "int4", name: "one" },
        { type: "varchar(10)", name: '"Two"', default: "'a'" },
        { type: "public.mood", default: "'fine'" },
        { type: "numeric(10, 2)", default: "1.5" },
        { type: "text[]", mode: "VARIADIC", default: "ARRAY['x']", name: "rest" },
      ],
      returns: "table (a int, b varchar)",
      language: "SQL",
      body: `AS $$\n${source}\n$$`,
    };
    await terraform.write(definition(written));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.write(
      definition({
        ...written,
        schema: "public",
        database: database.name,
        arg: [
          { type: "integer", name: "ONE", mode: "" },
          { type: "character varying", name: '"Two"', default: "'a'::character varying", mode: "IN" },
          { type: "mood", default: "'fine'::mood" },
          { type: "numeric", default: "1.5" },
          { type: "text[]", mode: "variadic", default: "ARRAY['x'::text]", name: "rest" },
        ],
        returns: "TABLE(a integer, b character varying)",
        language: "sql",
        body: source,
      }),
    );
    await terraform.expectEmptyPlan();
    await terraform.write(definition({ ...written, returns: "TABLE (a int, c varchar)" }));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["delete", "create"]);
    await terraform.write(definition({ ...written, arg: written.arg.slice(0, 4) }));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["delete", "create"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });

  test("takes over a state of cyrilgdn/postgresql 1.26 with an empty plan", async () => {
    const database = await createDatabase(server);
    await database.query(
      `CREATE FUNCTION increment(i integer DEFAULT 7, OUT result integer) LANGUAGE plpgsql PARALLEL RESTRICTED AS $$\nBEGIN\n  result = i;\nEND;\n$$`,
    );
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    const body = "\nBEGIN\n  result = i;\nEND;\n";
    await terraform.write(
      definition({
        name: "increment",
        arg: [
          { name: "i", type: "integer", default: "7" },
          { name: "result", type: "integer", mode: "OUT" },
        ],
        parallel: "RESTRICTED",
        body,
      }),
    );
    await writeUpstreamState(terraform, ADDRESS, {
      id: `${database.name}.public.increment(integer)`,
      name: "increment",
      schema: "public",
      database: database.name,
      arg: [
        { type: "integer", name: "i", mode: "IN", default: "7" },
        { type: "integer", name: "result", mode: "OUT", default: "" },
      ],
      returns: "integer",
      language: "plpgsql",
      body,
      parallel: "RESTRICTED",
      volatility: "VOLATILE",
      strict: false,
      security_definer: false,
      drop_cascade: false,
    });
    await terraform.expectEmptyPlan();
    await database.query("DROP FUNCTION increment(integer)");
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.destroy();
  });
});

describe("postgresql_function", () => {
  test("reports what already exists, and what PostgreSQL does not accept", async () => {
    const database = await createDatabase(server18);
    await database.query("CREATE FUNCTION f(int) RETURNS void LANGUAGE sql AS ''; CREATE TABLE t (a int)");
    const terraform = await createTerraform({ provider: { server: server18, database: database.name } });
    const attributes = { name: "f", language: "sql", body: "" };
    await terraform.write(definition({ ...attributes, arg: [{ type: "integer" }] }));
    const existing = await errorOf(terraform.plan());
    expect(existing.message).toContain(`terraform import ADDRESS '${database.name}.public.f(integer)'`);
    await terraform.import(ADDRESS, "public.f(int)");
    await terraform.expectEmptyPlan();

    const other = await createTerraform({ provider: { server: server18, database: database.name } });
    await other.write(definition({ ...attributes, arg: [{ type: "no_such_type" }] }));
    expect((await errorOf(other.apply())).message).toMatch(
      /type "?no_such_type"? does not exist.*Correct the name of the type/s,
    );
    await other.write(definition({ ...attributes, arg: [{ type: "t.a%TYPE" }] }));
    expect((await errorOf(other.plan())).message).toContain("write the type itself");
    await other.write(definition({ ...attributes, arg: [{ type: "int", default: "1" }, { type: "int" }] }));
    expect((await errorOf(other.plan())).message).toContain("PostgreSQL requires a default");
    await other.write(definition({ ...attributes, volatility: "stable" }));
    expect((await errorOf(other.plan())).message).toContain("It must be one of IMMUTABLE, STABLE, VOLATILE.");
    expect((await errorOf(other.import(ADDRESS, "f"))).message).toContain(
      "Write database.schema.name(types)",
    );
    expect(await functionsOf(database)).toHaveLength(1);
  });

  test("can be managed by an administrator who is no superuser", async () => {
    const database = await createDatabase(server18);
    const administrator = await createRole(server18, "CREATEROLE");
    const { username: owner } = await createRole(server18, "", administrator.username);
    await database.query(
      `CREATE SCHEMA s; GRANT USAGE, CREATE ON SCHEMA s TO ${administrator.username}, ${owner}`,
    );
    const terraform = await createTerraform({ provider: { server: administrator, database: database.name } });
    const attributes = { name: "f", schema: "s", language: "sql", returns: "int" };
    await terraform.write(definition({ ...attributes, body: "SELECT 1" }));
    await terraform.apply();
    await database.query(`ALTER FUNCTION s.f() OWNER TO ${owner}`);
    await terraform.write(definition({ ...attributes, body: "SELECT 2" }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await database.query("SELECT s.f() AS value")).toEqual([{ value: 2 }]);
    await terraform.destroy();
    expect(await functionsOf(database)).toEqual([]);
  });
});
