import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const publisher = sharedServer("publisher");
const ADDRESS = "postgresql_schema.s";

/** A configuration with one schema at `postgresql_schema.s`. */
function schema(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_schema: { s: attributes } } };
}

describe("postgresql_schema", () => {
  test("is created, imported, altered in place, repaired and destroyed", async () => {
    const database = await createDatabase(publisher);
    const owner = await createRole(publisher);
    const reader = await createRole(publisher);
    const provider = { server: publisher, database: database.name };
    const terraform = await createTerraform({ provider });
    const name = 'My "Schema". 🐘';
    await terraform.write(schema({ name }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      id: `${database.name}.${name}`,
      database: database.name,
      owner: "postgres",
      if_not_exists: true,
      drop_cascade: false,
      policy: [],
    });

    const importing = await createTerraform({ provider });
    await importing.write(schema({ name }));
    await importing.import(ADDRESS, `${database.name}."My ""Schema"". 🐘"`);
    await importing.expectEmptyPlan();

    const before = await schemasOf(database);
    const policy = [
      { role: reader.username, usage: true, create_with_grant: true },
      { role: "", usage: true },
    ];
    await terraform.write(schema({ name: "renamed", owner: owner.username, policy, drop_cascade: true }));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    const [after] = await schemasOf(database);
    expect(after).toMatchObject({ oid: before[0]?.oid, name: "renamed", owner: owner.username });
    expect(after?.acl).toEqual(
      [
        `=U/${owner.username}`,
        `${owner.username}=UC/${owner.username}`,
        `${reader.username}=UC*/${owner.username}`,
      ].sort(),
    );

    await database.query(
      `GRANT CREATE ON SCHEMA renamed TO PUBLIC; REVOKE ALL ON SCHEMA renamed FROM ${reader.username};
         ALTER SCHEMA renamed OWNER TO postgres`,
    );
    const drift = await terraform.plan();
    expect(drift.changes[ADDRESS]?.actions).toEqual(["update"]);
    expect(drift.changes[ADDRESS]?.before).toMatchObject({
      owner: "postgres",
      policy: expect.arrayContaining([
        { role: "", usage: true, create: true, usage_with_grant: false, create_with_grant: false },
        {
          role: reader.username,
          usage: false,
          create: false,
          usage_with_grant: false,
          create_with_grant: false,
        },
      ]) as unknown,
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();

    await terraform.write(schema({ name: "renamed", owner: owner.username, drop_cascade: true }));
    await terraform.apply();
    expect((await schemasOf(database))[0]?.acl).toEqual([`${owner.username}=UC/${owner.username}`]);

    await database.query("CREATE TABLE renamed.t (a int)");
    await terraform.destroy();
    expect(await schemasOf(database)).toEqual([]);
  });

  test("adopts an existing schema unless if_not_exists = false, and does not drop a schema that is not empty", async () => {
    const database = await createDatabase(publisher);
    const owner = await createRole(publisher);
    await database.query("CREATE SCHEMA s; CREATE TABLE s.t (a int)");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });

    await terraform.write(schema({ name: "s", if_not_exists: false }));
    const refused = await errorOf(terraform.plan());
    expect(refused.diagnostics).toHaveLength(1);
    expect(refused.diagnostics[0]).toMatchObject({ summary: "Object exists already", attribute: "name" });
    expect(refused.diagnostics[0]?.detail).toContain(`terraform import ADDRESS '${database.name}.s'`);

    await terraform.write(schema({ name: "s", owner: owner.username }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect((await schemasOf(database))[0]?.owner).toBe(owner.username);

    const { diagnostics } = await errorOf(terraform.destroy());
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]?.summary).toBe("Unable to delete schema");
    expect(diagnostics[0]?.detail).toMatch(
      /Schema "s" in database "t_\w+": cannot drop schema s .*\(SQLSTATE 2BP01\).*table s\.t depends on schema s.*set drop_cascade = true/s,
    );
    expect(await terraform.state(ADDRESS)).toBeDefined();
  });

  test("reports an invalid name or a missing role, and leaves nothing behind", async () => {
    const database = await createDatabase(publisher);
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write(schema({ name: "pg_mine" }));
    const invalid = await errorOf(terraform.plan());
    expect(invalid.diagnostics[0]).toMatchObject({ summary: "Invalid name", attribute: "name" });

    await terraform.write(schema({ name: "s", policy: { role: "t_nobody", usage: true } }));
    const { diagnostics } = await errorOf(terraform.apply());
    const [error] = diagnostics.filter(({ severity }) => severity === "error");
    expect(error?.detail).toMatch(
      /role "t_nobody" does not exist \(SQLSTATE 42704\).*Create the role first/s,
    );
    expect(await schemasOf(database)).toEqual([]);
    expect(await terraform.state(ADDRESS)).toBeUndefined();
  });

  test.each(["publisher", "publisher10"] as const)(
    "can be managed on the %s by an administrator who is not a superuser",
    async (serverName) => {
      const server = sharedServer(serverName);
      const database = await createDatabase(server);
      const administrator = await createRole(server, "CREATEROLE CREATEDB");
      const team = await createRole(server, "", administrator.username);
      const others = await createRole(server, "", administrator.username);
      // The administrator has CREATE on the database only as a member of its owner.
      await database.query(
        `REVOKE ALL ON DATABASE ${database.name} FROM PUBLIC; ALTER DATABASE ${database.name} OWNER TO ${team.username};
         GRANT CONNECT ON DATABASE ${database.name} TO ${administrator.username}`,
      );
      const terraform = await createTerraform({
        provider: { server: administrator, database: database.name },
      });
      await terraform.write(schema({ name: "s", owner: team.username }));
      await terraform.apply();
      await terraform.expectEmptyPlan();
      const policy = { role: team.username, create: true };
      await terraform.write(schema({ name: "renamed", owner: others.username, policy }));
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect(await schemasOf(database)).toMatchObject([{ name: "renamed", owner: others.username }]);
      await terraform.destroy();
      expect(await schemasOf(database)).toEqual([]);
      expect(
        await database.query(
          "SELECT FROM pg_auth_members WHERE member::regrole::text = $1 AND grantor = member",
          [administrator.username],
        ),
      ).toEqual([]);
    },
  );

  test("adopts the state of the upstream provider", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write(schema({ name: "s", policy: { usage: true } }));
    await writeUpstreamState(terraform, ADDRESS, {
      id: `${database.name}.s`,
      name: "s",
      database: database.name,
      owner: "postgres",
      if_not_exists: true,
      drop_cascade: false,
      policy: [{ role: "", usage: true, usage_with_grant: false, create: false, create_with_grant: false }],
    });
    await terraform.expectEmptyPlan();

    await database.query("DROP SCHEMA s");
    const { changes, diagnostics } = await terraform.plan();
    expect(changes[ADDRESS]?.actions).toEqual(["create"]);
    expect(diagnostics[0]).toMatchObject({ severity: "warning", summary: "Deprecated block" });
  });
});

interface SchemaRow {
  readonly oid: number;
  readonly name: string;
  readonly owner: string;
  readonly acl: string[] | null;
}

/** The schemas that PostgreSQL did not create itself. */
function schemasOf(database: TestDatabase): Promise<SchemaRow[]> {
  return database.query<SchemaRow & Record<string, unknown>>(
    `SELECT oid, nspname AS name, pg_get_userbyid(nspowner) AS owner,
            (SELECT array_agg(a::text ORDER BY a::text COLLATE "C") FROM unnest(nspacl) a) AS acl
     FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')`,
  );
}
