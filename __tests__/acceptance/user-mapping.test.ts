import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const server18 = sharedServer("publisher");
const server10 = sharedServer("publisher10");

const ADDRESS = "postgresql_user_mapping.m";
const SECRET = "correct horse battery staple";

function mapping(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_user_mapping: { m: attributes } } };
}

function mappingsOf(database: TestDatabase): Promise<unknown[]> {
  return database.query("SELECT usename AS user, umoptions AS options FROM pg_user_mappings ORDER BY 1");
}

async function createServer(database: TestDatabase): Promise<void> {
  await database.query(
    'CREATE EXTENSION postgres_fdw; CREATE SERVER "My.Server" FOREIGN DATA WRAPPER postgres_fdw',
  );
}

describe.each([
  ["18", server18],
  ["10", server10],
])("postgresql_user_mapping on PostgreSQL %s", (_, server) => {
  test("is created, imported, changed in place, repaired after drift and destroyed", async () => {
    const database = await createDatabase(server);
    await createServer(database);
    const { username: user } = await createRole(server);
    const provider = { provider: { server, database: database.name } };
    const terraform = await createTerraform(provider);
    const attributes = { user_name: user, server_name: "My.Server" };
    await terraform.write(mapping({ ...attributes, options: { user: "a=b" } }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      ...attributes,
      id: `${user}.My.Server`,
      database: database.name,
      options: { user: "a=b" },
    });

    const importing = await createTerraform(provider);
    await importing.write(mapping({ ...attributes, options: { user: "a=b" } }));
    await importing.import(ADDRESS, `${user}."My.Server"`);
    await importing.expectEmptyPlan();

    await terraform.write(mapping({ ...attributes, options: { user: "it's", password: "x" } }));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await mappingsOf(database)).toEqual([{ user, options: ["password=x", "user=it's"] }]);

    await database.query(
      `ALTER USER MAPPING FOR ${user} SERVER "My.Server" OPTIONS (SET user 'other', DROP password)`,
    );
    expect((await terraform.plan()).changes[ADDRESS]?.before).toMatchObject({ options: { user: "other" } });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await mappingsOf(database)).toEqual([{ user, options: ["password=x", "user=it's"] }]);

    await terraform.write(mapping(attributes));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await mappingsOf(database)).toEqual([{ user, options: null }]);
    await terraform.destroy();
    expect(await mappingsOf(database)).toEqual([]);
  });

  test("keeps password_wo out of the state, the plan and the log, and writes a new one when its version changes", async () => {
    const database = await createDatabase(server);
    await createServer(database);
    const terraform = await createTerraform({
      provider: { server, database: database.name },
      secrets: { secret: SECRET },
    });
    const attributes = {
      user_name: "PUBLIC",
      server_name: "My.Server",
      options: { user: "reader" },
      password_wo: "${var.secret}",
    };
    await terraform.write(mapping({ ...attributes, password_wo_version: "1" }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await mappingsOf(database)).toEqual([
      { user: "public", options: ["user=reader", `password=${SECRET}`] },
    ]);
    await database.query(`ALTER USER MAPPING FOR PUBLIC SERVER "My.Server" OPTIONS (SET password 'old')`);
    await terraform.expectEmptyPlan();
    await terraform.write(mapping({ ...attributes, password_wo_version: "2" }));
    const { changes } = await terraform.plan();
    expect(changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await mappingsOf(database)).toMatchObject([{ options: ["user=reader", `password=${SECRET}`] }]);
    const importing = await createTerraform({ provider: { server, database: database.name } });
    await importing.write(mapping({ ...attributes, password_wo: "x", password_wo_version: "1" }));
    await importing.import(ADDRESS, 'PUBLIC."My.Server"');
    expect(await importing.state(ADDRESS)).toMatchObject({ options: { user: "reader" } });
    const files = { ...(await terraform.files()), ...(await importing.files()) };
    const leaking = Object.entries(files).filter(([, text]) => text.includes(SECRET));
    expect(leaking).toEqual([]);
    await terraform.destroy();
    expect(await mappingsOf(database)).toEqual([]);
  });

  test("takes over a state of cyrilgdn/postgresql 1.26 with an empty plan", async () => {
    const database = await createDatabase(server);
    await createServer(database);
    const { username: user } = await createRole(server);
    await database.query(
      `CREATE USER MAPPING FOR ${user} SERVER "My.Server" OPTIONS (user 'a', password 'b=c');
       CREATE USER MAPPING FOR CURRENT_USER SERVER "My.Server"`,
    );
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    const attributes = { user_name: user, server_name: "My.Server", options: { user: "a", password: "b=c" } };
    await terraform.write(mapping(attributes));
    await writeUpstreamState(terraform, ADDRESS, { id: `${user}.My.Server`, ...attributes });
    await terraform.expectEmptyPlan();

    const bare = { user_name: server.username, server_name: "My.Server" };
    for (const options of [null, {}]) {
      await writeUpstreamState(terraform, ADDRESS, {
        id: `${server.username}.My.Server`,
        ...bare,
        options,
      });
      await terraform.write(mapping(bare));
      await terraform.expectEmptyPlan();
    }
    await terraform.write(mapping({ ...bare, options: {} }));
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });
});

