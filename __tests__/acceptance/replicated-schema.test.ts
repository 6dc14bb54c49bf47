import { formatRelationName, type RelationName } from "../../provider/postgres/relation-name";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { FIXTURE_PREREQUISITES, replicatedFixture } from "../support/replicated-fixture";
import { sharedServer } from "../support/shared-environment";
import { createTerraform, type Terraform } from "../support/terraform";

const ADDRESS = "postgresql_replicated_schema.x";

interface Pair {
  readonly publisher: TestDatabase;
  readonly subscriber: TestDatabase;
  /** Of the publisher, without a password. */
  readonly conninfo: string;
  readonly terraform: Terraform;
}

async function createPair(
  publisherSql: string,
  from: PostgresEndpoint = sharedServer("publisher"),
  environment?: Record<string, string>,
): Promise<Pair> {
  const to = sharedServer("subscriber");
  const [publisher, subscriber] = await Promise.all([createDatabase(from), createDatabase(to)]);
  await publisher.query(publisherSql);
  return {
    publisher,
    subscriber,
    conninfo: `host=${from.host} port=${from.port} dbname=${publisher.name} user=${from.username}`,
    terraform: await createTerraform({
      provider: { server: to, database: subscriber.name },
      aliases: { publisher: { server: from, database: publisher.name } },
      secrets: { secret: from.password },
      ...(environment && { environment }),
    }),
  };
}

function replicatedSchema(pair: Pair, attributes: Record<string, unknown> = {}): Record<string, unknown> {
  const x = {
    conninfo: pair.conninfo,
    password_wo: "${var.secret}",
    password_wo_version: "1",
    publications: ["p"],
    ...attributes,
  };
  return { resource: { postgresql_replicated_schema: { x } } };
}

/** The tables of a database, spelt and sorted as in the attribute `tables`. */
async function tablesOf(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<RelationName>(
    `SELECT n.nspname AS schema, relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind IN ('r', 'p') AND c.oid >= 16384 AND nspname NOT LIKE 'pg\\_%'`,
  );
  return rows.map(formatRelationName).sort();
}

async function oidOf(database: TestDatabase, table: string): Promise<unknown> {
  const [row] = await database.query("SELECT $1::regclass::oid AS oid", [table]);
  return row?.["oid"];
}

const warnings = (run: { diagnostics: readonly { severity: string; summary: string }[] }): string[] =>
  run.diagnostics.filter(({ severity }) => severity === "warning").map(({ summary }) => summary);

test.each([
  ["18", "publisher"],
  ["10", "publisher10"],
] as const)(
  "the whole fixture of a publisher of version %s is created, and then left alone",
  async (_, from) => {
    const server = sharedServer(from);
    const pair = await createPair(
      `${FIXTURE_PREREQUISITES} ${replicatedFixture(server.major)} CREATE PUBLICATION p FOR ALL TABLES`,
      server,
      { TF_LOG: "TRACE", TF_LOG_PATH: "terraform.log" },
    );
    await pair.subscriber.query(FIXTURE_PREREQUISITES);
    const { terraform } = pair;
    await terraform.write(replicatedSchema(pair));

    const plan = await terraform.plan();
    const tables = await tablesOf(pair.publisher);
    expect(plan.changes[ADDRESS]).toMatchObject({ actions: ["create"], after_unknown: { tables: true } });
    const warned = [
      {
        severity: "warning",
        summary: "Parts of definitions are not copied",
        detail: expect.stringContaining(
          "Table shop.customer is created without the constraint not validated,",
        ) as unknown,
      },
    ];
    expect(plan.diagnostics).toMatchObject(warned);

    expect((await terraform.apply("tfplan")).diagnostics).toMatchObject(warned);
    expect(await tablesOf(pair.subscriber)).toEqual(tables);
    const state = await terraform.state(ADDRESS);
    expect(state).toMatchObject({ id: `${pair.subscriber.name}.p`, tables, drop_on_destroy: false });
    expect(new Set(state?.["created_tables"] as string[])).toEqual(new Set(tables));
    await terraform.expectEmptyPlan();
    for (const [name, text] of Object.entries(await terraform.files())) {
      expect(`${name}: ${text.includes(server.password)}`).toBe(`${name}: false`);
    }
    await terraform.destroy();
    expect(await tablesOf(pair.subscriber)).toEqual(tables);
  },
);

