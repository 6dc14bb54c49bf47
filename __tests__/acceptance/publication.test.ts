import { createDatabase, type TestDatabase } from "../support/database";
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
  test("is created, imported, altered in place, repaired and destroyed", async () => {
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

  test("publishes nothing, all tables, or a partitioned table by its root, and plans nothing afterwards", async () => {
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

  describe.each(["publisher", "publisher10"] as const)(
    "of tables that others inherit from, at the %s",
    (name) => {
      test("publishes them with those, adds what comes later, and removes them together", async () => {
        const server = sharedServer(name);
        const database = await createDatabase(server);
        const members = async (): Promise<string[]> => {
          const rows = await database.query<{ table: string }>(
            "SELECT prrelid::regclass::text AS table FROM pg_publication_rel ORDER BY 1",
          );
          return rows.map(({ table }) => table);
        };
        await database.query(`CREATE TABLE parent (a int PRIMARY KEY); CREATE TABLE other (a int PRIMARY KEY);
                            CREATE TABLE child (PRIMARY KEY (a)) INHERITS (parent);
                            CREATE TABLE grandchild (PRIMARY KEY (a)) INHERITS (child)`);
        const terraform = await createTerraform({ provider: { server, database: database.name } });
        await terraform.write(publication({ name: "p", tables: ["public.parent", "other"] }));
        await terraform.apply();
        await terraform.expectEmptyPlan();
        expect(await members()).toEqual(["child", "grandchild", "other", "parent"]);
        expect(await terraform.state(ADDRESS)).toMatchObject({
          published_tables: ["public.child", "public.grandchild", "public.other", "public.parent"],
        });

        await database.query("CREATE TABLE late (PRIMARY KEY (a)) INHERITS (child)");
        const plan = await terraform.plan();
        expect(plan.changes[ADDRESS]?.actions).toEqual(["update"]);
        expect(plan.diagnostics.map(({ severity, detail }) => `${severity}: ${detail}`)).toEqual([
          expect.stringMatching(
            /^warning: .*publishes public\.parent, and does not publish public\.late, which inherits/,
          ),
        ]);
        await terraform.apply();
        await terraform.expectEmptyPlan();
        expect(await members()).toEqual(["child", "grandchild", "late", "other", "parent"]);

        // To name one of them changes nothing, and neither does to name it no longer.
        await terraform.write(publication({ name: "p", tables: ["parent", "child", "other"] }));
        await terraform.apply();
        await terraform.expectEmptyPlan();
        await terraform.write(publication({ name: "p", tables: ["parent", "other"] }));
        await terraform.apply();
        await terraform.expectEmptyPlan();
        expect(await members()).toEqual(["child", "grandchild", "late", "other", "parent"]);

        await terraform.write(publication({ name: "p", tables: ["other"] }));
        await terraform.apply();
        await terraform.expectEmptyPlan();
        expect(await members()).toEqual(["other"]);

        await database.query("ALTER PUBLICATION p SET TABLE ONLY parent");
        await terraform.write(publication({ name: "p" }));
        await terraform.apply();
        await terraform.expectEmptyPlan();
        expect(await members()).toEqual(["parent"]);
      });
    },
  );

  test("follows a schema that is renamed in the same apply, and a table that is dropped after the plan", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE TABLE gone (a int PRIMARY KEY); CREATE TABLE stays (a int PRIMARY KEY)");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    const configuration = (schema: string, tables: string[]) => ({
      resource: {
        postgresql_schema: { s: { name: schema } },
        postgresql_publication: {
          p: { name: "p", tables: ["${postgresql_schema.s.name}.t", ...tables] },
        },
      },
    });
    await terraform.write({ resource: { postgresql_schema: { s: { name: "old" } } } });
    await terraform.apply();
    await database.query("CREATE TABLE old.t (a int PRIMARY KEY)");
    await terraform.write(configuration("old", ["public.gone", "public.stays"]));
    await terraform.apply();
    await terraform.write(configuration("new", ["public.stays"]));
    await terraform.plan();
    await database.query("DROP TABLE gone");
    await terraform.apply("tfplan");
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({ published_tables: ["new.t", "public.stays"] });
  });

  test("refuses two names of the same table while planning", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE TABLE a (a int PRIMARY KEY)");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write(publication({ name: "p", tables: ["a", "public.a"] }));
    const { diagnostics } = await errorOf(terraform.plan());
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ summary: "Table named twice", attribute: "tables" });
    expect(diagnostics[0]?.detail).toMatch(/^"(public\.)?a" and "(public\.)?a" name the same table/);
  });

  test("is switched between nothing, tables and all tables by any of the ways to write it", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE TABLE a (a int PRIMARY KEY)");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    const steps = [
      [{ all_tables: true }, true],
      [{ tables: ["public.a"] }, false],
      [{ all_tables: true }, true],
      [{}, true],
      [{ tables: [] }, false],
      [{ all_tables: true, tables: [] }, true],
      [{ all_tables: false }, false],
    ] as const;
    for (const [attributes, all] of steps) {
      await terraform.write(publication({ name: "p", ...attributes }));
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect(await database.query("SELECT puballtables FROM pg_publication")).toEqual([
        { puballtables: all },
      ]);
      const { tables } = attributes as { tables?: readonly string[] };
      expect(await terraform.state(ADDRESS)).toMatchObject({ all_tables: all, tables: tables ?? [] });
    }
  });

  test("publishes a table without replica identity with a warning when it is told to", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE TABLE log (a int)");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    const attributes = { name: "p", tables: ["public.log"], allow_missing_replica_identity: true };
    await terraform.write(publication(attributes));
    const { diagnostics } = await terraform.plan();
    expect(diagnostics.map(({ severity, summary }) => `${severity}: ${summary}`)).toEqual([
      "warning: Table without replica identity",
    ]);
    await terraform.apply();
    const plan = await terraform.plan();
    expect(plan).toMatchObject({ changes: {}, diagnostics: [] });
  });

  test("is created on PostgreSQL 10 and refuses what that version lacks while planning", async () => {
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

  test("leaves nothing behind when a table is missing, and names the one that was meant", async () => {
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
    expect(error?.detail).toMatch(/public\.orders does not exist\. The database has public\.Orders/);
    expect(error?.detail).toContain("nowhere.c does not exist");
    expect(await database.query("SELECT FROM pg_publication")).toEqual([]);
    expect(await terraform.state(ADDRESS)).toBeUndefined();
  });

  describe.each(["publisher", "publisher10"] as const)(
    "of tables without replica identity, at the %s",
    (name) => {
      const server = sharedServer(name);
      const has = async (database: TestDatabase): Promise<unknown[]> =>
        database.query("SELECT tablename AS table FROM pg_publication_tables ORDER BY tablename");

      test("refuses in the plan what would make updates fail, names every such table, and takes all the ways out", async () => {
        const database = await createDatabase(server);
        await database.query(`
        CREATE SCHEMA "my.schema";
        CREATE TABLE "my.schema"."Log" (a int);
        CREATE TABLE deferred_key (a int PRIMARY KEY DEFERRABLE);
        CREATE TABLE nothing (a int PRIMARY KEY); ALTER TABLE nothing REPLICA IDENTITY NOTHING;
        CREATE TABLE unique_only (a int NOT NULL UNIQUE);
        CREATE TABLE parent (a int PRIMARY KEY); CREATE TABLE child () INHERITS (parent);
        CREATE TABLE keyed (a int PRIMARY KEY);
        CREATE TABLE whole (a int); ALTER TABLE whole REPLICA IDENTITY FULL;
        CREATE TABLE indexed (a int NOT NULL CONSTRAINT index_a UNIQUE);
        ALTER TABLE indexed REPLICA IDENTITY USING INDEX index_a`);
        const terraform = await createTerraform({ provider: { server, database: database.name } });
        const good = ["public.keyed", "public.whole", "public.indexed"];
        const bad = ['"my.schema".Log', "deferred_key", "nothing", "unique_only", "parent"];
        await terraform.write(publication({ name: "p", tables: [...good, ...bad] }));
        const { diagnostics } = await errorOf(terraform.plan());
        expect(diagnostics).toHaveLength(1);
        expect(diagnostics[0]).toMatchObject({
          summary: "Table without replica identity",
          attribute: "tables",
        });
        expect(diagnostics[0]?.detail).toContain(
          'of "my.schema".Log, public.child, public.deferred_key, public.nothing, public.unique_only, where nothing',
        );
        expect(diagnostics[0]?.detail).toMatch(
          /primary key.*REPLICA IDENTITY USING INDEX.*FULL.*publish_param/s,
        );

        await terraform.write(publication({ name: "p", tables: good }));
        await terraform.apply();
        await database.query("UPDATE keyed SET a = 1; UPDATE whole SET a = 1; UPDATE indexed SET a = 1");

        await terraform.write(
          publication({ name: "p", tables: [...good, '"my.schema".Log'], publish_param: ["insert"] }),
        );
        await terraform.apply();
        await terraform.expectEmptyPlan();

        // Now it would be the operations that make the difference.
        await terraform.write(
          publication({
            name: "p",
            tables: [...good, '"my.schema".Log'],
            publish_param: ["insert", "delete"],
          }),
        );
        expect((await errorOf(terraform.plan())).message).toMatch(/deletes of "my\.schema"\.Log, where/);

        await database.query('ALTER TABLE "my.schema"."Log" ADD PRIMARY KEY (a)');
        await terraform.apply();
        expect(await has(database)).toEqual(["Log", "indexed", "keyed", "whole"].map((table) => ({ table })));
      });

      test("leaves those alone that are published already", async () => {
        const database = await createDatabase(server);
        await database.query(`CREATE TABLE old (a int); CREATE TABLE new (a int PRIMARY KEY);
                            CREATE PUBLICATION p FOR TABLE old`);
        const terraform = await createTerraform({ provider: { server, database: database.name } });
        await terraform.write(publication({ name: "p", tables: ["public.old", "public.new"] }));
        await terraform.import(ADDRESS, `${database.name}.p`);
        await terraform.apply();
        expect(await has(database)).toEqual([{ table: "new" }, { table: "old" }]);
      });

      test("warns of them, ten by name, when all tables are published", async () => {
        const database = await createDatabase(server);
        await database.query(`
        CREATE TABLE keyed (a int PRIMARY KEY); CREATE UNLOGGED TABLE unlogged (a int);
        DO $$ BEGIN FOR i IN 10..21 LOOP EXECUTE format('CREATE TABLE t%s (a int)', i); END LOOP; END $$`);
        const terraform = await createTerraform({ provider: { server, database: database.name } });
        await terraform.write(publication({ name: "p", all_tables: true }));
        const { diagnostics } = await terraform.apply();
        const warnings = diagnostics.filter(({ summary }) => summary === "Table without replica identity");
        expect(warnings[0]).toMatchObject({ severity: "warning", attribute: "all_tables" });
        expect(warnings[0]?.detail).toContain("of public.t10, public.t11");
        expect(warnings[0]?.detail).toContain("public.t19 and 2 more, where");
        const plan = await terraform.plan();
        expect(plan).toMatchObject({ changes: {}, diagnostics: [] });
      });
    },
  );

  test("asks the partitions for their replica identity, and not the partitioned table", async () => {
    const database = await createDatabase(publisher);
    await database.query(`
      CREATE TABLE tree (a int) PARTITION BY RANGE (a); ALTER TABLE tree REPLICA IDENTITY FULL;
      CREATE TABLE branch PARTITION OF tree FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (a);
      CREATE TABLE leaf PARTITION OF branch FOR VALUES FROM (0) TO (5);
      CREATE TABLE keyed_leaf PARTITION OF branch (PRIMARY KEY (a)) FOR VALUES FROM (5) TO (10)`);
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    const attributes = { name: "p", tables: ["tree"], publish_via_partition_root_param: true };
    await terraform.write(publication(attributes));
    expect((await errorOf(terraform.plan())).message).toMatch(/deletes of public\.leaf, where/);
    await database.query("ALTER TABLE leaf ADD PRIMARY KEY (a)");
    await terraform.apply();
    await database.query("INSERT INTO tree VALUES (1), (6); UPDATE tree SET a = a + 1; DELETE FROM tree");
  });

  test("looks once more before anything is changed, at tables that came after the plan", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE TABLE a (a int PRIMARY KEY)");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write(publication({ name: "p", tables: ["a", "late"] }));
    await terraform.plan();
    await database.query("CREATE TABLE late (a int)");
    const { diagnostics } = await errorOf(terraform.apply("tfplan"));
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ severity: "error", summary: "Table without replica identity" });
    expect(await database.query("SELECT FROM pg_publication")).toEqual([]);
  });

  test("is not planned over an existing publication, but can be replaced", async () => {
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

  test("goes on from a state of cyrilgdn/postgresql", async () => {
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

  test("names the privilege that is missing", async () => {
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

  test("belongs to a role that the administrator of a managed server, no superuser, may give it to", async () => {
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
