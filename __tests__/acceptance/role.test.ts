import { createHash, randomBytes } from "node:crypto";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { type SandboxServer, startSandboxServer } from "../../sandbox/sandbox-server";
import { withClient } from "../support/client";
import { createDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";
import { role as resource } from "../../provider/resources/role/role";
import { FRESH } from "../../provider/resources/role/attributes";
import { connectTo, never } from "./postgres/settings";

const server18 = sharedServer("publisher");
const server10 = sharedServer("publisher10");

const ADDRESS = "postgresql_role.r";

/** A configuration with one role at `postgresql_role.r`. */
function role(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_role: { r: attributes } } };
}

/** A name that no other test has: roles belong to the whole server. */
function unique(name = "t_role"): string {
  return `${name}_${randomBytes(4).toString("hex")}`;
}

const servers: SandboxServer[] = [];

afterAll(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** Runs SQL as the superuser and returns the rows. */
function administer(
  server: PostgresEndpoint,
  text: string,
  parameters: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  return withClient(
    server,
    async (client) => (await client.query<Record<string, unknown>>(text, parameters)).rows,
  );
}

/** What the server has for the role's password. */
async function storedPassword(server: PostgresEndpoint, name: string): Promise<unknown> {
  const [row] = await administer(server, "SELECT rolpassword FROM pg_authid WHERE rolname = $1", [name]);
  return row?.["rolpassword"];
}

/** Whether the user can log in with the password. */
async function canLogIn(server: PostgresEndpoint, username: string, password: string): Promise<boolean> {
  try {
    await withClient({ ...server, username, password }, () => Promise.resolve());
    return true;
  } catch {
    return false;
  }
}

describe("postgresql_role", () => {
  test("is created, imported, renamed and altered in place, repaired and destroyed", async () => {
    const database = await createDatabase(server18);
    const [group, other] = [unique(), unique()];
    await database.query(`CREATE ROLE ${group}; CREATE ROLE ${other}`);
    const provider = { server: server18, database: database.name };
    const terraform = await createTerraform({ provider });
    const attributes = {
      name: unique('My "Role". 🐘'),
      login: true,
      replication: true,
      superuser: true,
      create_database: true,
      create_role: true,
      bypass_row_level_security: true,
      inherit: false,
      connection_limit: 3,
      valid_until: "2030-05-04 12:00:00+02",
      roles: [group],
      search_path: ["$user", "my.schema", 'quo"ted', "UPPER, lower"],
      statement_timeout: 30000,
      idle_in_transaction_session_timeout: 60000,
      assume_role: group,
    };
    await terraform.write(role(attributes));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({ ...attributes, id: attributes.name });
    const [before] = await database.query<{ oid: number; rolconfig: string[] }>(
      "SELECT oid, rolconfig, rolsuper, rolreplication, rolinherit FROM pg_roles WHERE rolname = $1",
      [attributes.name],
    );
    expect(before).toMatchObject({ rolsuper: true, rolreplication: true, rolinherit: false });
    expect(before?.rolconfig).toContain('search_path="$user", "my.schema", "quo""ted", "UPPER, lower"');

    const importing = await createTerraform({ provider });
    await importing.write(role(attributes));
    await importing.import(ADDRESS, attributes.name);
    await importing.expectEmptyPlan();

    const renamed = unique();
    await terraform.write(role({ name: renamed, login: true, roles: [other] }));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(
      await database.query(
        `SELECT oid, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication, rolinherit, rolconnlimit, rolconfig,
                coalesce(rolvaliduntil, 'infinity') = 'infinity' AS forever, pg_has_role(oid, '${other}', 'MEMBER') AS is_other,
                (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships
         FROM pg_roles r WHERE rolname = '${renamed}'`,
      ),
    ).toEqual([
      {
        oid: before?.oid,
        rolsuper: false,
        rolcreatedb: false,
        rolcreaterole: false,
        rolbypassrls: false,
        rolreplication: false,
        rolinherit: true,
        rolconnlimit: -1,
        rolconfig: null,
        forever: true,
        is_other: true,
        memberships: 1,
      },
    ]);

    await database.query(
      `ALTER ROLE ${renamed} NOLOGIN VALID UNTIL '2031-01-01'; ALTER ROLE ${renamed} SET statement_timeout = '5min';
       ALTER ROLE ${renamed} SET search_path = a, "B"; REVOKE ${other} FROM ${renamed}; GRANT ${group} TO ${renamed}`,
    );
    const drift = await terraform.plan();
    expect(drift.changes[ADDRESS]?.before).toMatchObject({
      login: false,
      statement_timeout: 300000,
      search_path: ["a", "B"],
      roles: [group],
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();

    await database.query(`DROP ROLE ${renamed}`);
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.apply();
    await terraform.destroy();
    expect(await database.query("SELECT FROM pg_roles WHERE rolname = $1", [renamed])).toEqual([]);
    await database.query(`DROP ROLE ${group}, ${other}`);
  });

  test.each([
    [18, "scram-sha-256"],
    [10, "md5"],
  ])(
    "hashes passwords itself, on PostgreSQL %i by %s: the server sees no password",
    async (major, method) => {
      const server = await startSandboxServer({
        major,
        settings: { log_statement: "all", password_encryption: method },
      });
      servers.push(server);
      const secret = 'first "secret" ’①';
      const terraform = await createTerraform({
        provider: { server },
        secrets: { secret },
        environment: { TF_LOG: "TRACE", TF_LOG_PATH: "terraform.log" },
      });
      const write = (r: Record<string, unknown>, s: Record<string, unknown>): Promise<void> =>
        terraform.write({ resource: { postgresql_role: { r, s } } });
      const isPassword = async (name: string, password: string): Promise<boolean> => {
        const stored = await storedPassword(server, name);
        const md5 = createHash("md5").update(password).update(name).digest("hex");
        // The sandbox lets nobody in by md5.
        return method === "md5" ? stored === `md5${md5}` : canLogIn(server, name, password);
      };

      const writeOnly = {
        name: "writer",
        login: true,
        password_wo: "${var.secret}",
        password_wo_version: "1",
      };
      const inState = { name: "stater", login: true, password: "second secret" };
      await write(writeOnly, inState);
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect(await isPassword("writer", secret)).toBe(true);
      expect(await isPassword("stater", "second secret")).toBe(true);
      const files = await terraform.files();
      expect(Object.keys(files)).toContain("terraform.log");
      expect(Object.values(files).filter((text) => text.includes("’①"))).toEqual([]);

      // A rename makes an md5 hash void, so the password is given again.
      const renamed = { ...writeOnly, name: "renamed" };
      await write(renamed, inState);
      await terraform.apply();
      expect(await isPassword("renamed", secret)).toBe(true);

      await administer(server, "ALTER ROLE stater PASSWORD 'changed by hand'");
      expect((await terraform.plan()).actions).toEqual({ "postgresql_role.s": "update" });
      await administer(server, "ALTER ROLE renamed PASSWORD 'changed by hand'");
      const hash = await storedPassword(server, "renamed");
      await write({ ...renamed, password_wo_version: "2" }, { ...inState, password: hash });
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect(await isPassword("renamed", secret)).toBe(true);
      expect(await storedPassword(server, "stater")).toBe(hash);

      await write({ name: "renamed" }, { name: "stater" });
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect(await storedPassword(server, "renamed")).toBeNull();
      expect(await storedPassword(server, "stater")).toBeNull();

      expect(server.log()).toContain("CREATE ROLE");
      expect(server.log()).not.toContain("’①");
      expect(server.log()).not.toContain("second secret");
    },
  );

  test("is read in one round trip, and its password hash only when the provider may be a superuser", async () => {
    const name = unique();
    await administer(server18, `CREATE ROLE ${name} PASSWORD 'p'`);
    for (const readPasswordHashes of [true, false]) {
      const server = connectTo(server18, { readPasswordHashes });
      const operation = { provider: { server, aws: {} }, signal: never, warn: () => {} };
      const state = { ...FRESH, name, password: "another" };
      await resource.read(operation, state);
      const before = server.roundTrips;
      const actual = await resource.read(operation, state);
      expect(server.roundTrips).toBe(before + 1);
      expect(actual?.["password"]).toBe(readPasswordHashes ? null : "another");
    }
    await administer(server18, `DROP ROLE ${name}`);
  });

  test("leaves memberships alone that it was told nothing of", async () => {
    const [member, group] = [unique(), unique()];
    const terraform = await createTerraform({ provider: { server: server18 } });
    const configuration = (connectionLimit: number): Record<string, unknown> => ({
      resource: {
        postgresql_role: { r: { name: member, connection_limit: connectionLimit }, g: { name: group } },
        postgresql_grant_role: {
          m: { role: "${postgresql_role.r.name}", grant_role: "${postgresql_role.g.name}" },
        },
      },
    });
    await terraform.write(configuration(1));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.write(configuration(2));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state("postgresql_grant_role.m")).toMatchObject({ role: member });
    await terraform.destroy();
  });

  test("loses the memberships that its configuration gave it and no longer has, and no others", async () => {
    const [member, group, other] = [unique(), unique(), unique()];
    const terraform = await createTerraform({ provider: { server: server18 } });
    const memberships = (): Promise<Record<string, unknown>[]> =>
      administer(
        server18,
        `SELECT roleid::regrole::text AS role FROM pg_auth_members WHERE member = $1::regrole ORDER BY 1`,
        [member],
      );
    const configuration = (attributes: Record<string, unknown>): Record<string, unknown> => ({
      resource: {
        postgresql_role: { r: { name: member, ...attributes }, g: { name: group }, o: { name: other } },
      },
    });
    await terraform.write(configuration({ roles: ["${postgresql_role.g.name}"] }));
    await terraform.apply();

    // An apply that fails takes nothing, and the next plan still knows.
    await terraform.write(configuration({ name: `pg_${member}` }));
    expect((await terraform.plan()).changes[ADDRESS]).toMatchObject({
      actions: ["update"],
      before: { roles: [group] },
      after: { roles: [] },
    });
    expect((await errorOf(terraform.apply())).message).toMatch(/SQLSTATE 42939/);
    expect(await memberships()).toEqual([{ role: group }]);
    await terraform.write(configuration({}));
    expect((await terraform.plan()).changes[ADDRESS]?.after).toMatchObject({ roles: [] });
    await terraform.apply();
    expect(await memberships()).toEqual([]);
    await terraform.expectEmptyPlan();

    // What others give it from now on is theirs.
    await administer(server18, `GRANT ${other} TO ${member}`);
    await terraform.expectEmptyPlan();
    await terraform.write(configuration({ connection_limit: 7 }));
    await terraform.apply();
    expect(await memberships()).toEqual([{ role: other }]);
    await terraform.destroy();
  });

  test("keeps its memberships when it is imported without roles", async () => {
    const [member, group] = [unique(), unique()];
    await administer(server18, `CREATE ROLE ${group}`);
    await administer(server18, `CREATE ROLE ${member} IN ROLE ${group}`);
    const terraform = await createTerraform({ provider: { server: server18 } });
    await terraform.write(role({ name: member }));
    await terraform.import(ADDRESS, member);
    await terraform.expectEmptyPlan();
    await terraform.write(role({ name: member, connection_limit: 2 }));
    await terraform.apply();
    expect(await terraform.state(ADDRESS)).toMatchObject({ roles: [group] });
    await terraform.destroy();
    await administer(server18, `DROP ROLE ${group}`);
  });

  test("gives away what it owns and may do in every database when it is destroyed", async () => {
    const [home, other] = await Promise.all([createDatabase(server18), createDatabase(server18)]);
    const name = unique();
    const terraform = await createTerraform({ provider: { server: server18, database: home.name } });
    await terraform.write(role({ name, skip_reassign_owned: true }));
    await terraform.apply();
    for (const database of [home, other]) {
      await database.query(
        `CREATE SCHEMA s AUTHORIZATION ${name}; CREATE TABLE "T.1" (a int); GRANT SELECT ON "T.1" TO ${name};
         CREATE PUBLICATION p; GRANT CREATE ON DATABASE ${database.name} TO ${name}; ALTER PUBLICATION p OWNER TO ${name};
         ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${name}`,
      );
    }
    const refused = await errorOf(terraform.destroy());
    expect(refused.message).toContain("Unable to delete role");
    expect(refused.message).toContain(`in database "${other.name}"`);
    expect(refused.message).toMatch(/owner of schema s/);
    expect(refused.message).toMatch(/privileges for table "T\.1"/);
    expect(refused.message).toContain("skip_reassign_owned");

    await terraform.write(role({ name }));
    await terraform.apply();
    await home.query(`ALTER DATABASE ${other.name} ALLOW_CONNECTIONS false`);
    const closed = await errorOf(terraform.destroy());
    expect(closed.message).toContain(`in database "${other.name}": 4 objects, which cannot be looked at`);
    await home.query(`ALTER DATABASE ${other.name} ALLOW_CONNECTIONS true`);
    await terraform.destroy();
    expect(await home.query("SELECT FROM pg_roles WHERE rolname = $1", [name])).toEqual([]);
    for (const database of [home, other]) {
      expect(
        await database.query(
          "SELECT (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 's') AS schema, (SELECT pg_get_userbyid(pubowner) FROM pg_publication) AS publication",
        ),
      ).toEqual([{ schema: "postgres", publication: "postgres" }]);
    }

    await terraform.write(role({ name, skip_drop_role: true }));
    await terraform.apply();
    await terraform.destroy();
    expect(await home.query("SELECT FROM pg_roles WHERE rolname = $1", [name])).toHaveLength(1);
    await home.query(`DROP ROLE ${name}`);
  });

  test.each([
    ["18", server18],
    ["10", server10],
  ])("is managed by an administrator who is no superuser, on PostgreSQL %s", async (_, server) => {
    const database = await createDatabase(server);
    const administrator = await createRole(server, "CREATEROLE CREATEDB");
    const [name, group] = [unique(), unique()];
    const provider = { server: administrator, database: database.name };
    const terraform = await createTerraform({ provider });
    const configuration = (attributes: Record<string, unknown>): Record<string, unknown> => ({
      resource: {
        postgresql_role: {
          g: { name: group },
          r: { name, login: true, roles: ["${postgresql_role.g.name}"], password: "p", ...attributes },
        },
      },
    });
    await terraform.write(configuration({ statement_timeout: 1000 }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await canLogIn(server, name, "p")).toBe(true);

    await terraform.write(configuration({ create_database: true, roles: [], password: "q" }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await canLogIn(server, name, "q")).toBe(true);

    const importing = await createTerraform({ provider });
    await importing.write(role({ name: group }));
    await importing.import(ADDRESS, group);
    await importing.expectEmptyPlan();

    await database.query(
      `CREATE SCHEMA s AUTHORIZATION ${name}; GRANT CREATE ON DATABASE ${database.name} TO ${administrator.username}`,
    );
    await terraform.write(configuration({ replication: true }));
    const refused = await errorOf(terraform.apply());
    expect(refused.message).toContain("rds_replication");
    expect(refused.message).toContain("42501");

    await terraform.destroy();
    expect(
      await database.query("SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = 's'"),
    ).toEqual([{ owner: administrator.username }]);
    expect(
      await database.query("SELECT FROM pg_auth_members WHERE member = $1::regrole", [
        administrator.username,
      ]),
    ).toEqual([]);
  });

  test("is refused while planning when it is there already or its date is none, and is created whole or not at all", async () => {
    const terraform = await createTerraform({ provider: { server: server18 } });
    await terraform.write(role({ name: "postgres" }));
    const existing = await errorOf(terraform.plan());
    expect(existing.diagnostics[0]).toMatchObject({ summary: "Object exists already" });
    expect(existing.message).toContain("terraform import ADDRESS 'postgres'");

    const name = unique();
    await terraform.write(role({ name, valid_until: "soon" }));
    expect((await errorOf(terraform.plan())).message).toMatch(/"soon"[^]*2030-01-01T00:00:00Z/);

    await terraform.write(role({ name, roles: ["no_such_role"] }));
    expect((await errorOf(terraform.apply())).message).toMatch(/role "no_such_role" does not exist[^]*42704/);
    const database = await createDatabase(server18);
    expect(await database.query("SELECT FROM pg_roles WHERE rolname = $1", [name])).toEqual([]);

    await terraform.write(role({ name, encrypted_password: false }));
    expect((await errorOf(terraform.plan())).diagnostics[0]).toMatchObject({
      attribute: "encrypted_password",
    });
  });

  describe("empty values of the configuration", () => {
    const EMPTY = {
      password: "",
      roles: [],
      search_path: [],
      statement_timeout: 0,
      idle_in_transaction_session_timeout: 0,
      assume_role: "",
    };

    test("are no change after a migration, and leave the password alone that others have set", async () => {
      const name = unique();
      await administer(server18, `CREATE ROLE ${name} LOGIN PASSWORD 'of others'`);
      const terraform = await createTerraform({ provider: { server: server18 } });
      const flags = {
        bypass_row_level_security: false,
        create_database: false,
        create_role: false,
        inherit: true,
        login: true,
        replication: false,
        skip_drop_role: false,
        skip_reassign_owned: false,
        superuser: false,
        encrypted: null,
        encrypted_password: true,
        connection_limit: -1,
      };
      await writeUpstreamState(terraform, ADDRESS, {
        ...flags,
        ...EMPTY,
        id: name,
        name,
        valid_until: "infinity",
      });
      await terraform.write(role({ name, login: true, ...EMPTY }));
      await terraform.expectEmptyPlan();
      // The values stay in the state, and so do outputs that are made of them.
      await terraform.write({
        ...role({ name, login: true }),
        output: { o: { value: `\${length(${ADDRESS}.search_path)}` } },
      });
      await terraform.apply();
      expect(await terraform.state(ADDRESS)).toMatchObject({ ...EMPTY, roles: [] });
      await terraform.expectEmptyPlan();

      await terraform.write(role({ name, login: true, ...EMPTY, connection_limit: 3 }));
      await terraform.apply();
      expect(await canLogIn(server18, name, "of others")).toBe(true);
      await terraform.destroy();
    });

    test("are no change after an import, but for timeouts, where 0 means never", async () => {
      const name = unique();
      await administer(server18, `CREATE ROLE ${name} LOGIN PASSWORD 'of others'`);
      const terraform = await createTerraform({ provider: { server: server18 } });
      const empty = { password: "", roles: [], search_path: [], assume_role: "" };
      await terraform.write(role({ name, login: true, ...empty }));
      await terraform.import(ADDRESS, name);
      await terraform.expectEmptyPlan();
      await terraform.write(role({ name, login: true }));
      await terraform.expectEmptyPlan();

      await terraform.write(role({ name, login: true, statement_timeout: 0 }));
      await terraform.apply();
      const setting = "SELECT rolconfig FROM pg_roles WHERE rolname = $1";
      expect(await administer(server18, setting, [name])).toEqual([{ rolconfig: ["statement_timeout=0"] }]);
      expect(await canLogIn(server18, name, "of others")).toBe(true);
      await terraform.destroy();
    });

    test("are one change without effect where the configuration said nothing before", async () => {
      const name = unique();
      const terraform = await createTerraform({ provider: { server: server18 } });
      await terraform.write(role({ name, login: true }));
      await terraform.apply();
      await administer(server18, `ALTER ROLE ${name} PASSWORD 'of others'`);
      await terraform.write(role({ name, login: true, ...EMPTY }));
      expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect(await canLogIn(server18, name, "of others")).toBe(true);
      await terraform.destroy();
    });

    test("are the way back to the server's settings, like no value at all", async () => {
      const name = unique();
      const terraform = await createTerraform({ provider: { server: server18 } });
      const rolconfig = async (): Promise<unknown> =>
        (await administer(server18, "SELECT rolconfig FROM pg_roles WHERE rolname = $1", [name]))[0]?.[
          "rolconfig"
        ];
      await terraform.write(
        role({ name, password: "p", search_path: ["a"], assume_role: "postgres", statement_timeout: 0 }),
      );
      await terraform.apply();
      expect(await rolconfig()).toHaveLength(3);
      await terraform.write(role({ name, password: "", search_path: [], assume_role: "" }));
      expect((await terraform.plan()).changes[ADDRESS]?.after).toMatchObject({ statement_timeout: null });
      await terraform.apply();
      expect(await rolconfig()).toBeNull();
      expect(await storedPassword(server18, name)).toBeNull();
      await terraform.expectEmptyPlan();
      await terraform.destroy();
    });
  });

  test("takes a state of upstream's over with an empty plan", async () => {
    const database = await createDatabase(server18);
    const name = unique();
    await database.query(`CREATE ROLE ${name} LOGIN PASSWORD 'p' VALID UNTIL '2030-01-01 00:00:00+00'`);
    const terraform = await createTerraform({ provider: { server: server18, database: database.name } });
    await terraform.write(
      role({ name, login: true, password: "p", valid_until: "2030-01-01T01:00:00+01:00" }),
    );
    await writeUpstreamState(terraform, ADDRESS, {
      assume_role: "",
      bypass_row_level_security: false,
      connection_limit: -1,
      create_database: false,
      create_role: false,
      encrypted: null,
      encrypted_password: true,
      id: name,
      idle_in_transaction_session_timeout: 0,
      inherit: true,
      login: true,
      name,
      password: "p",
      password_wo: null,
      password_wo_version: null,
      replication: false,
      roles: [],
      search_path: [],
      skip_drop_role: false,
      skip_reassign_owned: false,
      statement_timeout: 0,
      superuser: false,
      valid_until: "2030-01-01 00:00:00+00",
    });
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });
});
