import { createDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";

const HERE = "data.postgresql_table_comparison.here";
const THERE = "data.postgresql_table_comparison.there";

describe("postgresql_table_comparison", () => {
  test("counts each side by its own role, partitions and heirs included, and compares table by table", async () => {
    const [publisher, subscriber] = await Promise.all([
      createDatabase(sharedServer("publisher10")),
      createDatabase(sharedServer("subscriber")),
    ]);
    for (const database of [publisher, subscriber]) {
      await database.query(`
        CREATE TABLE a (id int);
        CREATE SCHEMA "my.schema"; CREATE TABLE "my.schema"."T""x" (id int);
        CREATE TABLE tree (id int) PARTITION BY RANGE (id); CREATE TABLE leaf PARTITION OF tree FOR VALUES FROM (0) TO (9);
        CREATE TABLE parent (id int); CREATE TABLE child () INHERITS (parent);
        INSERT INTO a SELECT generate_series(1, 7); INSERT INTO "my.schema"."T""x" VALUES (1);
        INSERT INTO tree VALUES (1), (2); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2), (3)`);
    }
    await subscriber.query("DELETE FROM a WHERE id = 7");
    const roles = await Promise.all([createRole(publisher.server), createRole(subscriber.server)]);
    for (const [index, database] of [publisher, subscriber].entries()) {
      await database.query(`GRANT USAGE ON SCHEMA "my.schema" TO ${roles[index]?.username};
                            GRANT SELECT ON a, "my.schema"."T""x", tree, parent TO ${roles[index]?.username}`);
    }
    const [publisherRole = publisher.server, subscriberRole = subscriber.server] = roles;
    const terraform = await createTerraform({
      provider: { server: subscriberRole, database: "postgres" },
      aliases: { publisher: { server: publisherRole, database: publisher.name } },
    });
    const tables = ["public.a", '"my.schema"."T""x"', "public.tree", "parent"];
    const configuration = (): Record<string, unknown> => ({
      data: {
        postgresql_table_comparison: {
          there: { provider: "postgresql.publisher", tables },
          here: {
            database: subscriber.name,
            tables,
            other_row_counts: `\${${THERE}.row_counts}`,
          },
        },
      },
      output: { equal: { value: `\${${HERE}.equal}` } },
    });
    await terraform.write(configuration());
    await terraform.apply();
    const counts = { "public.a": 7, '"my.schema"."T""x"': 1, "public.tree": 2, parent: 3 };
    expect(await terraform.state(THERE)).toMatchObject({
      database: publisher.name,
      row_counts: counts,
      comparison: null,
      equal: null,
    });
    expect(await terraform.state(HERE)).toMatchObject({
      id: `${subscriber.name}.public.a,"my.schema"."T""x",public.tree,parent`,
      row_counts: { ...counts, "public.a": 6 },
      comparison: [
        { table: "public.a", row_count: 6, other_row_count: 7, equal: false },
        { table: '"my.schema"."T""x"', row_count: 1, other_row_count: 1, equal: true },
        { table: "public.tree", row_count: 2, other_row_count: 2, equal: true },
        { table: "parent", row_count: 3, other_row_count: 3, equal: true },
      ],
      equal: false,
    });

    await subscriber.query("INSERT INTO a VALUES (7)");
    expect((await terraform.plan()).changes["output.equal"]).toMatchObject({ before: false, after: true });
    await terraform.apply();
    await terraform.expectEmptyPlan();
  });

  test("names every table that cannot be counted, with the role and the reason", async () => {
    const database = await createDatabase(sharedServer("publisher"));
    await database.query(`
      CREATE TABLE "Orders" (id int); CREATE TABLE columns (id int, other int); CREATE SCHEMA closed; CREATE TABLE closed.b (id int);
      CREATE TABLE policed (id int); ALTER TABLE policed ENABLE ROW LEVEL SECURITY; INSERT INTO policed VALUES (1)`);
    const role = await createRole(database.server);
    await database.query(
      `GRANT SELECT (id) ON columns TO ${role.username}; GRANT SELECT ON closed.b, policed TO ${role.username}`,
    );
    const terraform = await createTerraform({ provider: { server: role, database: database.name } });
    const complaint = async (attributes: object): Promise<string> => {
      await terraform.write({ data: { postgresql_table_comparison: { here: attributes } } });
      const { diagnostics } = await errorOf(terraform.plan());
      expect(diagnostics).toHaveLength(1);
      return `${diagnostics[0]?.attribute}: ${diagnostics[0]?.summary}: ${diagnostics[0]?.detail}`;
    };
    const tables = ["columns", "public.orders", "public.Orders", "closed.b", "nowhere.c"];
    expect(await complaint({ tables })).toBe(
      `tables: Table cannot be counted: In database "${database.name}": table public.orders does not exist; ` +
        `role "${role.username}" lacks SELECT on public.Orders; role "${role.username}" lacks USAGE on the schema of closed.b; ` +
        "table nowhere.c does not exist. Correct the names, which are taken to the letter, upper case included; grant what is missing.",
    );
    // What a policy hides would be missing from the count, and nobody would know.
    expect(await complaint({ tables: ["policed"] })).toMatch(
      /row-level security policy for table "policed".*Count as a role that sees all rows/s,
    );
    expect(await complaint({ tables: ["columns"], other_row_counts: { "public.columns": 0 } })).toMatch(
      /^other_row_counts: Table was not counted on the other side: .*no number for columns, but for public\.columns/,
    );
    expect(await complaint({ tables: ["a.b.c"] })).toMatch(/^tables: Invalid tables: .*has 3 parts/);
  });

  test("counts for as long as timeouts { read } allows, cancels the count at the server, and says what to change", async () => {
    const database = await createDatabase(sharedServer("publisher"));
    await database.query(
      "CREATE VIEW slow AS SELECT 1 FROM generate_series(1, 600) WHERE pg_sleep(0.1)::text = ''",
    );
    const terraform = await createTerraform({
      provider: { server: database.server, database: database.name },
    });
    const counting = (read: string): Record<string, unknown> => ({
      data: { postgresql_table_comparison: { here: { tables: ["slow"], timeouts: { read } } } },
    });
    await terraform.write(counting("1s"));
    const { diagnostics } = await errorOf(terraform.plan());
    expect(diagnostics[0]?.detail).toMatch(
      /did not end in the time .*Count fewer tables.* or set timeouts \{ read = "…" \}/s,
    );
    const running =
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%count(*)%slow%'";
    expect(await database.query(`${running} AND state = 'active' AND pid <> pg_backend_pid()`)).toEqual([]);

    await terraform.write(counting("soon"));
    expect((await errorOf(terraform.plan())).diagnostics[0]).toMatchObject({
      summary: "Invalid timeout",
      attribute: "read",
    });

    await database.query("CREATE OR REPLACE VIEW slow AS SELECT 1 WHERE pg_sleep(1)::text = ''");
    await terraform.write(counting("20s"));
    await terraform.apply();
    expect(await terraform.state(HERE)).toMatchObject({ row_counts: { slow: 1 }, timeouts: { read: "20s" } });
  });

  test("reads as of one moment, and changes nothing", async () => {
    const database = await createDatabase(sharedServer("publisher"));
    await database.query(`
      CREATE TABLE a (id int); CREATE FUNCTION writing() RETURNS int LANGUAGE sql AS 'INSERT INTO a VALUES (1) RETURNING id';
      CREATE VIEW settings AS SELECT 1 FROM generate_series(1, CASE current_setting('transaction_isolation') WHEN 'repeatable read' THEN 42 END);
      CREATE VIEW writer AS SELECT * FROM writing()`);
    const terraform = await createTerraform({
      provider: { server: database.server, database: database.name },
    });
    await terraform.write({ data: { postgresql_table_comparison: { here: { tables: ["settings"] } } } });
    await terraform.apply();
    expect((await terraform.state(HERE))?.["row_counts"]).toEqual({ settings: 42 });
    await terraform.write({ data: { postgresql_table_comparison: { here: { tables: ["writer"] } } } });
    expect((await errorOf(terraform.plan())).message).toContain(
      "cannot execute INSERT in a read-only transaction",
    );
  });
});
