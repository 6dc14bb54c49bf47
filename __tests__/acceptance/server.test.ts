import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const server18 = sharedServer("publisher");
const server10 = sharedServer("publisher10");

const ADDRESS = "postgresql_server.s";

function foreignServer(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_server: { s: attributes } } };
}

function serversOf(database: TestDatabase): Promise<unknown[]> {
  return database.query(
    `SELECT s.oid, srvname AS name, srvtype AS type, srvversion AS version, srvoptions AS options, rolname AS owner
     FROM pg_foreign_server s JOIN pg_roles r ON r.oid = srvowner`,
  );
}

describe.each([
  ["18", server18],
  ["10", server10],
])("postgresql_server on PostgreSQL %s", (_, server) => {
  test("is created, imported, altered and renamed in place, repaired after drift and destroyed", async () => {
    const database = await createDatabase(server);
    const { username: owner } = await createRole(server);
    await database.query(
      `CREATE EXTENSION postgres_fdw; GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO ${owner}`,
    );
    const provider = { provider: { server, database: database.name } };
    const terraform = await createTerraform(provider);
    const fresh = {
      server_name: "My.Server",
      fdw_name: "postgres_fdw",
      server_type: "a 'type'",
      server_version: "1",
      options: { host: "a=b", dbname: "it's" },
    };
    await terraform.write(foreignServer(fresh));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      ...fresh,
      id: "My.Server",
      database: database.name,
      server_owner: server.username,
      drop_cascade: false,
    });

    const importing = await createTerraform(provider);
    await importing.write(foreignServer(fresh));
    await importing.import(ADDRESS, '"My.Server"');
    await importing.expectEmptyPlan();

    const [before] = await serversOf(database);
    const changed = {
      ...fresh,
      server_name: "renamed",
      server_version: "",
      server_owner: owner,
      options: { host: "c", port: "5433" },
      drop_cascade: true,
    };
    await terraform.write(foreignServer(changed));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await serversOf(database)).toEqual([
      { ...(before as object), name: "renamed", version: null, owner, options: ["host=c", "port=5433"] },
    ]);

    await database.query("ALTER SERVER renamed VERSION '9' OPTIONS (ADD dbname 'x', DROP host)");
    expect((await terraform.plan()).changes[ADDRESS]?.before).toMatchObject({
      server_version: "9",
      options: { dbname: "x", port: "5433" },
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await serversOf(database)).toMatchObject([{ version: null, options: ["port=5433", "host=c"] }]);

    await database.query("CREATE FOREIGN TABLE t (a int) SERVER renamed");
    await terraform.destroy();
    expect(await serversOf(database)).toEqual([]);
  });

  test("takes over a state of cyrilgdn/postgresql 1.26 with an empty plan, whether values are empty or absent", async () => {
    const database = await createDatabase(server);
    await database.query("CREATE EXTENSION file_fdw; CREATE SERVER s FOREIGN DATA WRAPPER file_fdw");
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    const state = {
      id: "s",
      server_name: "s",
      fdw_name: "file_fdw",
      server_type: "",
      server_version: "",
      server_owner: server.username,
      drop_cascade: false,
    };
    const absent = { server_name: "s", fdw_name: "file_fdw" };
    const empty = { ...absent, server_type: "", server_version: "", options: {} };
    await terraform.write(foreignServer(absent));
    await writeUpstreamState(terraform, ADDRESS, { ...state, options: null });
    await terraform.expectEmptyPlan();
    await writeUpstreamState(terraform, ADDRESS, { ...state, options: {} });
    await terraform.expectEmptyPlan();
    await terraform.write(foreignServer(empty));
    await terraform.expectEmptyPlan();

    const importing = await createTerraform({ provider: { server, database: "postgres" } });
    await importing.write(foreignServer({ ...empty, database: database.name }));
    await importing.import(ADDRESS, `${database.name}.s`);
    await importing.expectEmptyPlan();

    await terraform.destroy();
    await terraform.write(foreignServer(empty));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.write(foreignServer(absent));
    await terraform.expectEmptyPlan();
    await database.query("DROP SERVER s");
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.destroy();
  });
});

describe("postgresql_server", () => {
  test("reports what already exists, what is missing, and what depends on it", async () => {
    const database = await createDatabase(server18);
    await database.query(
      "CREATE EXTENSION postgres_fdw; CREATE SERVER taken FOREIGN DATA WRAPPER postgres_fdw",
    );
    const terraform = await createTerraform({ provider: { server: server18, database: database.name } });
    await terraform.write(foreignServer({ server_name: "taken", fdw_name: "postgres_fdw" }));
    expect((await errorOf(terraform.plan())).diagnostics).toMatchObject([
      { summary: "Object exists already", attribute: "server_name" },
    ]);
    await terraform.write(foreignServer({ server_name: "s", fdw_name: "missing_fdw" }));
    expect((await errorOf(terraform.apply())).message).toMatch(
      /foreign-data wrapper "missing_fdw" does not exist.*Create the foreign-data wrapper first/s,
    );
    await terraform.write(
      foreignServer({ server_name: "s", fdw_name: "postgres_fdw", options: { colour: "red" } }),
    );
    expect((await errorOf(terraform.apply())).message).toMatch(/invalid option "colour".*Correct options/s);

    await terraform.write(foreignServer({ server_name: "s", fdw_name: "postgres_fdw" }));
    await terraform.apply();
    await database.query("CREATE FOREIGN TABLE t (a int) SERVER s");
    expect((await errorOf(terraform.destroy())).message).toMatch(
      /foreign table t depends on server s.*drop_cascade = true/s,
    );
    const importing = await createTerraform({ provider: { server: server18, database: database.name } });
    await importing.write(foreignServer({ server_name: "s", fdw_name: "postgres_fdw" }));
    expect((await errorOf(importing.import(ADDRESS, "a.b.c"))).message).toContain(
      "Write server_name, or database.server_name for another database",
    );
  });

  test("can be managed by an administrator who is no superuser", async () => {
    const database = await createDatabase(server18);
    const administrator = await createRole(server18, "CREATEROLE");
    const { username: owner } = await createRole(server18, "", administrator.username);
    await database.query(
      `CREATE EXTENSION postgres_fdw; GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO ${administrator.username}, ${owner}`,
    );
    const terraform = await createTerraform({ provider: { server: administrator, database: database.name } });
    const attributes = { server_name: "s", fdw_name: "postgres_fdw", server_owner: owner };
    await terraform.write(foreignServer(attributes));
    await terraform.apply();
    await terraform.write(foreignServer({ ...attributes, server_name: "t", options: { host: "a" } }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await serversOf(database)).toMatchObject([{ name: "t", owner, options: ["host=a"] }]);
    await terraform.destroy();
    expect(await serversOf(database)).toEqual([]);
  });
});
