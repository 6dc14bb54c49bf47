import { createDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const publisher = sharedServer("publisher");
const publisher10 = sharedServer("publisher10");

/** A configuration with one publication at `postgresql_publication.p`. */
function publication(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_publication: { p: attributes } } };
}

const ADDRESS = "postgresql_publication.p";

describe("postgresql_publication", () => {
  it("is created, imported, altered in place, repaired and destroyed", async () => {
    const database = await createDatabase(publisher);
    await database.query(`CREATE TABLE "Orders" (a int PRIMARY KEY); CREATE TABLE b (a int PRIMARY KEY);
                          CREATE SCHEMA "my.schema"; CREATE TABLE "my.schema"."T""x" (a int PRIMARY KEY)`);
    const provider = { server: publisher, database: database.name };
    const terraform = await createTerraform({ provider });
    const attributes = {
      name: 'My "Pub". 🐘',
      tables: ["public.Orders", "b", '"my.schema"."T""x"'],
      publish_param: ["truncate", "insert"],
    };
    await terraform.write(publication(attributes));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      id: `${database.name}.${attributes.name}`,
      tables: expect.arrayContaining(attributes.tables) as string[],
      publish_param: attributes.publish_param,
      all_tables: false,
      owner: "postgres",
    });

    const importing = await createTerraform({ provider });
    await importing.write(publication(attributes));
    await importing.import(ADDRESS, `${database.name}."My ""Pub"". 🐘"`);
    await importing.expectEmptyPlan();

    const [before] = await database.query<{ oid: number }>("SELECT oid FROM pg_publication");
    await database.query(
      "CREATE ROLE t_publication_owner; GRANT CREATE ON DATABASE " +
        database.name +
        " TO t_publication_owner",
    );
    await terraform.write(
      publication({
        name: "renamed",
        tables: ["public.b"],
        publish_param: ["insert", "update", "delete"],
        publish_via_partition_root_param: true,
        owner: "t_publication_owner",
      }),
    );
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(
      await database.query(
        `SELECT oid, pubname, pg_get_userbyid(pubowner) AS owner, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot,
                (SELECT array_agg(tablename::text) FROM pg_publication_tables t WHERE t.pubname = p.pubname) AS tables
         FROM pg_publication p`,
      ),
    ).toEqual([
      {
        oid: before?.oid,
        pubname: "renamed",
        owner: "t_publication_owner",
        pubinsert: true,
        pubupdate: true,
        pubdelete: true,
        pubtruncate: false,
        pubviaroot: true,
        tables: ["b"],
      },
    ]);

    await database.query(
      `ALTER PUBLICATION renamed SET (publish = 'insert'); ALTER PUBLICATION renamed ADD TABLE "Orders"`,
    );
    const drift = await terraform.plan();
    expect(drift.changes[ADDRESS]?.actions).toEqual(["update"]);
    expect(drift.changes[ADDRESS]?.before).toMatchObject({
      publish_param: ["insert"],
      tables: ["public.Orders", "public.b"],
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();

    await database.query("DROP PUBLICATION renamed");
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.apply();

    await terraform.destroy();
    expect(await database.query("SELECT FROM pg_publication")).toEqual([]);
    await database.query("DROP OWNED BY t_publication_owner; DROP ROLE t_publication_owner");
  });

  it("publishes nothing, all tables, or a partitioned table by its root, and plans nothing afterwards", async () => {
    const database = await createDatabase(publisher);
    await database.query(`CREATE TABLE root (a int PRIMARY KEY) PARTITION BY RANGE (a);
                          CREATE TABLE leaf PARTITION OF root FOR VALUES FROM (0) TO (10)`);
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write({
      resource: {
        postgresql_publication: {
          empty: { name: "empty", tables: [] },
          all: { name: "all", all_tables: true },
          partitioned: { name: "partitioned", tables: ["public.root"] },
        },
      },
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state("postgresql_publication.all")).toMatchObject({
      all_tables: true,
      tables: [],
    });
    expect(await terraform.state("postgresql_publication.partitioned")).toMatchObject({
      tables: ["public.root"],
    });

    await terraform.write({
      resource: {
        postgresql_publication: {
          empty: { name: "empty", tables: ["root"] },
          all: { name: "all", all_tables: true },
          partitioned: { name: "partitioned", tables: [] },
        },
      },
    });
    expect(Object.values((await terraform.plan()).changes).map(({ actions }) => actions)).toEqual([
      ["update"],
      ["update"],
    ]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
  });

  it("is created on PostgreSQL 10 and refuses what that version lacks while planning", async () => {
    const database = await createDatabase(publisher10);
    await database.query("CREATE TABLE a (a int PRIMARY KEY)");
    const terraform = await createTerraform({ provider: { server: publisher10, database: database.name } });
    await terraform.write(
      publication({
        name: "p",
        tables: ["a"],
        publish_via_partition_root_param: true,
        publish_param: ["truncate"],
      }),
    );
    const { diagnostics } = await errorOf(terraform.plan());
    expect(diagnostics.map(({ summary, attribute }) => ({ summary, attribute }))).toEqual([
      { summary: "PostgreSQL 13 or later is needed", attribute: "publish_via_partition_root_param" },
      { summary: "PostgreSQL 11 or later is needed", attribute: "publish_param" },
    ]);
    expect(diagnostics[0]?.detail).toMatch(/server is version 10\.\d+/);

    await terraform.write(publication({ name: "p", tables: ["a"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });

  it("leaves nothing behind when a table is missing, and names the one that was meant", async () => {
    const database = await createDatabase(publisher);
    await database.query('CREATE TABLE "Orders" (a int PRIMARY KEY); CREATE TABLE b (a int PRIMARY KEY)');
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write(publication({ name: "p", tables: ["b", "public.orders", "nowhere.c"] }));

    const plan = await terraform.plan();
    expect(plan.diagnostics.map(({ severity, summary }) => ({ severity, summary }))).toEqual([
      { severity: "warning", summary: "Table does not exist yet" },
      { severity: "warning", summary: "Table does not exist yet" },
    ]);

    const { diagnostics } = await errorOf(terraform.apply());
    const [error] = diagnostics.filter(({ severity }) => severity === "error");
    expect(error).toMatchObject({ summary: "Table does not exist", attribute: "tables" });
    expect(error?.detail).toMatch(/public\.orders does not exist\. There is public\.Orders/);
    expect(error?.detail).toContain("nowhere.c does not exist");
    expect(await database.query("SELECT FROM pg_publication")).toEqual([]);
    expect(await terraform.state(ADDRESS)).toBeUndefined();
  });

  it("is not planned over an existing publication, but can be replaced", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE PUBLICATION p");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write(publication({ name: "p", tables: [] }));
    const { diagnostics } = await errorOf(terraform.plan());
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ summary: "Object exists already", attribute: "name" });
    expect(diagnostics[0]?.detail).toContain(`terraform import ADDRESS '${database.name}.p'`);

    await terraform.import(ADDRESS, `${database.name}.p`);
    await terraform.apply(`-replace=${ADDRESS}`);
    await terraform.expectEmptyPlan();
  });

  it("goes on from a state of cyrilgdn/postgresql", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE TABLE a (a int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE a");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write(publication({ name: "p", tables: ["public.a"] }));
    await writeUpstreamState(terraform, ADDRESS, {
      id: `${database.name}.p`,
      name: "p",
      database: database.name,
      owner: "postgres",
      all_tables: false,
      drop_cascade: false,
      publish_param: ["insert", "update", "delete", "truncate"],
      publish_via_partition_root_param: false,
      tables: ["public.a"],
    });
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await database.query("SELECT FROM pg_publication")).toEqual([]);
  });

  it("names the privilege that is missing", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE TABLE a (a int PRIMARY KEY); CREATE ROLE t_plain LOGIN PASSWORD 'plain'");
    const server = { ...publisher, username: "t_plain", password: "plain" };
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    await terraform.write(publication({ name: "p", tables: ["a"] }));
    const { diagnostics } = await errorOf(terraform.apply());
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]?.summary).toBe("Unable to create publication");
    expect(diagnostics[0]?.detail).toMatch(
      /Publication "p" in database "t_\w+": permission denied .*\(SQLSTATE 42501\)/s,
    );
    expect(diagnostics[0]?.detail).toContain("needs the CREATE privilege on the database");
    await database.query("DROP ROLE t_plain");
  });

  it("belongs to a role that the administrator of a managed server, no superuser, may give it to", async () => {
    const database = await createDatabase(publisher);
    await database.query(
      `CREATE ROLE t_admin LOGIN CREATEROLE CREATEDB PASSWORD 'admin'; ALTER DATABASE ${database.name} OWNER TO t_admin`,
    );
    await database.query(
      `SET ROLE t_admin; CREATE ROLE t_team; GRANT CREATE ON DATABASE ${database.name} TO t_team; RESET ROLE`,
    );
    const server = { ...publisher, username: "t_admin", password: "admin" };
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    await terraform.write(publication({ name: "p", owner: "t_team" }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.write(publication({ name: "p", owner: "t_admin" }));
    await terraform.apply();
    expect(await database.query("SELECT pg_has_role('t_admin', 't_team', 'SET') AS still_a_member")).toEqual([
      { still_a_member: false },
    ]);
    await terraform.destroy();
    await database.query(
      `ALTER DATABASE ${database.name} OWNER TO postgres; DROP OWNED BY t_team, t_admin; DROP ROLE t_team; DROP ROLE t_admin`,
    );
  });
});
