import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const publisher = sharedServer("publisher");
const publisher10 = sharedServer("publisher10");
const ADDRESS = "postgresql_extension.e";

/** A configuration with one extension at `postgresql_extension.e`. */
function extension(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_extension: { e: attributes } } };
}

describe("postgresql_extension", () => {
  test("is created, imported, updated and moved in place, repaired and destroyed", async () => {
    const database = await createDatabase(publisher);
    await database.query('CREATE SCHEMA "Ext. ""1"""; CREATE SCHEMA other');
    const provider = { server: publisher, database: database.name };
    const terraform = await createTerraform({ provider });
    const attributes = { name: "citext", version: "1.5", schema: 'Ext. "1"' };
    await terraform.write(extension(attributes));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      id: `${database.name}.citext`,
      ...attributes,
      database: database.name,
      create_cascade: false,
      drop_cascade: false,
    });

    const importing = await createTerraform({ provider });
    await importing.write(extension({ name: "citext" }));
    await importing.import(ADDRESS, `${database.name}.citext`);
    await importing.expectEmptyPlan();

    const [before] = await extensionsOf(database);
    await terraform.write(extension({ name: "citext", version: "1.6", schema: "other", drop_cascade: true }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await extensionsOf(database)).toEqual([{ ...before, version: "1.6", schema: "other" }]);

    await database.query("ALTER EXTENSION citext SET SCHEMA public");
    const drift = await terraform.plan();
    expect(drift.changes[ADDRESS]).toMatchObject({ actions: ["update"], before: { schema: "public" } });
    await terraform.apply();

    await database.query("CREATE TABLE t (a other.citext, b int)");
    await terraform.destroy();
    expect(await extensionsOf(database)).toEqual([]);
    expect(
      await database.query(
        "SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped",
      ),
    ).toEqual([{ attname: "b" }]);
  });

  test("reports at plan what the server does not offer and which changes are impossible", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE EXTENSION hstore VERSION '1.8'; CREATE EXTENSION pgcrypto; CREATE SCHEMA s");
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write({
      resource: {
        postgresql_extension: {
          unknown: { name: "uuid_ossp" },
          version: { name: "citext", version: "9.9" },
          prescribed: { name: "plpgsql", schema: "s" },
          existing: { name: "hstore" },
        },
      },
    });
    const { diagnostics } = await errorOf(terraform.plan());
    const found = Object.fromEntries(diagnostics.map((each) => [`${each.address} ${each.attribute}`, each]));
    expect(found["postgresql_extension.unknown name"]?.detail).toContain('Similar names: "uuid-ossp".');
    expect(found["postgresql_extension.version version"]?.detail).toMatch(/the server has .*"1\.5", "1\.6"/);
    expect(found["postgresql_extension.prescribed schema"]?.detail).toContain('requires schema "pg_catalog"');
    expect(found["postgresql_extension.existing name"]?.detail).toContain(
      `terraform import ADDRESS '${database.name}.hstore'`,
    );

    await terraform.write(extension({ name: "hstore", version: "1.8" }));
    await terraform.import(ADDRESS, `${database.name}.hstore`);
    await terraform.write(extension({ name: "hstore", version: "1.4" }));
    const backwards = await errorOf(terraform.plan());
    expect(backwards.diagnostics).toMatchObject([
      { summary: "Extension cannot be updated to this version", attribute: "version" },
    ]);
    await database.query("UPDATE pg_extension SET extrelocatable = false WHERE extname = 'hstore'");
    await terraform.write(extension({ name: "hstore", schema: "s" }));
    const fixed = await errorOf(terraform.plan());
    expect(fixed.diagnostics).toMatchObject([{ summary: "Extension cannot be moved", attribute: "schema" }]);
  });

  test("requires create_cascade to install required extensions, and drop_cascade to drop dependent objects", async () => {
    const database = await createDatabase(publisher);
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write(extension({ name: "earthdistance" }));
    const missing = await errorOf(terraform.apply());
    expect(missing.diagnostics[0]?.detail).toMatch(
      /required extension "cube" is not installed.*Set create_cascade = true/s,
    );
    await terraform.write(extension({ name: "earthdistance", create_cascade: true }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await extensionsOf(database)).toMatchObject([{ name: "cube" }]);

    await terraform.write(extension({ name: "cube" }));
    await terraform.import(ADDRESS, `${database.name}.cube`);
    await database.query("CREATE TABLE t (a cube)");
    const { diagnostics } = await errorOf(terraform.destroy());
    expect(diagnostics[0]?.detail).toMatch(
      /Extension "cube" in database "t_\w+": cannot drop extension cube.*\(SQLSTATE 2BP01\).*column a of table t.*set drop_cascade = true/s,
    );
    expect(await terraform.state(ADDRESS)).toBeDefined();
  });

  test("can be managed by an administrator who is not a superuser if it is trusted", async () => {
    const database = await createDatabase(publisher);
    const administrator = await createRole(publisher, "CREATEROLE CREATEDB");
    const team = await createRole(publisher, "", administrator.username);
    await database.query(`ALTER DATABASE ${database.name} OWNER TO ${team.username}`);
    const terraform = await createTerraform({ provider: { server: administrator, database: database.name } });
    await terraform.write(extension({ name: "pg_trgm", version: "1.5" }));
    await terraform.apply();
    await terraform.write(extension({ name: "pg_trgm", version: "1.6" }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.destroy();

    await terraform.write(extension({ name: "pageinspect" }));
    const { diagnostics } = await errorOf(terraform.apply());
    expect(diagnostics[0]?.detail).toMatch(
      /permission denied to create extension.*\(SQLSTATE 42501\).*rds_superuser/s,
    );
  });

  test("works on PostgreSQL 10, and adopts the state of the upstream provider", async () => {
    const database = await createDatabase(publisher10);
    await database.query("CREATE EXTENSION hstore");
    const terraform = await createTerraform({ provider: { server: publisher10, database: database.name } });
    await terraform.write(extension({ name: "hstore" }));
    await writeUpstreamState(terraform, ADDRESS, {
      id: `${database.name}.hstore`,
      name: "hstore",
      database: database.name,
      schema: "public",
      version: "1.4",
      create_cascade: false,
      drop_cascade: false,
    });
    await terraform.expectEmptyPlan();
    await database.query("DROP EXTENSION hstore");
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await extensionsOf(database)).toEqual([]);
  });
});

interface ExtensionRow {
  readonly oid: number;
  readonly name: string;
  readonly schema: string;
  readonly version: string;
}

/** The installed extensions, without plpgsql, which every database has. */
function extensionsOf(database: TestDatabase): Promise<ExtensionRow[]> {
  return database.query<ExtensionRow & Record<string, unknown>>(
    `SELECT e.oid, extname AS name, nspname AS schema, extversion AS version
     FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace WHERE extname <> 'plpgsql'`,
  );
}
