import { connectClient } from "../support/client";
import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import { createTerraform, type Terraform } from "../support/terraform";

const ADDRESS = "postgresql_row_count.x";

function counting(attributes: Record<string, unknown>): Record<string, unknown> {
  return {
    resource: { postgresql_row_count: { x: attributes } },
    output: { counts: { value: `\${${ADDRESS}.row_counts}` } },
  };
}

async function databaseWithRows(): Promise<{ database: TestDatabase; terraform: Terraform }> {
  const database = await createDatabase(sharedServer("publisher"));
  await database.query(`
    CREATE TABLE a AS SELECT generate_series(1, 3) AS id; CREATE SCHEMA "my.schema"; CREATE TABLE "my.schema"."T" (id int)`);
  return {
    database,
    terraform: await createTerraform({ provider: { server: database.server, database: database.name } }),
  };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test("counts when it is created, and again only when its tables or triggers change", async () => {
  const { database, terraform } = await databaseWithRows();
  const tables = ["public.a", '"my.schema"."T"'];
  await terraform.write(counting({ tables, triggers: { version: "1" } }));
  await terraform.apply();
  const first = await terraform.state(ADDRESS);
  expect(first).toMatchObject({
    id: `${database.name}."my.schema"."T",public.a`,
    database: database.name,
    row_counts: { "public.a": 3, '"my.schema"."T"': 0 },
    counted_at: expect.stringMatching(TIME) as unknown,
  });

  // Changed rows are not drift.
  await database.query("INSERT INTO a VALUES (4)");
  await terraform.expectEmptyPlan();
  await terraform.write(counting({ tables, triggers: { version: "1" }, timeouts: { update: "1m" } }));
  await terraform.apply();
  expect(await terraform.state(ADDRESS)).toMatchObject({
    row_counts: first?.["row_counts"],
    counted_at: first?.["counted_at"],
  });

  await terraform.write(counting({ tables, triggers: { version: "2" } }));
  const plan = await terraform.plan();
  expect(plan.changes[ADDRESS]).toMatchObject({
    actions: ["update"],
    before: { row_counts: { "public.a": 3 } },
    after_unknown: { row_counts: true, counted_at: true },
  });
  await terraform.apply("tfplan");
  const second = await terraform.state(ADDRESS);
  expect(second).toMatchObject({ row_counts: { "public.a": 4, '"my.schema"."T"': 0 } });
  expect(String(second?.["counted_at"]) > String(first?.["counted_at"])).toBe(true);
  await terraform.expectEmptyPlan();

  await terraform.write(counting({ tables: ["public.a"], triggers: { version: "2" } }));
  expect((await terraform.plan()).changes[ADDRESS]?.after_unknown).toMatchObject({ row_counts: true });
  await terraform.apply("tfplan");
  expect((await terraform.state(ADDRESS))?.["row_counts"]).toEqual({ "public.a": 4 });
  await terraform.expectEmptyPlan();
});

test("a refresh queries nothing, so the counts remain when the table or the server is gone", async () => {
  const { database, terraform } = await databaseWithRows();
  await terraform.write(counting({ tables: ["a"] }));
  await terraform.apply();
  await database.query("DROP TABLE a");
  await terraform.expectEmptyPlan();

  const { server } = database;
  const unreachable = await createTerraform({
    provider: { server: { ...server, port: 1 }, database: database.name, arguments: { connect_timeout: 1 } },
  });
  await unreachable.write(counting({ tables: ["a"] }));
  await unreachable.import(ADDRESS, JSON.stringify({ database: database.name, tables: ["a"] }));
  expect((await errorOf(unreachable.apply())).message).toContain("refuses connections");
  await unreachable.destroy();
  await terraform.destroy();
});

test("the first apply after an import counts", async () => {
  const { database, terraform } = await databaseWithRows();
  await terraform.write(counting({ tables: ["public.a"], triggers: { version: "1" } }));
  const bad = await errorOf(terraform.import(ADDRESS, "public.a"));
  expect(bad.message).toContain('{"database":"shop","tables":["public.orders"]}');

  await terraform.import(ADDRESS, JSON.stringify({ database: database.name, tables: ["public.a"] }));
  expect(await terraform.state(ADDRESS)).toMatchObject({ row_counts: null, counted_at: null });
  expect((await terraform.plan()).changes[ADDRESS]).toMatchObject({
    actions: ["update"],
    after_unknown: { row_counts: true, counted_at: true },
  });
  await terraform.apply("tfplan");
  expect((await terraform.state(ADDRESS))?.["row_counts"]).toEqual({ "public.a": 3 });
  await terraform.expectEmptyPlan();
});

test("a table that cannot be counted is named, and a count that exceeds its timeout is cancelled and keeps the previous counts", async () => {
  const { database, terraform } = await databaseWithRows();
  await terraform.write(counting({ tables: ["public.b"] }));
  expect((await errorOf(terraform.apply())).message).toContain(
    `Table cannot be counted (${ADDRESS}.tables): In database "${database.name}": table public.b does not exist.`,
  );
  for (const [table, complaint] of [
    ["a.b.c", "has 3 parts"],
    [`public.${"x".repeat(64)}`, "is 64 bytes long"],
  ] as const) {
    await terraform.write(counting({ tables: [table] }));
    const { diagnostics } = await errorOf(terraform.plan());
    expect(diagnostics[0]).toMatchObject({
      summary: "Invalid tables",
      detail: expect.stringContaining(complaint) as unknown,
    });
  }

  await terraform.write(counting({ tables: ["a"] }));
  await terraform.apply();
  const lock = await connectClient(database.server, database.name);
  await lock.query("BEGIN; LOCK TABLE a");
  const again = counting({ tables: ["a"], triggers: { version: "2" }, timeouts: { update: "1s" } });
  await terraform.write(again);
  const late = await errorOf(terraform.apply());
  expect(late.message).toMatch(
    /did not end in the time allowed.*Count fewer tables.*timeouts \{ update = "…" \} .*default: 20m/s,
  );
  await lock.end();
  expect((await terraform.state(ADDRESS))?.["row_counts"]).toEqual({ a: 3 });
  await terraform.apply();
  await terraform.expectEmptyPlan();
});