test("tables that are the same are adopted, new ones are added in place, and those that leave stay", async () => {
  const pair = await createPair(`
    CREATE TABLE a (id int PRIMARY KEY, v text NOT NULL DEFAULT 'x');
    CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
    CREATE TABLE c (id int PRIMARY KEY);
    CREATE PUBLICATION p FOR TABLE a`);
  const { terraform, publisher, subscriber } = pair;
  await subscriber.query(
    "CREATE TABLE a (v text NOT NULL DEFAULT 'x', id int CONSTRAINT other_name PRIMARY KEY); CREATE INDEX ON a (v); INSERT INTO a VALUES ('kept', 1)",
  );
  const adopted = await oidOf(subscriber, "a");
  await terraform.write(replicatedSchema(pair, { drop_on_destroy: true }));
  await terraform.apply();
  expect(await terraform.state(ADDRESS)).toMatchObject({ tables: ["public.a"], created_tables: [] });
  expect(await oidOf(subscriber, "a")).toBe(adopted);
  await terraform.expectEmptyPlan();

  await publisher.query("ALTER PUBLICATION p ADD TABLE b, c");
  const plan = await terraform.plan();
  expect(plan.actions).toEqual({ [ADDRESS]: "update" });
  expect(plan.changes[ADDRESS]?.after_unknown).toMatchObject({ tables: true, created_tables: true });
  await terraform.apply("tfplan");
  expect(await tablesOf(subscriber)).toEqual(["public.a", "public.b", "public.c"]);
  expect(await terraform.state(ADDRESS)).toMatchObject({
    tables: ["public.a", "public.b", "public.c"],
    created_tables: ["public.b", "public.c"],
  });
  await terraform.expectEmptyPlan();

  await subscriber.query("DROP TABLE b");
  await publisher.query("ALTER PUBLICATION p DROP TABLE c");
  const drift = await terraform.plan();
  expect(drift.changes[ADDRESS]).toMatchObject({
    actions: ["update"],
    before: { tables: ["public.a", "public.c"] },
    after_unknown: { tables: true, created_tables: true },
  });
  expect(drift.diagnostics).toMatchObject([
    {
      severity: "warning",
      summary: "Tables are not published any more",
      detail: expect.stringContaining("public.c is not published any more.") as unknown,
    },
  ]);
  await terraform.apply();
  expect(await tablesOf(subscriber)).toEqual(["public.a", "public.b", "public.c"]);
  expect(await terraform.state(ADDRESS)).toMatchObject({ created_tables: ["public.b"] });
  await terraform.expectEmptyPlan();

  await terraform.destroy();
  expect(await tablesOf(subscriber)).toEqual(["public.a", "public.c"]);
  expect(await subscriber.query("SELECT v FROM a")).toEqual([{ v: "kept" }]);
});

test("differences are an error at plan and at apply that names each of them, and nothing is changed", async () => {
  const pair = await createPair(`
    CREATE TABLE t (a int PRIMARY KEY, b integer DEFAULT 1 CHECK (b > 0), c text NOT NULL);
    CREATE TABLE new (id int PRIMARY KEY);
    CREATE TYPE mood AS ENUM ('sad', 'glad');
    CREATE TABLE feels (id int PRIMARY KEY, mood mood);
    CREATE TABLE seen (id int PRIMARY KEY);
    CREATE PUBLICATION p FOR ALL TABLES`);
  const { terraform, subscriber } = pair;
  await subscriber.query(`
    CREATE TABLE t (a int, b bigint, d text);
    CREATE TYPE mood AS ENUM ('sad');
    CREATE VIEW seen AS SELECT 1 AS id`);
  await terraform.write(replicatedSchema(pair));
  const lines = [
    "type public.mood: the publisher has ENUM ('sad', 'glad'), the subscriber has ENUM ('sad')",
    "table public.seen: the publisher has a table, the subscriber has a view",
    "table public.t: column b: the publisher has integer, the subscriber has bigint",
    "table public.t: column b: the publisher has DEFAULT 1, the subscriber has not",
    "table public.t: column c: the subscriber does not have it",
    "table public.t: column d: the subscriber has it, the publisher does not publish it",
    "table public.t: the publisher has PRIMARY KEY (a), the subscriber has not",
    "table public.t: the publisher has CHECK ((b > 0)), the subscriber has not",
  ];
  const planned = await errorOf(terraform.plan());
  expect(planned.diagnostics).toMatchObject([
    { severity: "error", summary: "Published tables do not fit the subscriber", attribute: "publications" },
  ]);
  for (const line of lines) {
    expect(planned.diagnostics[0]?.detail).toContain(line);
  }

  // In one apply with what changes the publication, the plan cannot know.
  await terraform.write(replicatedSchema(pair, { refresh_triggers: { tables: "t" } }));
  const applied = await errorOf(terraform.apply());
  for (const line of lines) {
    expect(applied.diagnostics[0]?.detail).toContain(line);
  }
  expect(await tablesOf(subscriber)).toEqual(["public.t"]);
});