describe("postgresql_user_mapping", () => {
  test("is managed by the server's owner, whom PostgreSQL does not show the options, without a difference", async () => {
    const database = await createDatabase(server18);
    await createServer(database);
    const administrator = await createRole(server18, "CREATEROLE");
    const { username: owner } = await createRole(server18, "", administrator.username);
    const { username: user } = await createRole(server18);
    await database.query(
      `GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO ${owner}; ALTER SERVER "My.Server" OWNER TO ${owner}`,
    );
    const terraform = await createTerraform({ provider: { server: administrator, database: database.name } });
    const attributes = { user_name: user, server_name: "My.Server" };
    await terraform.write(mapping({ ...attributes, options: { user: "a", password: "b" } }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.write(mapping({ ...attributes, options: { user: "c", password: "d" } }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await mappingsOf(database)).toEqual([{ user, options: ["password=d", "user=c"] }]);
    await terraform.destroy();
    expect(await mappingsOf(database)).toEqual([]);
  });

  test("is of the provider's user when it is CURRENT_USER, and of another database when that is named", async () => {
    const database = await createDatabase(server18);
    await createServer(database);
    const terraform = await createTerraform({ provider: { server: server18 } });
    const attributes = { user_name: "CURRENT_USER", server_name: "My.Server", database: database.name };
    await terraform.write(mapping(attributes));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await mappingsOf(database)).toEqual([{ user: server18.username, options: null }]);

    const again = await createTerraform({ provider: { server: server18 } });
    await again.write(mapping({ ...attributes, user_name: server18.username }));
    const existing = await errorOf(again.plan());
    expect(existing.diagnostics).toMatchObject([
      { summary: "Object exists already", attribute: "user_name" },
    ]);
    expect(existing.message).toContain(`'${database.name}.${server18.username}."My.Server"'`);
    await again.import(ADDRESS, `${database.name}.${server18.username}."My.Server"`);
    await again.expectEmptyPlan();
    await terraform.destroy();
  });

  test("reports two passwords, a missing server and an unknown option", async () => {
    const database = await createDatabase(server18);
    await createServer(database);
    const terraform = await createTerraform({
      provider: { server: server18, database: database.name },
      secrets: { secret: SECRET },
    });
    const attributes = { user_name: "public", server_name: "My.Server" };
    await terraform.write(
      mapping({
        ...attributes,
        options: { password: "a" },
        password_wo: "${var.secret}",
        password_wo_version: "1",
      }),
    );
    expect((await errorOf(terraform.plan())).message).toContain("Remove password from options.");
    await terraform.write(mapping({ ...attributes, server_name: "missing" }));
    expect((await errorOf(terraform.apply())).message).toMatch(
      /server "missing" does not exist.*Create the foreign server and the role first/s,
    );
    await terraform.write(mapping({ ...attributes, options: { colour: "red" } }));
    expect((await errorOf(terraform.apply())).message).toMatch(/invalid option "colour".*Correct options/s);
  });
});
