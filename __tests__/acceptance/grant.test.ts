import { randomBytes } from "node:crypto";
import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform, type Terraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const server18 = sharedServer("publisher");
const server10 = sharedServer("publisher10");

const ADDRESS = "postgresql_grant.g";

function grant(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_grant: { g: attributes } } };
}

/** The privileges granted to the role itself on a relation of the schema `public`. */
async function privileges(database: TestDatabase, relation: string, role: string): Promise<string[]> {
  const rows = await database.query<{ privilege: string }>(
    `SELECT privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END AS privilege
     FROM pg_class, aclexplode(relacl) WHERE relname = $1 AND grantee = (SELECT oid FROM pg_roles WHERE rolname = $2)
     ORDER BY 1`,
    [relation, role],
  );
  return rows.map(({ privilege }) => privilege);
}

/** Imports the configured grant by a JSON object of these attributes, and expects an empty plan. */
async function expectImport(
  provider: Parameters<typeof createTerraform>[0],
  configuration: Record<string, unknown>,
  identity: Record<string, unknown>,
): Promise<void> {
  const importing = await createTerraform(provider);
  await importing.write(configuration);
  await importing.import(ADDRESS, JSON.stringify(identity));
  await importing.expectEmptyPlan();
}

describe("postgresql_grant", () => {
  test("is granted on named tables, imported, altered in place, repaired and revoked", async () => {
    const database = await createDatabase(server18);
    const { username: role } = await createRole(server18);
    await database.query(
      `CREATE TABLE "T.1" (a int) PARTITION BY LIST (a); CREATE VIEW "v""w" AS SELECT 1 AS a;
       CREATE MATERIALIZED VIEW "🐘" AS SELECT 1 AS a; CREATE TABLE other (a int); CREATE TABLE kept (a int);
       GRANT SELECT ON kept TO ${role}`,
    );
    const provider = { provider: { server: server18, database: database.name } };
    const terraform = await createTerraform(provider);
    const scope = { role, database: database.name, schema: "public", object_type: "table" };
    const attributes = { ...scope, objects: ["T.1", 'v"w', "🐘"], privileges: ["SELECT", "INSERT"] };
    await terraform.write(grant(attributes));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    for (const name of attributes.objects) {
      expect(await privileges(database, name, role)).toEqual(["INSERT", "SELECT"]);
    }
    await expectImport(provider, grant(attributes), { ...scope, objects: attributes.objects });

    const changed = {
      ...scope,
      objects: ["T.1", "other"],
      privileges: ["SELECT", "UPDATE"],
      with_grant_option: true,
    };
    await terraform.write(grant(changed));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await privileges(database, "T.1", role)).toEqual(["SELECT*", "UPDATE*"]);
    expect(await privileges(database, "other", role)).toEqual(["SELECT*", "UPDATE*"]);
    expect(await privileges(database, "🐘", role)).toEqual([]);

    await database.query(`REVOKE UPDATE ON "T.1" FROM ${role}; GRANT DELETE ON other TO ${role}`);
    expect((await terraform.plan()).changes[ADDRESS]?.before).toMatchObject({ privileges: ["SELECT"] });
    await database.query(`GRANT UPDATE ON "T.1" TO ${role}`);
    const drift = (await terraform.plan()).changes[ADDRESS]?.before;
    expect(drift).toMatchObject({ privileges: ["DELETE", "SELECT", "UPDATE"], with_grant_option: false });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await privileges(database, "other", role)).toEqual(["SELECT*", "UPDATE*"]);

    await database.query("DROP TABLE other");
    expect((await terraform.plan()).changes[ADDRESS]?.before).toMatchObject({ objects: ["T.1"] });
    expect((await errorOf(terraform.apply())).message).toContain("table public.other");
    await terraform.destroy();
    expect(await privileges(database, "T.1", role)).toEqual([]);
    expect(await privileges(database, "kept", role)).toEqual(["SELECT"]);
  });

  test.each([
    ["18", server18, 8],
    ["10", server10, 7],
  ])(
    "is granted on all tables of a schema, where ALL is every privilege of PostgreSQL %s",
    async (_, server, count) => {
      const database = await createDatabase(server);
      const { username: role } = await createRole(server);
      await database.query("CREATE TABLE a (a serial); CREATE VIEW b AS SELECT 1 AS a");
      const provider = { provider: { server, database: database.name } };
      const terraform = await createTerraform(provider);
      const scope = { role, database: database.name, schema: "public", object_type: "table" };
      await terraform.write(grant({ ...scope, privileges: ["ALL"] }));
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect(await privileges(database, "b", role)).toHaveLength(count);
      await expectImport(provider, grant({ ...scope, objects: [], privileges: ["all privileges"] }), {
        ...scope,
        objects: [],
      });

      const every = await privileges(database, "a", role);
      await terraform.write(grant({ ...scope, privileges: every }));
      await terraform.expectEmptyPlan();
      await database.query("CREATE TABLE c (a int)");
      expect((await terraform.plan()).changes[ADDRESS]?.before).toMatchObject({ privileges: [] });
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect(await privileges(database, "c", role)).toEqual(every);

      await terraform.write(grant({ ...scope, privileges: [] }));
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect(await privileges(database, "a", role)).toEqual([]);
      await terraform.destroy();
    },
  );

  test("is granted on every other object type, and to PUBLIC", async () => {
    const database = await createDatabase(server18);
    const { username: role } = await createRole(server18);
    await database.query(
      `CREATE SCHEMA "My.Schema"; CREATE SEQUENCE "My.Schema".s; CREATE TABLE "My.Schema".t (a int, "B.c" int, d int);
       CREATE TYPE "My.Schema"."Mood, of" AS ENUM ('fine');
       CREATE FUNCTION "My.Schema".f() RETURNS int LANGUAGE sql AS 'SELECT 1';
       CREATE FUNCTION "My.Schema".f(int, "My.Schema"."Mood, of") RETURNS int LANGUAGE sql AS 'SELECT 1';
       CREATE FUNCTION "My.Schema"."G" (VARIADIC text[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
       CREATE PROCEDURE "My.Schema".p(numeric(10, 2)) LANGUAGE sql AS 'SELECT 1';
       CREATE FOREIGN DATA WRAPPER w_${role}; CREATE SERVER s_${role} FOREIGN DATA WRAPPER w_${role}`,
    );
    const inSchema = { role, database: database.name, schema: "My.Schema" };
    const anywhere = { role, database: database.name };
    const scopes: Record<string, Record<string, unknown>> = {
      database: { ...anywhere, object_type: "database", privileges: ["CREATE", "TEMPORARY"] },
      schema: { ...inSchema, object_type: "schema", privileges: ["USAGE"] },
      sequence: { ...inSchema, object_type: "sequence", privileges: ["ALL"] },
      overload: {
        ...inSchema,
        object_type: "function",
        objects: ['f(integer, "My.Schema"."Mood, of")'],
        privileges: ["EXECUTE"],
      },
      function: { ...inSchema, object_type: "function", objects: ["f()", "G"], privileges: ["EXECUTE"] },
      procedure: {
        ...inSchema,
        object_type: "procedure",
        objects: ["p(numeric(10, 2))"],
        privileges: ["EXECUTE"],
      },
      column: {
        ...inSchema,
        object_type: "column",
        objects: ["t"],
        columns: ["a", "B.c"],
        privileges: ["SELECT", "UPDATE"],
      },
      wrapper: {
        ...anywhere,
        object_type: "foreign_data_wrapper",
        objects: [`w_${role}`],
        privileges: ["USAGE"],
      },
      server: {
        ...anywhere,
        object_type: "foreign_server",
        objects: [`s_${role}`],
        privileges: ["USAGE"],
        with_grant_option: true,
      },
      everybody: {
        role: "public",
        database: database.name,
        schema: "My.Schema",
        object_type: "column",
        objects: ["t"],
        columns: ["d"],
        privileges: ["SELECT"],
      },
      // A privilege that PUBLIC has by default.
      default: { role: "public", database: database.name, object_type: "database", privileges: ["CONNECT"] },
    };
    const terraform = await createTerraform({ provider: { server: server18, database: database.name } });
    await terraform.write({ resource: { postgresql_grant: scopes } });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    const held = await database.query(
      `SELECT has_database_privilege($1, $2, 'CREATE') AS database, has_schema_privilege($1, 'My.Schema', 'USAGE') AS schema,
              has_sequence_privilege($1, '"My.Schema".s', 'USAGE') AS sequence,
              has_column_privilege($1, '"My.Schema".t', 'B.c', 'UPDATE') AS column,
              has_column_privilege($1, '"My.Schema".t', 'd', 'SELECT') AS everybody,
              has_column_privilege($1, '"My.Schema".t', 'd', 'UPDATE') AS nobody,
              has_foreign_data_wrapper_privilege($1, 'w_' || $1, 'USAGE') AS wrapper,
              has_server_privilege($1, 's_' || $1, 'USAGE WITH GRANT OPTION') AS server,
              (SELECT count(*)::int FROM pg_proc, aclexplode(proacl) WHERE grantee = $1::text::regrole) AS routines,
              (SELECT array_agg(privilege_type) FROM pg_database, aclexplode(datacl) WHERE datname = $2 AND grantee = 0) AS public`,
      [role, database.name],
    );
    expect(held).toEqual([
      {
        database: true,
        schema: true,
        sequence: true,
        column: true,
        everybody: true,
        nobody: false,
        wrapper: true,
        server: true,
        routines: 4,
        public: ["CONNECT"],
      },
    ]);

    await database.query(
      `REVOKE UPDATE ("B.c") ON "My.Schema".t FROM ${role}; REVOKE EXECUTE ON FUNCTION "My.Schema".f() FROM ${role};
       GRANT TEMPORARY ON DATABASE ${database.name} TO public; DROP PROCEDURE "My.Schema".p`,
    );
    expect((await terraform.plan()).actions).toEqual({
      "postgresql_grant.column": "update",
      "postgresql_grant.function": "update",
      "postgresql_grant.default": "update",
      "postgresql_grant.procedure": "create",
    });
    await terraform.destroy();
    expect(
      await database.query("SELECT FROM pg_shdepend WHERE refobjid = $1::regrole AND deptype = 'a'", [role]),
    ).toEqual([]);
  });

  test("is created by twenty resources at once on the same objects", async () => {
    const database = await createDatabase(server18);
    await database.query("CREATE TABLE a (a int); CREATE TABLE b (a int)");
    const suffix = randomBytes(4).toString("hex");
    const names = Array.from({ length: 20 }, (_, index) => `t_${index}_${suffix}`);
    const scope = { database: database.name, schema: "public", privileges: ["SELECT"] };
    const terraform = await createTerraform({ provider: { server: server18, database: database.name } });
    await terraform.write({
      resource: {
        postgresql_role: {
          r: { for_each: Object.fromEntries(names.map((name) => [name, name])), name: "${each.key}" },
        },
        postgresql_grant: {
          named: {
            for_each: "${postgresql_role.r}",
            role: "${each.value.name}",
            ...scope,
            object_type: "table",
            objects: ["b", "a"],
          },
          connect: {
            for_each: "${postgresql_role.r}",
            role: "${each.value.name}",
            database: database.name,
            object_type: "database",
            privileges: ["CONNECT"],
          },
        },
      },
    });
    await terraform.apply("-parallelism=20");
    await terraform.expectEmptyPlan();
    for (const name of names) {
      expect(await privileges(database, "a", name)).toEqual(["SELECT"]);
    }
    await terraform.destroy();
  });

  test.each([
    ["18", server18],
    ["10", server10],
  ])("is granted by an administrator who does not own the objects, on PostgreSQL %s", async (_, server) => {
    const database = await createDatabase(server);
    const administrator = await createRole(server, "CREATEROLE CREATEDB");
    const owner = await createRole(server, "", administrator.username);
    const { username: role } = await createRole(server, "", administrator.username);
    await database.query(
      `CREATE SCHEMA s AUTHORIZATION ${owner.username}; CREATE TABLE s.t (a int); ALTER TABLE s.t OWNER TO ${owner.username};
       CREATE TABLE owned_by_superuser (a int)`,
    );
    const terraform = await createTerraform({ provider: { server: administrator, database: database.name } });
    const scope = { role, database: database.name, object_type: "table", privileges: ["SELECT"] };
    await terraform.write(grant({ ...scope, schema: "s" }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await privileges(database, "t", role)).toEqual(["SELECT"]);
    await terraform.destroy();
    expect(await privileges(database, "t", role)).toEqual([]);
    const usable = server === server18 ? " AND (inherit_option OR set_option)" : "";
    expect(
      await database.query(`SELECT FROM pg_auth_members WHERE member = $1::regrole${usable}`, [
        administrator.username,
      ]),
    ).toEqual([]);

    await terraform.write(grant({ ...scope, schema: "public" }));
    expect((await errorOf(terraform.apply())).message).toMatch(/permission denied|was not granted SELECT/);
    expect(await privileges(database, "owned_by_superuser", role)).toEqual([]);
  });

  test("reports invalid, missing and revoked privileges before it changes anything", async () => {
    const database = await createDatabase(server10);
    const { username: role } = await createRole(server10);
    await database.query(
      `CREATE TABLE t (a int); GRANT DELETE ON t TO ${role};
       CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
       CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    );
    const terraform = await createTerraform({ provider: { server: server10, database: database.name } });
    const scope = { role, database: database.name, schema: "public", object_type: "table" };
    const planError = async (attributes: Record<string, unknown>): Promise<string> => {
      await terraform.write(grant(attributes));
      return (await errorOf(terraform.plan())).message;
    };
    expect(await planError({ ...scope, privileges: ["EXECUTE"] })).toContain(
      'no privilege "EXECUTE" on a table',
    );
    expect(await planError({ ...scope, privileges: ["MAINTAIN"] })).toMatch(/MAINTAIN needs PostgreSQL 17/);
    expect(await planError({ ...scope, object_type: "procedure", privileges: ["EXECUTE"] })).toContain(
      "PostgreSQL 11 or later",
    );
    expect(
      await planError({ ...scope, object_type: "column", privileges: ["SELECT"], objects: ["t"] }),
    ).toContain("needs columns");
    expect(
      await planError({ role, database: database.name, object_type: "table", privileges: [] }),
    ).toContain("needs a schema");

    await terraform.write(grant({ ...scope, objects: ["t", "T"], privileges: ["SELECT"] }));
    const { diagnostics } = await terraform.plan();
    expect(diagnostics.map(({ summary }) => summary)).toEqual([
      "Object does not exist yet",
      "Privileges will be revoked",
    ]);
    expect(diagnostics[0]?.detail).toContain("table public.T");
    expect(diagnostics[1]?.detail).toContain("DELETE on table public.t");
    expect((await errorOf(terraform.apply())).message).toContain("table public.T");
    expect(await privileges(database, "t", role)).toEqual(["DELETE"]);

    await terraform.write(
      grant({ ...scope, object_type: "function", objects: ["f"], privileges: ["EXECUTE"] }),
    );
    expect((await errorOf(terraform.apply())).message).toContain("f(integer), f(text)");
    await terraform.write(grant({ ...scope, role: "no_such_role", privileges: ["SELECT"] }));
    expect((await errorOf(terraform.apply())).message).toMatch(
      /"no_such_role" does not exist[^]*Create the role first/,
    );
  });

  test("is not replaced for empty values in the configuration, whether it is new, migrated or imported", async () => {
    const database = await createDatabase(server18);
    const { username: role } = await createRole(server18);
    await database.query(`CREATE TABLE a (a int); GRANT SELECT ON a TO ${role};
                          GRANT TEMPORARY ON DATABASE ${database.name} TO ${role}`);
    const provider = { server: server18, database: database.name };
    const onTables = {
      role,
      database: database.name,
      schema: "public",
      object_type: "table",
      privileges: ["SELECT"],
    };
    const onDatabase = { role, database: database.name, object_type: "database", privileges: ["TEMPORARY"] };
    const ofTables = {
      scope: onTables,
      empty: { objects: [], columns: [] },
      id: `${role}_${database.name}_public_table`,
    };
    const ofDatabase = {
      scope: onDatabase,
      empty: { schema: "", objects: [] },
      id: `${role}_${database.name}_database`,
    };
    for (const { scope, empty, id } of [ofTables, ofDatabase]) {
      const migrated = await createTerraform({ provider });
      const nothing = { schema: "", objects: [], columns: [] };
      await writeUpstreamState(migrated, ADDRESS, { ...nothing, ...scope, id, with_grant_option: false });
      await migrated.write(grant({ ...scope, ...empty }));
      await migrated.expectEmptyPlan();
      await migrated.write(grant(scope));
      await migrated.expectEmptyPlan();

      const imported = await createTerraform({ provider });
      await imported.write(grant({ ...scope, ...empty }));
      await imported.import(ADDRESS, JSON.stringify({ ...scope, privileges: undefined }));
      await imported.expectEmptyPlan();

      const own = await createTerraform({ provider });
      await own.write(grant(scope));
      await own.apply();
      await own.write(grant({ ...scope, ...empty }));
      expect((await own.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
      await own.apply();
      await own.expectEmptyPlan();
      await own.write(grant(scope));
      await own.expectEmptyPlan();
      await own.destroy();
      await database.query(
        `GRANT SELECT ON a TO ${role}; GRANT TEMPORARY ON DATABASE ${database.name} TO ${role}`,
      );
    }
  });

  test("adopts upstream state with an empty plan", async () => {
    const database = await createDatabase(server18);
    const { username: role } = await createRole(server18);
    await database.query(`CREATE TABLE a (a int); CREATE TABLE b (a int); GRANT SELECT ON a, b TO ${role}`);
    const scope = {
      role,
      database: database.name,
      schema: "public",
      object_type: "table",
      privileges: ["SELECT"],
    };
    const adopt = async (terraform: Terraform, objects: string[], id: string): Promise<void> => {
      await terraform.write(grant(objects.length > 0 ? { ...scope, objects } : scope));
      await writeUpstreamState(terraform, ADDRESS, {
        ...scope,
        columns: null,
        id,
        objects,
        with_grant_option: false,
      });
      await terraform.expectEmptyPlan();
    };
    const terraform = await createTerraform({ provider: { server: server18, database: database.name } });
    await adopt(terraform, [], `${role}_${database.name}_public_table`);
    await adopt(terraform, ["a", "b"], `${role}_${database.name}_public_table_b_a`);
    await terraform.destroy();
    expect(await privileges(database, "a", role)).toEqual([]);
  });
});