test("a publication and its tables at the subscriber are made, and extended, in one apply", async () => {
  const pair = await createPair(
    "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id serial PRIMARY KEY)",
  );
  const { terraform, subscriber } = pair;
  const both = (tables: string[]): Record<string, unknown> => ({
    resource: {
      postgresql_publication: { p: { provider: "postgresql.publisher", name: "p", tables } },
      postgresql_replicated_schema: {
        x: {
          conninfo: pair.conninfo,
          password_wo: "${var.secret}",
          password_wo_version: "1",
          publications: ["${postgresql_publication.p.name}"],
          refresh_triggers: { tables: "${jsonencode(postgresql_publication.p.tables)}" },
        },
      },
    },
    output: { tables: { value: `\${${ADDRESS}.tables}` } },
  });
  await terraform.write(both(["public.a"]));
  const plan = await terraform.plan();
  expect(plan.diagnostics).toEqual([]);
  expect(plan.changes[ADDRESS]?.after_unknown).toMatchObject({ tables: true, created_tables: true });
  await terraform.apply("tfplan");
  expect(await tablesOf(subscriber)).toEqual(["public.a"]);
  await terraform.expectEmptyPlan();

  await terraform.write(both(["public.a", "public.b"]));
  await terraform.apply();
  expect(await tablesOf(subscriber)).toEqual(["public.a", "public.b"]);
  expect(await terraform.state(ADDRESS)).toMatchObject({ tables: ["public.a", "public.b"] });
  await terraform.expectEmptyPlan();
});

describe("a publication in the same configuration", () => {
  const DEFINITIONS =
    "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY)";

  /** A publication of these tables, and the tables at the subscriber. */
  function withPublication(
    pair: Pair,
    tables: readonly string[],
    attributes: Record<string, unknown> = {},
  ): Record<string, unknown> {
    const schema = replicatedSchema(pair, {
      publications: ["${postgresql_publication.p.name}"],
      refresh_triggers: { tables: "${jsonencode(postgresql_publication.p.tables)}" },
      ...attributes,
    });
    return {
      resource: {
        postgresql_publication: { p: { provider: "postgresql.publisher", name: "p", tables } },
        ...(schema["resource"] as object),
      },
    };
  }

  test.each([
    ["taken from", "DROP TABLE b"],
    ["added to", "ADD TABLE c"],
  ])("a table %s the publication by hand is put right in one apply", async (_, change) => {
    const pair = await createPair(DEFINITIONS);
    const { terraform, publisher, subscriber } = pair;
    await terraform.write(withPublication(pair, ["public.a", "public.b"]));
    await terraform.apply();
    await publisher.query(`ALTER PUBLICATION p ${change}`);

    const plan = await terraform.plan();
    expect(plan.changes[ADDRESS]).toMatchObject({
      actions: ["update"],
      after_unknown: { tables: true, created_tables: true },
    });
    const { diagnostics } = await terraform.apply("tfplan");
    expect(diagnostics).toEqual([]);
    expect(await tablesOf(subscriber)).toEqual(["public.a", "public.b"]);
    const state = await terraform.state(ADDRESS);
    expect(state).toMatchObject({ tables: ["public.a", "public.b"] });
    expect(new Set(state?.["created_tables"] as string[])).toEqual(new Set(["public.a", "public.b"]));
    await terraform.expectEmptyPlan();
  });

  test("without refresh_triggers, its tables come one apply later, whatever else the first apply changes", async () => {
    const pair = await createPair(`${DEFINITIONS}; CREATE PUBLICATION p FOR TABLE a`);
    const { terraform, subscriber } = pair;
    const without = { refresh_triggers: null };
    await terraform.write(withPublication(pair, ["public.a"], without));
    await terraform.import("postgresql_publication.p", `${pair.publisher.name}.p`);
    // What is created together with a change of the publication has all of its tables.
    await terraform.write(withPublication(pair, ["public.a", "public.b"], without));
    await terraform.apply();
    expect(await tablesOf(subscriber)).toEqual(["public.a", "public.b"]);
    await terraform.expectEmptyPlan();

    for (const [table, change] of [
      ["public.c", {}],
      ["public.d", { drop_on_destroy: true }],
      ["public.e", { drop_on_destroy: true, timeouts: { create: "1m" } }],
    ] as const) {
      await pair.publisher.query(`CREATE TABLE IF NOT EXISTS ${table} (id int PRIMARY KEY)`);
      const before = await tablesOf(subscriber);
      const tables = [...before, table];
      await terraform.write(withPublication(pair, tables, { ...without, ...change }));
      await terraform.apply();
      await terraform.apply();
      expect(await tablesOf(subscriber)).toEqual(tables);
      await terraform.expectEmptyPlan();
    }
  });
});

