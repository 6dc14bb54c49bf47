import { randomBytes } from "node:crypto";
import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const server18 = sharedServer("publisher");
const server10 = sharedServer("publisher10");

const ADDRESS = "postgresql_default_privileges.d";

function defaults(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_default_privileges: { d: attributes } } };
}

/** The entries of pg_default_acl: `schema/type: privileges of the grantee`, with a star for a grant option. */
async function entries(database: TestDatabase, role: string): Promise<string[]> {
  const rows = await database.query<{ entry: string }>(
    `SELECT coalesce(nspname, '') || '/' || defaclobjtype::text || ': ' ||
            string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ',' ORDER BY privilege_type) AS entry
     FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace, aclexplode(defaclacl)
     WHERE grantee = coalesce((SELECT oid FROM pg_roles WHERE rolname = $1), 0)
     GROUP BY defaclrole, nspname, defaclobjtype ORDER BY 1`,
    [role],
  );
  return rows.map(({ entry }) => entry);
}

describe.each([
  ["18", server18, 8],
  ["10", server10, 7],
])("postgresql_default_privileges on PostgreSQL %s", (_, server, allOnTables) => {
  test("are created, imported, changed in place, repaired after drift and destroyed", async () => {
    const database = await createDatabase(server);
    const { username: role } = await createRole(server);
    const { username: owner } = await createRole(server);
    await database.query(`CREATE SCHEMA "My.Schema" AUTHORIZATION ${owner}`);
    const provider = { provider: { server, database: database.name } };
    const terraform = await createTerraform(provider);
    const scope = { role, database: database.name, owner, schema: "My.Schema", object_type: "table" };
    await terraform.write(defaults({ ...scope, privileges: ["select", "INSERT"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      ...scope,
      id: `${role}_${database.name}_My.Schema_${owner}_table`,
      with_grant_option: false,
    });
    await database.query(`SET ROLE ${owner}; CREATE TABLE "My.Schema".t (a int); RESET ROLE`);
    expect(
      await database.query(
        `SELECT has_table_privilege($1, '"My.Schema".t', 'SELECT') AS reads, has_table_privilege($1, '"My.Schema".t', 'UPDATE') AS updates`,
        [role],
      ),
    ).toEqual([{ reads: true, updates: false }]);

    const importing = await createTerraform(provider);
    await importing.write(defaults({ ...scope, privileges: ["INSERT", "SELECT"] }));
    await importing.import(ADDRESS, JSON.stringify(scope));
    await importing.expectEmptyPlan();

    await terraform.write(defaults({ ...scope, privileges: ["SELECT", "UPDATE"], with_grant_option: true }));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await entries(database, role)).toEqual(["My.Schema/r: SELECT*,UPDATE*"]);

    const byHand = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA "My.Schema"`;
    await database.query(
      `${byHand} GRANT DELETE ON TABLES TO ${role}; ${byHand} REVOKE UPDATE ON TABLES FROM ${role}`,
    );
    expect((await terraform.plan()).changes[ADDRESS]).toMatchObject({
      actions: ["update"],
      before: { privileges: ["DELETE", "SELECT"], with_grant_option: false },
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await entries(database, role)).toEqual(["My.Schema/r: SELECT*,UPDATE*"]);

    await terraform.write(defaults({ ...scope, privileges: [], with_grant_option: true }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await entries(database, role)).toEqual([]);
    await terraform.write(defaults({ ...scope, privileges: ["ALL"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await entries(database, role)).toEqual([]);
  });

  test("plan no change when ALL and the list of all privileges replace each other", async () => {
    const database = await createDatabase(server);
    const { username: role } = await createRole(server);
    const { username: owner } = await createRole(server);
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    const scope = { role, database: database.name, owner, object_type: "table" };
    await terraform.write(defaults({ ...scope, privileges: ["ALL"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    const [entry = ""] = await entries(database, role);
    const every = entry.replace("/r: ", "").split(",");
    expect(every).toHaveLength(allOnTables);
    await terraform.write(defaults({ ...scope, privileges: every }));
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    await terraform.write(defaults({ ...scope, schema: "", privileges: ["all privileges"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.write(defaults({ ...scope, privileges: ["ALL"] }));
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });

  test("apply to every object type, in one schema and in all schemas", async () => {
    const database = await createDatabase(server);
    const { username: role } = await createRole(server);
    const { username: owner } = await createRole(server);
    const scope = { role, database: database.name, owner };
    const types = {
      table: ["TRUNCATE"],
      sequence: ["USAGE", "SELECT"],
      routine: ["EXECUTE"],
      type: ["USAGE"],
      schema: ["CREATE", "USAGE"],
    };
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    const everywhere = Object.entries(types).map(([type, privileges]): [string, object] => [
      type,
      { ...scope, object_type: type, privileges },
    ]);
    const inSchema = everywhere
      .filter(([type]) => type !== "schema")
      .map(([type, attributes]): [string, object] => [
        `${type}_in_schema`,
        { ...attributes, schema: "public" },
      ]);
    await terraform.write({
      resource: { postgresql_default_privileges: Object.fromEntries([...everywhere, ...inSchema]) },
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await entries(database, role)).toEqual(
      [
        "/S: SELECT,USAGE",
        "/T: USAGE",
        "/f: EXECUTE",
        "/n: CREATE,USAGE",
        "/r: TRUNCATE",
        "public/S: SELECT,USAGE",
        "public/T: USAGE",
        "public/f: EXECUTE",
        "public/r: TRUNCATE",
      ].sort(),
    );
    await terraform.destroy();
    expect(await entries(database, role)).toEqual([]);
  });

  test("take EXECUTE on new functions from PUBLIC, report it when it comes back, and restore it on destroy", async () => {
    const database = await createDatabase(server);
    const { username: owner } = await createRole(server);
    await database.query(`ALTER SCHEMA public OWNER TO ${owner}`);
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    const scope = { role: "public", database: database.name, owner, object_type: "function" };
    await terraform.write(defaults({ ...scope, privileges: [] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      id: `public_${database.name}_noschema_${owner}_function`,
    });
    const canExecute = async (name: string) => {
      await database.query(
        `SET ROLE ${owner}; CREATE FUNCTION ${name}() RETURNS int LANGUAGE sql AS 'SELECT 1'; RESET ROLE`,
      );
      return database.query(
        "SELECT coalesce(bool_or(grantee = 0), false) AS public FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE proname = $1",
        [name],
      );
    };
    expect(await canExecute("f")).toEqual([{ public: false }]);

    await database.query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT EXECUTE ON FUNCTIONS TO PUBLIC`);
    expect((await terraform.plan()).changes[ADDRESS]).toMatchObject({
      actions: ["update"],
      before: { privileges: ["EXECUTE"] },
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await canExecute("g")).toEqual([{ public: false }]);
    await terraform.destroy();
    expect(await canExecute("h")).toEqual([{ public: true }]);
  });

  test("may be those of the owner itself, which are PostgreSQL's built-in ones", async () => {
    const database = await createDatabase(server);
    const { username: owner } = await createRole(server);
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    const scope = { role: owner, database: database.name, owner, object_type: "schema" };
    await terraform.write(defaults({ ...scope, privileges: ["USAGE", "CREATE"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await entries(database, owner)).toEqual([]);
    await terraform.destroy();
    expect(await entries(database, owner)).toEqual([]);
  });

  test("of several owners in one schema are set in one apply by an administrator who is no superuser", async () => {
    const database = await createDatabase(server);
    const administrator = await createRole(server, "CREATEROLE");
    const owners = await Promise.all([0, 1, 2].map(() => createRole(server, "", administrator.username)));
    const { username: role } = await createRole(server);
    const terraform = await createTerraform({ provider: { server: administrator, database: database.name } });
    const all = owners.flatMap(({ username: owner }) =>
      ["table", "sequence", "function"].map((type): [string, object] => [
        `${owner}_${type}`,
        {
          role,
          database: database.name,
          owner,
          schema: "public",
          object_type: type,
          privileges: ["ALL"],
        },
      ]),
    );
    await terraform.write({ resource: { postgresql_default_privileges: Object.fromEntries(all) } });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await entries(database, role)).toHaveLength(9);
    expect(
      await database.query(
        "SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE rolname = $1 AND NOT admin_option",
        [administrator.username],
      ),
    ).toEqual([]);
    await terraform.destroy();
    expect(await entries(database, role)).toEqual([]);
  });

  test("take over a state of cyrilgdn/postgresql 1.26 with an empty plan", async () => {
    const database = await createDatabase(server);
    const { username: role } = await createRole(server);
    const { username: owner } = await createRole(server);
    await database.query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT SELECT ON SEQUENCES TO ${role}`);
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    const attributes = {
      role,
      database: database.name,
      owner,
      object_type: "sequence",
      privileges: ["SELECT"],
    };
    await terraform.write(defaults(attributes));
    await writeUpstreamState(terraform, ADDRESS, {
      ...attributes,
      id: `${role}_${database.name}_noschema_${owner}_sequence`,
      schema: "",
      with_grant_option: false,
    });
    await terraform.expectEmptyPlan();
    await database.query(`DROP OWNED BY ${owner}`);
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.destroy();
  });
});

describe("postgresql_default_privileges", () => {
  test("say while validating and planning what PostgreSQL does not have", async () => {
    const database = await createDatabase(server10);
    const { username: role } = await createRole(server10);
    const terraform = await createTerraform({ provider: { server: server10, database: database.name } });
    const scope = { role, database: database.name, owner: server10.username };
    const messageOf = async (attributes: Record<string, unknown>) => {
      await terraform.write(defaults({ ...scope, ...attributes }));
      return (await errorOf(terraform.plan())).message;
    };
    expect(await messageOf({ object_type: "database", privileges: [] })).toContain(
      "It must be one of table, sequence, function, routine, type, schema.",
    );
    expect(await messageOf({ object_type: "table", privileges: ["EXECUTE"] })).toContain(
      'PostgreSQL has no privilege "EXECUTE" on a table. Use ALL, SELECT, INSERT',
    );
    expect(await messageOf({ object_type: "table", privileges: ["MAINTAIN"] })).toContain(
      "The privilege MAINTAIN needs PostgreSQL 17 or later",
    );
    expect(await messageOf({ object_type: "schema", schema: "public", privileges: ["USAGE"] })).toContain(
      "Remove schema.",
    );
    expect(
      await messageOf({
        role: "public",
        object_type: "table",
        privileges: ["SELECT"],
        with_grant_option: true,
      }),
    ).toContain("PostgreSQL grants no grant options to PUBLIC.");
  });

  test("say which role or schema does not exist, and that a schema cannot take what all schemas grant", async () => {
    const database = await createDatabase(server18);
    const { username: role } = await createRole(server18);
    const terraform = await createTerraform({ provider: { server: server18, database: database.name } });
    const missing = `missing_${randomBytes(4).toString("hex")}`;
    const scope = { role, database: database.name, owner: server18.username, object_type: "function" };
    await terraform.write(defaults({ ...scope, owner: missing, schema: missing, privileges: [] }));
    expect((await errorOf(terraform.apply())).message).toContain(
      `the server does not have the owner "${missing}" and the schema "${missing}"`,
    );

    await terraform.write(defaults({ ...scope, role: "public", schema: "public", privileges: [] }));
    const { diagnostics } = await terraform.plan();
    expect(diagnostics).toMatchObject([
      {
        severity: "warning",
        summary: "The role gets more privileges from the defaults for all schemas",
        attribute: "privileges",
      },
    ]);

    await database.query(`ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${role}`);
    await terraform.write(defaults({ ...scope, object_type: "table", privileges: ["INSERT"] }));
    expect((await terraform.plan()).diagnostics).toMatchObject([
      { summary: "Default privileges will be revoked", attribute: "privileges" },
    ]);
    await database.query(`ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM ${role}`);
  });

  test("are gone from the state when the role, the schema or the database is gone", async () => {
    const database = await createDatabase(server18);
    const { username: role } = await createRole(server18);
    await database.query("CREATE SCHEMA s");
    const terraform = await createTerraform({ provider: { server: server18 } });
    await terraform.write(
      defaults({
        role,
        database: database.name,
        owner: server18.username,
        schema: "s",
        object_type: "table",
        privileges: ["SELECT"],
      }),
    );
    await terraform.apply();
    await database.query("DROP SCHEMA s");
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.destroy();
  });
});
