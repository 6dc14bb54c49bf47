import type { Client } from "pg";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { connectClient } from "../support/client";
import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform, type Terraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const publisher = sharedServer("publisher");
const publisher10 = sharedServer("publisher10");
const ADDRESS = "postgresql_database.d";

/** A configuration with one database at `postgresql_database.d`, and other resources. */
function database(
  attributes: Record<string, unknown>,
  others: Record<string, unknown> = {},
): Record<string, unknown> {
  return { resource: { postgresql_database: { d: attributes }, ...others } };
}

const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end()));
});

/** A session that stays connected to a database until the test ends or the server terminates it. */
async function connect(server: PostgresEndpoint, name: string): Promise<Client> {
  const client = await connectClient(server, name);
  clients.push(client);
  return client;
}

/** The database that the provider connects to, and a name for the one that the test creates. */
async function prepare(
  server: PostgresEndpoint,
): Promise<{ database: TestDatabase; terraform: Terraform; name: string }> {
  const own = await createDatabase(server);
  const terraform = await createTerraform({ provider: { server, database: own.name } });
  return { database: own, terraform, name: `${own.name}_created` };
}

describe("postgresql_database", () => {
  test("is created, imported, altered in place, repaired and destroyed", async () => {
    const { database: own, terraform, name } = await prepare(publisher);
    const owner = await createRole(publisher);
    const strange = `${name} "A". 🐘`;
    await terraform.write(database({ name: strange, encoding: "utf-8", lc_collate: "DEFAULT" }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      id: strange,
      name: strange,
      owner: "postgres",
      template: "template0",
      encoding: "utf-8",
      lc_ctype: "C",
      tablespace_name: "pg_default",
      connection_limit: -1,
      allow_connections: true,
      is_template: false,
      alter_object_ownership: false,
    });

    const importing = await createTerraform({ provider: { server: publisher, database: own.name } });
    await importing.write(database({ name: strange, encoding: "UTF8" }));
    await importing.import(ADDRESS, strange);
    await importing.expectEmptyPlan();

    const [before] = await databasesOf(own, strange);
    const attributes = {
      name,
      encoding: "UTF8",
      owner: owner.username,
      connection_limit: 7,
      allow_connections: false,
      is_template: true,
    };
    await terraform.write(database(attributes));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await databasesOf(own, name)).toEqual([
      { oid: before?.oid, owner: owner.username, limit: 7, connections: false, template: true },
    ]);

    await own.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true CONNECTION LIMIT 1`);
    const drift = await terraform.plan();
    expect(drift.changes[ADDRESS]).toMatchObject({
      actions: ["update"],
      before: { connection_limit: 1, allow_connections: true },
    });
    await terraform.write(database({ ...attributes, allow_connections: true }));
    await terraform.apply();
    await connect(publisher, name);
    await terraform.destroy();
    expect(await databasesOf(own, name)).toEqual([]);
  });

  test("is replaced only for a change that ALTER DATABASE cannot do, and not for a template that is unknown after import", async () => {
    const { terraform, name, database: own } = await prepare(publisher);
    const other = `${name}_template`;
    // Creating the schema leaves an idle connection of the provider in the template.
    const template = {
      postgresql_database: {
        template: { name: other },
        d: { name, template: other, depends_on: ["postgresql_schema.s"] },
      },
      postgresql_schema: { s: { name: "s", database: "${postgresql_database.template.name}" } },
    };
    await terraform.write({ resource: template });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    const client = await connect(publisher, name);
    expect((await client.query("SELECT 's'::regnamespace::text AS copied")).rows).toEqual([{ copied: "s" }]);

    const importing = await createTerraform({ provider: { server: publisher, database: own.name } });
    await importing.write(database({ name, template: other }));
    await importing.import(ADDRESS, name);
    expect((await importing.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await importing.apply();
    await importing.write(database({ name, template: "template0" }));
    expect((await importing.plan()).changes[ADDRESS]?.replace_paths).toEqual([["template"]]);
    await importing.write(database({ name, template: other, encoding: "LATIN1", lc_collate: "POSIX" }));
    expect((await importing.plan()).changes[ADDRESS]?.replace_paths).toEqual(
      expect.arrayContaining([["encoding"], ["lc_collate"]]),
    );
    await terraform.destroy();
    expect(await databasesOf(own, name)).toEqual([]);
  });

  test("is moved, renamed, and reassigned to another role with the owner's objects in it, but in no other database", async () => {
    const { database: own, terraform, name } = await prepare(publisher);
    const [before, after] = [await createRole(publisher), await createRole(publisher)];
    const [renamed, tablespace] = [`${name}_renamed`, `${name}_space`];
    await own.query(`ALTER DATABASE ${own.name} OWNER TO ${before.username}`);
    const client = await connect(publisher, own.name);
    await client.query("SET allow_in_place_tablespaces = on");
    await client.query(`CREATE TABLESPACE ${tablespace} LOCATION ''`);
    const attributes = { alter_object_ownership: true, encoding: "DEFAULT" };
    await terraform.write(
      database({ ...attributes, name, owner: before.username, tablespace_name: "DEFAULT" }),
    );
    await terraform.apply();
    await terraform.expectEmptyPlan();
    const first = await connect(publisher, name);
    await first.query(
      `SET ROLE ${before.username}; CREATE SCHEMA s; CREATE TABLE s.t (a int); RESET ROLE; CREATE SCHEMA p`,
    );
    await first.end();

    await terraform.write(
      database({ ...attributes, name: own.name, owner: before.username, tablespace_name: tablespace }),
    );
    const half = await errorOf(terraform.apply());
    expect(half.diagnostics[0]?.detail).toMatch(/database "t_\w+" already exists \(SQLSTATE 42P04\)/);
    expect(await terraform.state(ADDRESS)).toMatchObject({ id: name, name, tablespace_name: tablespace });

    // REASSIGN OWNED leaves an idle connection of the provider in the database.
    await terraform.write(
      database({ ...attributes, name: renamed, owner: after.username, tablespace_name: "pg_default" }),
    );
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({ id: renamed, tablespace_name: "pg_default" });
    const second = await connect(publisher, renamed);
    const { rows } = await second.query(
      `SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE oid = 's.t'::regclass
       UNION ALL SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'p'`,
    );
    expect(rows).toEqual([{ owner: after.username }, { owner: "postgres" }]);
    expect(await databasesOf(own, renamed)).toMatchObject([{ owner: after.username }]);
    expect(await databasesOf(own, own.name)).toMatchObject([{ owner: before.username }]);
    await own.query(`ALTER DATABASE ${own.name} OWNER TO postgres`);
    await terraform.destroy();
    await client.query(`DROP TABLESPACE ${tablespace}`);
  });

  test("keeps the objects in it when it is renamed", async () => {
    const { database: own, name } = await prepare(publisher);
    // A separate provider process closes its connections before Terraform continues, which the rename requires.
    const terraform = await createTerraform({
      provider: { server: publisher, database: own.name },
      environment: {},
    });
    const role = await createRole(publisher);
    const inDatabase = { database: "${postgresql_database.d.name}" };
    const objects = {
      postgresql_schema: { o: { ...inDatabase, name: "s", drop_cascade: true } },
      postgresql_extension: { o: { ...inDatabase, name: "hstore" } },
      postgresql_publication: { o: { ...inDatabase, name: "p", tables: ["s.t"] } },
      postgresql_replication_slot: { o: { ...inDatabase, name, plugin: "pgoutput" } },
      postgresql_grant: {
        o: { ...inDatabase, role: role.username, schema: "s", object_type: "schema", privileges: ["USAGE"] },
        d: { ...inDatabase, role: role.username, object_type: "database", privileges: ["CREATE"] },
      },
    };
    const { postgresql_schema } = objects;
    await terraform.write(database({ name }, { postgresql_schema }));
    await terraform.apply();
    const client = await connectClient(publisher, name);
    await client.query("CREATE TABLE s.t AS SELECT 1 AS id; ALTER TABLE s.t REPLICA IDENTITY FULL");
    await client.end();
    await terraform.write(database({ name }, objects));
    await terraform.apply();

    const renamed = `${name}_renamed`;
    await terraform.write(database({ name: renamed }, objects));
    const { changes } = await terraform.plan();
    const actions = Object.entries(changes).map(([address, change]) => [address, change.actions.join()]);
    expect(Object.fromEntries(actions)).toEqual({
      [ADDRESS]: "update",
      "postgresql_schema.o": "update",
      "postgresql_extension.o": "update",
      "postgresql_publication.o": "update",
      "postgresql_replication_slot.o": "update",
      "postgresql_grant.o": "update",
      "postgresql_grant.d": "update",
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state("postgresql_publication.o")).toMatchObject({
      id: `${renamed}.p`,
      database: renamed,
    });
    const after = await connect(publisher, renamed);
    expect((await after.query("SELECT id FROM s.t")).rows).toEqual([{ id: 1 }]);
    await after.end();

    // One process creates the saved plan, and another one applies it.
    await terraform.write(database({ name }, objects));
    await terraform.plan();
    await terraform.apply("tfplan");
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });

  test("is replaced together with its objects, and an object that moves to another database is replaced alone", async () => {
    const { terraform, name } = await prepare(publisher);
    const schemaIn = (where: string): Record<string, unknown> => ({
      postgresql_schema: { o: { name: "s", database: where } },
    });
    const ours = "${postgresql_database.d.name}";
    await terraform.write(database({ name }, schemaIn(ours)));
    await terraform.apply();

    await terraform.write(database({ name: `${name}_2`, encoding: "LATIN1" }, schemaIn(ours)));
    const replaced = await terraform.plan();
    expect(replaced.changes[ADDRESS]?.actions).toEqual(["delete", "create"]);
    expect(replaced.changes["postgresql_schema.o"]?.actions).toEqual(["delete", "create"]);

    const other = await createDatabase(publisher);
    await terraform.write(database({ name: `${name}_2` }, schemaIn(other.name)));
    const moved = await terraform.plan();
    expect(moved.changes[ADDRESS]?.actions).toEqual(["update"]);
    expect(moved.changes["postgresql_schema.o"]?.actions).toEqual(["delete", "create"]);
    await terraform.write(database({ name }, schemaIn(ours)));
    await terraform.destroy();
  });

  test("is not dropped while it has a slot or a subscription, or while the provider is connected to it", async () => {
    const { database: own, terraform, name } = await prepare(publisher);
    await terraform.write(database({ name }));
    await terraform.apply();
    const client = await connect(publisher, name);
    await client.query(`SELECT pg_create_logical_replication_slot('${own.name}', 'pgoutput')`);
    const slot = await errorOf(terraform.destroy());
    expect(slot.diagnostics).toMatchObject([{ summary: "Database has replication slots" }]);
    expect(slot.diagnostics[0]?.detail).toContain(`SELECT pg_drop_replication_slot('${own.name}')`);
    await client.query(`SELECT pg_drop_replication_slot('${own.name}')`);

    await client.query(
      "CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)",
    );
    const subscription = await errorOf(terraform.destroy());
    expect(subscription.diagnostics).toMatchObject([{ summary: "Database has subscriptions" }]);
    expect(subscription.diagnostics[0]?.detail).toContain('"sub"');
    await client.query("ALTER SUBSCRIPTION sub SET (slot_name = NONE); DROP SUBSCRIPTION sub");

    const inside = await createTerraform({ provider: { server: publisher, database: name } });
    await inside.write(database({ name }));
    await inside.import(ADDRESS, name);
    const connected = await errorOf(inside.destroy());
    expect(connected.diagnostics).toMatchObject([{ summary: "Provider is connected to this database" }]);
    await terraform.destroy();
    expect(await databasesOf(own, name)).toEqual([]);
  });

  test("is created together with its objects over a single connection", async () => {
    const own = await createDatabase(publisher);
    const name = `${own.name}_created`;
    const provider = { server: publisher, database: own.name, arguments: { max_connections: 1 } };
    const terraform = await createTerraform({ provider });
    const inside = "${postgresql_database.d.name}";
    const others = {
      postgresql_schema: {
        s: { name: "s", database: inside },
        home: { name: "s" },
      },
      postgresql_extension: { e: { name: "hstore", database: inside } },
      postgresql_replication_slot: { r: { name, database: inside, plugin: "pgoutput" } },
    };
    await terraform.write(database({ name, owner: "postgres" }, others));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await databasesOf(own, name)).toEqual([]);
  });

  test.each(["publisher", "publisher10"] as const)(
    "can be managed on the %s by an administrator who is not a superuser",
    async (serverName) => {
      const server = sharedServer(serverName);
      const own = await createDatabase(server);
      const name = `${own.name}_created`;
      const administrator = await createRole(server, "CREATEROLE CREATEDB");
      const team = await createRole(server, "", administrator.username);
      const others = await createRole(server, "", administrator.username);
      const terraform = await createTerraform({ provider: { server: administrator, database: own.name } });
      await terraform.write(database({ name, owner: "t_nobody" }));
      const { diagnostics } = await errorOf(terraform.apply());
      expect(diagnostics[0]?.detail).toMatch(/role "t_nobody" does not exist \(SQLSTATE 42704\)/);
      expect(await databasesOf(own, name)).toEqual([]);

      await terraform.write(database({ name, owner: team.username, is_template: true }));
      await terraform.apply();
      await terraform.expectEmptyPlan();
      await terraform.write(
        database({
          name,
          owner: others.username,
          connection_limit: 3,
          is_template: true,
          alter_object_ownership: true,
        }),
      );
      await terraform.apply();
      await terraform.expectEmptyPlan();

      // The administrator cannot terminate a superuser's session.
      const client = await connect(server, name);
      const refused = await errorOf(terraform.destroy());
      expect(refused.diagnostics[0]?.detail).toMatch(/\(SQLSTATE (42501|55006)\)/);
      expect(await databasesOf(own, name)).toMatchObject([
        { owner: others.username, connections: true, template: true, limit: 3 },
      ]);
      await client.end();
      await terraform.destroy();
      expect(await databasesOf(own, name)).toEqual([]);
      expect(
        await own.query("SELECT FROM pg_auth_members WHERE member::regrole::text = $1 AND grantor = member", [
          administrator.username,
        ]),
      ).toEqual([]);
    },
  );

  test("reports an existing database at plan, and what the server rejects at apply", async () => {
    const { database: own, terraform } = await prepare(publisher);
    await terraform.write(database({ name: own.name }));
    const existing = await errorOf(terraform.plan());
    expect(existing.diagnostics).toMatchObject([{ summary: "Object exists already", attribute: "name" }]);
    expect(existing.diagnostics[0]?.detail).toContain(`terraform import ADDRESS '${own.name}'`);

    await terraform.write(database({ name: `${own.name}_b`, lc_collate: "xx_YY" }));
    const locale = await errorOf(terraform.apply());
    expect(locale.diagnostics[0]?.detail).toMatch(
      /Database "t_\w+_b": invalid LC_COLLATE locale name: "xx_YY" \(SQLSTATE 42809\).*locale -a/s,
    );
    await terraform.write(database({ name: `${own.name}_b`, template: "nonesuch" }));
    const template = await errorOf(terraform.apply());
    expect(template.diagnostics[0]?.detail).toMatch(/template database "nonesuch" does not exist/);
    await terraform.write(database({ name: `${own.name}_b`, connection_limit: -2 }));
    const limit = await errorOf(terraform.plan());
    expect(limit.diagnostics[0]).toMatchObject({ attribute: "connection_limit" });
  });

  test("is adopted from the upstream provider on PostgreSQL 10, and dropped while a session is connected to it", async () => {
    const { database: own, terraform, name } = await prepare(publisher10);
    await own.query(`CREATE DATABASE ${name} IS_TEMPLATE true TEMPLATE template0`);
    await connect(publisher10, name);
    await terraform.write(database({ name, is_template: true }));
    await writeUpstreamState(terraform, ADDRESS, {
      id: name,
      name,
      owner: "postgres",
      template: "template0",
      encoding: "UTF8",
      lc_collate: "C",
      lc_ctype: "C",
      tablespace_name: "pg_default",
      connection_limit: -1,
      allow_connections: true,
      is_template: true,
      alter_object_ownership: false,
    });
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await databasesOf(own, name)).toEqual([]);
  });
});

interface DatabaseRow {
  readonly oid: number;
  readonly owner: string;
  readonly limit: number;
  readonly connections: boolean;
  readonly template: boolean;
}

function databasesOf(own: TestDatabase, name: string): Promise<DatabaseRow[]> {
  return own.query<DatabaseRow & Record<string, unknown>>(
    `SELECT oid, pg_get_userbyid(datdba) AS owner, datconnlimit AS limit, datallowconn AS connections, datistemplate AS template
     FROM pg_database WHERE datname = $1`,
    [name],
  );
}