test("a table that was dropped at the subscriber is created again", async () => {
  const pair = await createPair(
    "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE a, b",
  );
  const { terraform, subscriber } = pair;
  await terraform.write(replicatedSchema(pair));
  await terraform.apply();
  await subscriber.query("DROP TABLE b");
  const plan = await terraform.plan();
  expect(plan.changes[ADDRESS]).toMatchObject({ actions: ["update"], after_unknown: { tables: true } });
  await terraform.apply("tfplan");
  expect(await tablesOf(subscriber)).toEqual(["public.a", "public.b"]);
  await terraform.expectEmptyPlan();
});

test("terraform plan -generate-config-out describes an import, with the connection string left to fill in", async () => {
  const pair = await createPair("CREATE TABLE a (id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE a");
  await pair.subscriber.query("CREATE TABLE a (id int PRIMARY KEY)");
  const { terraform, conninfo, publisher } = pair;
  const id = JSON.stringify({
    conninfo: `${conninfo} password=${publisher.server.password}`,
    publications: ["p"],
  });
  await terraform.write({ import: [{ to: ADDRESS, id }] });
  const { diagnostics } = await terraform.plan("-generate-config-out=generated.tf");
  expect(diagnostics.map(({ summary }) => summary)).toEqual(["Config generation is experimental"]);
  const generated = (await terraform.files())["generated.tf"];
  expect(generated).toMatch(/publications += \["p"\]/);
  // Terraform writes no sensitive value, so this is for the user to fill in.
  expect(generated).toMatch(/conninfo += null # sensitive/);
});

test("an import adopts what is there, and the plan after it is empty", async () => {
  const definitions = "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY);";
  const pair = await createPair(
    `${definitions} CREATE PUBLICATION p FOR ALL TABLES; CREATE PUBLICATION "q,.""x" FOR TABLE a`,
  );
  const { terraform, subscriber, conninfo, publisher } = pair;
  await subscriber.query(definitions);
  const publications = ["p", 'q,."x'];
  const withPassword = `${conninfo} password=${publisher.server.password}`;
  await terraform.write(
    replicatedSchema(pair, {
      conninfo: withPassword,
      publications,
      password_wo: null,
      password_wo_version: null,
    }),
  );
  const bad = await errorOf(terraform.import(ADDRESS, `{"conninfo":"host=x"}`));
  expect(bad.diagnostics[0]).toMatchObject({ summary: "Invalid import ID" });
  expect(bad.message).toContain('"publications":["p"]');

  await terraform.import(ADDRESS, JSON.stringify({ conninfo: withPassword, publications }));
  expect(await terraform.state(ADDRESS)).toMatchObject({
    id: `${subscriber.name}.p,"q,.""x"`,
    tables: ["public.a", "public.b"],
    created_tables: [],
  });
  await terraform.expectEmptyPlan();
});

test("without a password in the import ID, the first plan fills the tables in and changes nothing", async () => {
  const pair = await createPair("CREATE TABLE a (id int PRIMARY KEY); CREATE PUBLICATION p FOR ALL TABLES");
  const { terraform, subscriber, conninfo } = pair;
  await subscriber.query("CREATE TABLE a (id int PRIMARY KEY)");
  await terraform.write(replicatedSchema(pair, { drop_on_destroy: true }));
  await terraform.import(
    ADDRESS,
    JSON.stringify({ database: subscriber.name, conninfo, publications: ["p"] }),
  );
  const plan = await terraform.plan();
  expect(plan.changes[ADDRESS]).toMatchObject({ actions: ["update"], after_unknown: { tables: true } });
  await terraform.apply("tfplan");
  expect(await terraform.state(ADDRESS)).toMatchObject({ tables: ["public.a"], created_tables: [] });
  await terraform.expectEmptyPlan();
  await terraform.destroy();
  expect(await tablesOf(subscriber)).toEqual(["public.a"]);
});

test("destroy drops what was created, without CASCADE and without partitions of others, by what the state says", async () => {
  const pair = await createPair(`
    CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY REFERENCES t);
    CREATE TABLE tree (id int PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE tree_1 PARTITION OF tree FOR VALUES FROM (1) TO (10);
    CREATE PUBLICATION p FOR ALL TABLES`);
  const { terraform, subscriber } = pair;
  await terraform.write(replicatedSchema(pair));
  await terraform.apply();
  await terraform.write(replicatedSchema(pair, { drop_on_destroy: true }));
  const plan = await terraform.plan();
  expect(plan.changes[ADDRESS]).toMatchObject({ actions: ["update"], before: { drop_on_destroy: false } });
  await terraform.apply("tfplan");
  const all = await tablesOf(subscriber);

  await subscriber.query("CREATE VIEW v AS SELECT id FROM t");
  const depended = await errorOf(terraform.destroy());
  expect(depended.message).toContain("view v depends on table t");
  expect(depended.message).toContain("Nothing was dropped.");
  expect(await tablesOf(subscriber)).toEqual(all);

  await subscriber.query("DROP VIEW v; CREATE TABLE tree_2 PARTITION OF tree FOR VALUES FROM (10) TO (20)");
  const foreign = await errorOf(terraform.destroy());
  expect(foreign.message).toContain("public.tree_2 is a partition of public.tree");
  expect(await tablesOf(subscriber)).toEqual([...all, "public.tree_2"]);

  await subscriber.query("DROP TABLE tree_2");
  await terraform.destroy();
  expect(await tablesOf(subscriber)).toEqual([]);
  expect(await subscriber.query("SELECT relname FROM pg_class WHERE relkind = 'S'")).toEqual([]);
});

test("tables that have become different are a warning at plan and an error at apply, and can be destroyed", async () => {
  const pair = await createPair("CREATE TABLE t (id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t");
  const { terraform, publisher, subscriber } = pair;
  await terraform.write(replicatedSchema(pair, { drop_on_destroy: true }));
  await terraform.apply();
  await publisher.query("ALTER TABLE t ADD COLUMN v int");
  const difference = "table public.t: column v: the subscriber does not have it";
  const plan = await terraform.plan();
  expect(plan.actions).toEqual({ [ADDRESS]: "update" });
  expect(plan.diagnostics).toMatchObject([
    { severity: "warning", detail: expect.stringContaining(difference) as unknown },
  ]);
  expect((await errorOf(terraform.apply())).message).toContain(difference);
  await terraform.destroy();
  expect(await tablesOf(subscriber)).toEqual([]);
});

test("a table that exists and enforces what the publisher has not validated is a warning, until it belongs to the resource", async () => {
  const definition = "CREATE TABLE t (id int PRIMARY KEY, v int);";
  const check = "ALTER TABLE t ADD CONSTRAINT pos CHECK (v > 0) NOT VALID;";
  const pair = await createPair(
    `${definition} INSERT INTO t VALUES (1, -1); ${check} CREATE PUBLICATION p FOR TABLE t`,
  );
  const { terraform, subscriber } = pair;
  await subscriber.query(definition + check);
  await terraform.write(replicatedSchema(pair));
  const plan = await terraform.plan();
  expect(warnings(plan)).toEqual(["Existing tables can refuse rows"]);
  expect(plan.diagnostics[0]?.detail).toContain(
    "Table public.t: the publisher has CHECK ((v > 0)) NOT VALID, and the subscriber enforces it.",
  );
  await terraform.apply();
  expect(warnings(await terraform.plan())).toEqual([]);
});

describe("bad input", () => {
  test("names that no publication can have are refused before anything is asked", async () => {
    const pair = await createPair("SELECT 1");
    for (const [name, complaint] of [
      ["", "publications has an element that is empty."],
      ["x".repeat(64), "publications has an element that is 64 bytes long"],
    ] as const) {
      await pair.terraform.write(replicatedSchema(pair, { publications: [name] }));
      const error = await errorOf(pair.terraform.plan());
      expect(error.diagnostics[0]).toMatchObject({ summary: "Invalid publications" });
      expect(error.message).toContain(complaint);
    }
  });

  test("a publication that does not exist is an error at apply that names those that do", async () => {
    const pair = await createPair("CREATE PUBLICATION q; CREATE PUBLICATION r");
    await pair.terraform.write(replicatedSchema(pair));
    const plan = await pair.terraform.plan();
    expect(plan.diagnostics).toEqual([]);
    const error = await errorOf(pair.terraform.apply());
    expect(error.diagnostics).toMatchObject([
      {
        summary: "Publication does not exist",
        detail: expect.stringContaining('no publication "p". It has "q", "r".') as unknown,
      },
    ]);
  });

  test("a publisher that cannot be reached, or a wrong password, is a warning at plan and an error at apply", async () => {
    const pair = await createPair("CREATE TABLE a (id int PRIMARY KEY); CREATE PUBLICATION p FOR ALL TABLES");
    const { terraform, subscriber } = pair;
    await terraform.write(replicatedSchema(pair, { password_wo: "wrong-password" }));
    expect(warnings(await terraform.plan())).toEqual(["The server could not be asked while planning"]);
    const refused = await errorOf(terraform.apply());
    expect(refused.message).toContain("The publisher: password authentication failed");
    expect(refused.message).not.toContain("wrong-password");

    const unreachable = pair.conninfo.replace(/port=\d+/, "port=1");
    await terraform.write(replicatedSchema(pair, { conninfo: unreachable }));
    expect((await errorOf(terraform.apply())).message).toContain(
      "The publisher: 127.0.0.1:1 refuses connections.",
    );

    // Once it is there, an unreachable publisher changes nothing.
    await terraform.write(replicatedSchema(pair));
    await terraform.apply();
    await subscriber.query("CREATE TABLE other ()");
    await terraform.write(replicatedSchema(pair, { password_wo: "wrong-password" }));
    const plan = await terraform.plan();
    expect(plan.actions).toEqual({});
    expect(warnings(plan)).toEqual(["The server could not be asked while planning"]);
    expect(await tablesOf(subscriber)).toEqual(["public.a", "public.other"]);
  });

  test("a connection string that names no user is refused before anything is asked", async () => {
    const pair = await createPair("SELECT 1");
    await pair.terraform.write(replicatedSchema(pair, { conninfo: "host=localhost dbname=x" }));
    const error = await errorOf(pair.terraform.plan());
    expect(error.diagnostics[0]).toMatchObject({ summary: "Invalid conninfo", attribute: "conninfo" });
    expect(error.message).toContain("names no user. Add user=…");
  });

  test("a missing extension is a warning at plan, since the same apply may create it, and an error at apply", async () => {
    const pair = await createPair(
      "CREATE EXTENSION citext; CREATE TABLE a (id int PRIMARY KEY, mail citext); CREATE PUBLICATION p FOR ALL TABLES",
    );
    const { terraform, subscriber } = pair;
    await terraform.write(replicatedSchema(pair));
    expect(warnings(await terraform.plan())).toEqual(["The subscriber lacks what published tables need"]);
    const error = await errorOf(terraform.apply());
    expect(error.message).toContain(
      'Table public.a needs the extension citext. Create it first, with CREATE EXTENSION "citext"',
    );
    expect(await tablesOf(subscriber)).toEqual([]);

    await terraform.write({
      resource: {
        postgresql_extension: { citext: { name: "citext" } },
        ...(replicatedSchema(pair, { depends_on: ["postgresql_extension.citext"] })["resource"] as object),
      },
    });
    await terraform.apply();
    expect(await tablesOf(subscriber)).toEqual(["public.a"]);
  });
});

test("an administrator who is no superuser creates the tables, and one without privileges learns what is missing", async () => {
  const pair = await createPair(
    "CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('a'); CREATE TABLE s.t (id serial PRIMARY KEY, mood s.mood); CREATE PUBLICATION p FOR ALL TABLES",
  );
  const { subscriber, publisher } = pair;
  const role = `${subscriber.name}_admin`;
  await subscriber.query(`CREATE ROLE ${role} LOGIN PASSWORD 'admin-secret'`);
  const terraform = await createTerraform({
    provider: {
      server: { ...subscriber.server, username: role, password: "admin-secret" },
      database: subscriber.name,
    },
    secrets: { secret: publisher.server.password },
  });
  await terraform.write(replicatedSchema(pair, { drop_on_destroy: true }));
  const error = await errorOf(terraform.apply());
  expect(error.message).toContain("permission denied for database");
  expect(error.message).toContain("CREATE on the database (for schemas that do not exist)");

  await subscriber.query(`GRANT CREATE ON DATABASE ${subscriber.name} TO ${role}`);
  await terraform.apply();
  await terraform.expectEmptyPlan();
  await terraform.destroy();
  expect(await tablesOf(subscriber)).toEqual([]);
  await subscriber.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
});
