import type { PostgresEndpoint } from "../../../sandbox/postgres-endpoint";
import { conninfo } from "../../../sandbox/postgres-endpoint";
import type { PostgresServer } from "../../../provider/postgres/server";
import { schemaModel } from "../../../provider/postgres/table-definitions/catalog-model";
import {
  CATALOG_SETTINGS,
  catalogQuery,
  type CatalogRow,
} from "../../../provider/postgres/table-definitions/catalog-query";
import type { SchemaModel } from "../../../provider/postgres/table-definitions/model";
import {
  createAtSubscriber,
  planAtSubscriber,
  readPublished,
} from "../../../provider/postgres/table-definitions/replicate-schema";
import type { SchemaPlan } from "../../../provider/postgres/table-definitions/schema-plan";
import { relationsNamed } from "../../../provider/postgres/table-definitions/subscriber-facts";
import { createDatabase, type TestDatabase } from "../../support/database";
import { FIXTURE_PREREQUISITES, replicatedFixture } from "../../support/replicated-fixture";
import { sharedServer } from "../../support/shared-environment";
import { eventually } from "../../support/eventually";
import { connectTo, never } from "./settings";

/** A publisher's and a subscriber's database, and what connects to them. */
interface Pair {
  readonly publisher: TestDatabase;
  readonly subscriber: TestDatabase;
  readonly servers: { readonly publisher: PostgresServer; readonly subscriber: PostgresServer };
}

async function createPair(from: PostgresEndpoint, to = sharedServer("subscriber")): Promise<Pair> {
  const [publisher, subscriber] = await Promise.all([createDatabase(from), createDatabase(to)]);
  const servers = {
    publisher: connectTo(from, { database: publisher.name }),
    subscriber: connectTo(to, { database: subscriber.name }),
  };
  return { publisher, subscriber, servers };
}

async function read({ servers }: Pair, ...publications: string[]): Promise<SchemaModel> {
  return (await readPublished(servers.publisher, publications, never)).schema;
}

function plan({ servers, subscriber }: Pair, published: SchemaModel): Promise<SchemaPlan> {
  return planAtSubscriber(servers.subscriber, subscriber.name, published, never);
}

function create({ servers, subscriber }: Pair, published: SchemaModel): Promise<SchemaPlan> {
  return createAtSubscriber(servers.subscriber, subscriber.name, published, () => undefined, never);
}

/** The same tables as the subscriber has them. */
async function readBack({ servers, subscriber }: Pair, published: SchemaModel): Promise<SchemaModel> {
  const [, rows = []] = await servers.subscriber.selectAll(
    subscriber.name,
    ({ version }) => [CATALOG_SETTINGS, catalogQuery(relationsNamed(published.tables), version)],
    never,
  );
  return schemaModel(rows[0] as unknown as CatalogRow);
}

const NOTHING_TO_DO = {
  creation: { schemas: [], types: [], sequences: [], tables: [] },
  conflicts: [],
  missing: [],
  leftOut: [],
  refusals: [],
};

const tableNames = ({ tables }: { readonly tables: SchemaModel["tables"] }): string[] =>
  tables.map(({ name }) => name);

/** Every table's own rows, as JSON, in no particular order. */
async function contents(database: TestDatabase, { tables }: SchemaModel): Promise<Record<string, string[]>> {
  const entries = tables
    .filter(({ kind }) => kind === "table")
    .map(async ({ schema, name }) => {
      const [quoted] = await database.query<{ table: string }>(
        "SELECT format('%I.%I', $1::text, $2::text) AS table",
        [schema, name],
      );
      const rows = await database.query<{ row: string }>(
        `SELECT to_jsonb(t)::text AS row FROM ONLY ${quoted?.table} t ORDER BY 1`,
      );
      return [`${schema}.${name}`, rows.map(({ row }) => row)] as const;
    });
  return Object.fromEntries(await Promise.all(entries));
}

async function subscribe({ publisher, subscriber }: Pair, ...publications: string[]): Promise<void> {
  await subscriber.query(
    `CREATE SUBSCRIPTION ${subscriber.name} CONNECTION '${conninfo(publisher.server, publisher.name).replaceAll("'", "''")}'
     PUBLICATION ${publications.join(", ")}`,
  );
  await eventually(async () => {
    const states = await subscriber.query<{ ready: boolean }>(
      "SELECT srsubstate IN ('r', 's') AS ready FROM pg_subscription_rel r JOIN pg_class c ON c.oid = r.srrelid",
    );
    return states.length > 0 && states.every(({ ready }) => ready);
  });
}

describe.each([
  ["18 to 18", "publisher", "subscriber"],
  ["10 to 18", "publisher10", "subscriber"],
  ["10 to 10", "publisher10", "publisher10"],
] as const)("from %s", (_, from, to) => {
  test("a subscriber gets every table just as the publisher has it, and then there is nothing left to do", async () => {
    const pair = await createPair(sharedServer(from), sharedServer(to));
    await pair.publisher.query(FIXTURE_PREREQUISITES);
    await pair.publisher.query(replicatedFixture(pair.publisher.server.major));
    await pair.publisher.query("CREATE PUBLICATION p FOR ALL TABLES");
    await pair.subscriber.query(FIXTURE_PREREQUISITES);

    const published = await read(pair, "p");
    const done = await create(pair, published);
    expect(done.conflicts).toEqual([]);
    expect(tableNames(done.creation)).toEqual(tableNames(published));
    expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);

    const { types, ...rest } = await readBack(pair, published);
    expect(plain({ ...rest, types: [] })).toEqual(plain({ ...validated(published), types: [] }));
    const unused = published.types.filter(({ name }) => name === "unused");
    expect(unused).toHaveLength(1);
    const needed = published.types.filter((type) => !unused.includes(type));
    // PostgreSQL 10 knows no multiranges, and a later subscriber makes them by itself.
    expect(types.map((type) => ({ ...type, multirange: null }))).toEqual(
      needed.map((type) => ({ ...type, multirange: null })),
    );
  });
});

test.each([
  ["18 and 18", "publisher", "subscriber"],
  ["10 and 18", "publisher10", "subscriber"],
  ["18 and 10", "publisher", "publisher10"],
] as const)("the same migrations at both ends, on versions %s, make the same tables", async (_, from, to) => {
  const pair = await createPair(sharedServer(from), sharedServer(to));
  const major = Math.min(sharedServer(from).major, sharedServer(to).major);
  const migrations = `${FIXTURE_PREREQUISITES} ${replicatedFixture(major)}`;
  await Promise.all([pair.publisher.query(migrations), pair.subscriber.query(migrations)]);
  await pair.publisher.query("CREATE PUBLICATION p FOR ALL TABLES");
  expect(await plan(pair, await read(pair, "p"))).toEqual({
    ...NOTHING_TO_DO,
    refusals: [
      {
        table: expect.objectContaining({ schema: "shop", name: "customer" }) as unknown,
        reason:
          "Table shop.customer: the publisher has CHECK ((id < 1000000)) NOT VALID, and the subscriber enforces it. Rows of the publisher that violate it cannot be copied.",
      },
    ],
  });
});

/** Without the constraints that the publisher's rows may violate. */
function validated(model: SchemaModel): SchemaModel {
  const tables = model.tables.map((table) => ({
    ...table,
    constraints: table.constraints.filter(({ notValid }) => !notValid),
  }));
  return { ...model, tables };
}

/** Without what printing and reading once more changes. */
function plain(model: SchemaModel): unknown {
  return JSON.parse(
    JSON.stringify(model, (_, value: unknown) =>
      typeof value === "string"
        ? value
            .replace(/\((ARRAY\[[^\]]*\])\)::text\[\]/g, "$1")
            .replace(/\(('(?:[^']|'')*'::character varying)\)::text/g, "$1")
            .replace(/'0.10000000\d*'/g, "'0.1'")
            .replace("'1000.70000000000005'", "'1000.7'")
            .replace("B'101'", "'101'")
        : value,
    ),
  );
}

test.each([
  ["18 to 18", "publisher"],
  ["10 to 18", "publisher10"],
] as const)("rows of every table, and their changes, arrive from %s", async (_, from) => {
  const pair = await createPair(sharedServer(from));
  await pair.publisher.query(FIXTURE_PREREQUISITES);
  await pair.publisher.query(replicatedFixture(pair.publisher.server.major));
  await pair.publisher.query("CREATE PUBLICATION p FOR ALL TABLES");
  await pair.subscriber.query(FIXTURE_PREREQUISITES);
  const published = await read(pair, "p");
  await create(pair, published);
  await subscribe(pair, "p");
  const sent = await contents(pair.publisher, published);
  expect(Object.values(sent).flat().length).toBeGreaterThan(10);
  expect(await contents(pair.subscriber, published)).toEqual(sent);

  await pair.publisher.query(`
    UPDATE shop.customer SET name = 'changed', big = 77, status = 'old' WHERE id = 2;
    DELETE FROM "My.Schema"."Order" WHERE weird IS NULL;
    UPDATE public."Weird ""Names"".😀" SET "Ünïcödé" = 3 WHERE "Ünïcödé" = 2;
    INSERT INTO shop.measure (at, place) VALUES ('2023-01-01', 9);`);
  const changed = await contents(pair.publisher, published);
  await eventually(async () => {
    const [row] = await pair.subscriber.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM shop.measure WHERE place = 9",
    );
    return row?.n === 1;
  });
  expect(await contents(pair.subscriber, published)).toEqual(changed);
});

test("a column list brings its columns only, and what can be had with them; its rows arrive", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE TYPE wanted AS ENUM ('w'); CREATE TYPE unwanted AS ENUM ('u');
    CREATE TABLE referred (id int PRIMARY KEY, code text UNIQUE);
    CREATE TABLE t (
      id int PRIMARY KEY, w wanted, u unwanted DEFAULT 'u', secret text, a int, b int, code text REFERENCES referred (code),
      CHECK (a > 0), CHECK (a > b), UNIQUE (a, secret), UNIQUE (id, a)
    );
    CREATE INDEX ON t (a); CREATE INDEX ON t (lower(secret)); CREATE INDEX ON t (a) WHERE b > 0;
    CREATE UNIQUE INDEX identity ON t (id); ALTER TABLE t REPLICA IDENTITY USING INDEX identity;
    CREATE TABLE whole (id int PRIMARY KEY, double int GENERATED ALWAYS AS (id * 2) STORED);
    CREATE TABLE tree (id int, secret text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
    CREATE TABLE tree_1 (secret text, id int NOT NULL);
    ALTER TABLE tree ATTACH PARTITION tree_1 FOR VALUES FROM (1) TO (10);
    INSERT INTO referred VALUES (1, 'x'); INSERT INTO t VALUES (1, 'w', 'u', 'secret', 5, 4, 'x');
    INSERT INTO whole VALUES (3); INSERT INTO tree VALUES (4, 'secret');
    CREATE PUBLICATION p FOR TABLE t (id, w, a, code), referred (id), tree (id), whole WITH (publish_via_partition_root);`);
  const published = await read(pair, "p");
  const done = await create(pair, published);
  expect(done.leftOut).toEqual([
    "Table public.t is created without the foreign key t_code_fkey: it refers to public.referred, which is neither published as a whole nor at the subscriber.",
  ]);
  expect(done.creation.types.map(({ name }) => name)).toEqual(["wanted"]);
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);
  const { tables } = await readBack(pair, published);
  const shape = Object.fromEntries(
    tables.map(({ name, columns, constraints, indexes }) => [
      name,
      {
        columns: columns.map((column) => column.name),
        constraints: constraints.map(({ definition }) => definition),
        indexes: indexes.filter(({ ofConstraint }) => !ofConstraint).map(({ definition }) => definition),
      },
    ]),
  );
  expect(shape).toEqual({
    t: {
      columns: ["id", "w", "a", "code"],
      constraints: ["CHECK ((a > 0))", "UNIQUE (id, a)", "PRIMARY KEY (id)"],
      indexes: ["USING btree (id)", "USING btree (a)"],
    },
    referred: { columns: ["id"], constraints: ["PRIMARY KEY (id)"], indexes: [] },
    tree: { columns: ["id"], constraints: ["PRIMARY KEY (id)"], indexes: [] },
    tree_1: { columns: ["id"], constraints: ["PRIMARY KEY (id)"], indexes: [] },
    whole: { columns: ["id", "double"], constraints: ["PRIMARY KEY (id)"], indexes: [] },
  });
  await subscribe(pair, "p");
  expect(await pair.subscriber.query("SELECT * FROM t")).toEqual([{ id: 1, w: "w", a: 5, code: "x" }]);
  expect(await pair.subscriber.query("SELECT * FROM whole")).toEqual([{ id: 3, double: 6 }]);
  expect(await pair.subscriber.query("SELECT * FROM tree_1")).toEqual([{ id: 4 }]);
});

test("a partition key that a column list leaves out is named", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE TABLE tree (id int, region text) PARTITION BY LIST (region);
    CREATE PUBLICATION p FOR TABLE tree (id) WITH (publish_via_partition_root, publish = 'insert');`);
  expect((await plan(pair, await read(pair, "p"))).conflicts).toEqual([
    "table public.tree: it is partitioned by column region, which the publication's column list leaves out",
  ]);
});

test("generated columns whose values are published are ordinary ones at the subscriber", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE TABLE t (id int PRIMARY KEY, double int GENERATED ALWAYS AS (id * 2) STORED, half int GENERATED ALWAYS AS (id / 2) VIRTUAL);
    CREATE TABLE listed (id int PRIMARY KEY, double int GENERATED ALWAYS AS (id * 2) STORED, other int);
    INSERT INTO t VALUES (8); INSERT INTO listed VALUES (9);
    CREATE PUBLICATION p FOR TABLE t, listed (id, double) WITH (publish_generated_columns = stored);`);
  const published = await read(pair, "p");
  await create(pair, published);
  const generated = (await readBack(pair, published)).tables.map(({ name, columns }) => [
    name,
    columns.map((column) => `${column.name} ${column.generated}`),
  ]);
  expect(generated).toEqual([
    ["listed", ["id null", "double null"]],
    ["t", ["id null", "double null", "half virtual"]],
  ]);
  await subscribe(pair, "p");
  expect(await pair.subscriber.query("SELECT * FROM t")).toEqual([{ id: 8, double: 16, half: 4 }]);
  expect(await pair.subscriber.query("SELECT * FROM listed")).toEqual([{ id: 9, double: 18 }]);
});

test("one published partition brings its whole tree, and new partitions join a tree that is there", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE TABLE root (id int PRIMARY KEY, at date DEFAULT '2020-01-01') PARTITION BY RANGE (id);
    CREATE INDEX ON root (at);
    CREATE TABLE one PARTITION OF root FOR VALUES FROM (1) TO (10);
    CREATE TABLE two PARTITION OF root FOR VALUES FROM (10) TO (20) PARTITION BY LIST (id);
    CREATE TABLE two_a PARTITION OF two FOR VALUES IN (10);
    CREATE PUBLICATION p FOR TABLE one;`);
  const first = await create(pair, await read(pair, "p"));
  expect(tableNames(first.creation)).toEqual(["one", "root", "two", "two_a"]);

  await pair.publisher.query(`
    CREATE TABLE two_b PARTITION OF two FOR VALUES IN (11); CREATE INDEX "two_b own" ON two_b (at, id);
    ALTER TABLE two_b REPLICA IDENTITY USING INDEX two_b_pkey`);
  const published = await read(pair, "p");
  const second = await create(pair, published);
  expect(tableNames(second.creation)).toEqual(["two_b"]);
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);
  expect((await readBack(pair, published)).tables).toEqual(published.tables);
  await pair.subscriber.query("INSERT INTO root (id) VALUES (11)");
  expect(await pair.subscriber.query("SELECT id FROM two_b")).toEqual([{ id: 11 }]);
});

test("a tree that was made by hand, with names of its own, is the same", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE TABLE root (id int, at date, CONSTRAINT root_pk PRIMARY KEY (id), CONSTRAINT positive CHECK (id > 0)) PARTITION BY RANGE (id);
    CREATE INDEX by_date ON root (at);
    CREATE TABLE one PARTITION OF root FOR VALUES FROM (1) TO (10);
    ALTER TABLE one REPLICA IDENTITY USING INDEX one_pkey;
    CREATE PUBLICATION p FOR TABLE root`);
  await pair.subscriber.query(`
    CREATE TABLE one (at date, id int NOT NULL, CONSTRAINT other CHECK (id > 0), CONSTRAINT my_key PRIMARY KEY (id));
    CREATE TABLE root (at date, id int, CONSTRAINT other CHECK (id > 0), PRIMARY KEY (id)) PARTITION BY RANGE (id);
    ALTER TABLE root ATTACH PARTITION one FOR VALUES FROM ('1') TO ('10');
    CREATE INDEX ON root (at); CREATE INDEX ON root (at, id);
    ALTER TABLE one REPLICA IDENTITY USING INDEX my_key`);
  expect(await plan(pair, await read(pair, "p"))).toEqual(NOTHING_TO_DO);
});

/** Every way in which a column or a constraint of a child can relate to those of its parents. */
const FAMILY = `
  CREATE TABLE "Parent" (id serial PRIMARY KEY, v text NOT NULL DEFAULT 'x' CONSTRAINT "not Empty" CHECK (v <> ''), n numeric(8, 2),
    w text COLLATE "C" DEFAULT 'w', CONSTRAINT own CHECK (id > 0) NO INHERIT);
  CREATE TABLE other (id int, o int DEFAULT 1, w text COLLATE "C" DEFAULT 'other');
  CREATE TABLE child (more int CHECK (more > 0), PRIMARY KEY (id)) INHERITS ("Parent");
  CREATE TABLE a_grandchild (v text DEFAULT 'y', again int) INHERITS (child);
  CREATE TABLE heir (w text COLLATE "C" DEFAULT 'both', CHECK (o > 0)) INHERITS ("Parent", other);
  ALTER TABLE child ALTER n SET NOT NULL, ALTER w DROP DEFAULT;
  CREATE TABLE joined (n numeric(8, 2) DEFAULT 5, extra text, w text COLLATE "C", v text NOT NULL DEFAULT 'x', id int NOT NULL,
    CONSTRAINT "not Empty" CHECK (v <> ''));
  ALTER TABLE joined INHERIT "Parent";
  INSERT INTO "Parent" (n) VALUES (1); INSERT INTO child (n, more) VALUES (2, 2); INSERT INTO a_grandchild (n) VALUES (3);
  INSERT INTO heir DEFAULT VALUES; INSERT INTO joined (id) VALUES (77);`;

test.each([
  ["18 to 18", "publisher", "subscriber"],
  ["10 to 18", "publisher10", "subscriber"],
  ["18 to 10", "publisher", "publisher10"],
] as const)("inheritance is the same at both ends, from %s", async (_, from, to) => {
  const pair = await createPair(sharedServer(from), sharedServer(to));
  await pair.publisher.query(`${FAMILY} CREATE PUBLICATION p FOR ALL TABLES`);
  const published = await read(pair, "p");
  const done = await create(pair, published);
  expect(done).toMatchObject({ conflicts: [], leftOut: [] });
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);
  // Inherited columns come first at the subscriber.
  const sorted = ({ tables }: SchemaModel): unknown =>
    tables.map((table) => ({
      ...table,
      columns: [...table.columns].sort((one, other) => one.name.localeCompare(other.name)),
    }));
  expect(sorted(await readBack(pair, published))).toEqual(sorted(published));

  await subscribe(pair, "p");
  const count = (database: TestDatabase): Promise<unknown> =>
    database.query(`SELECT (SELECT count(*) FROM "Parent") AS parents, (SELECT count(*) FROM ONLY "Parent") AS only,
                    (SELECT count(*) FROM child) AS children, (SELECT count(*) FROM other) AS others`);
  expect(await count(pair.subscriber)).toEqual(await count(pair.publisher));

  // The same migration has the same effect on both.
  const migration = `ALTER TABLE "Parent" DROP COLUMN w, DROP CONSTRAINT "not Empty"`;
  await Promise.all([pair.publisher.query(migration), pair.subscriber.query(migration)]);
  expect(await plan(pair, await read(pair, "p"))).toEqual(NOTHING_TO_DO);
});

test("a child joins a parent that is there, and one that does not inherit is a conflict", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE TABLE parent (id int PRIMARY KEY, v text DEFAULT 'x' CHECK (v <> '')); CREATE TABLE child (more int) INHERITS (parent);
    CREATE PUBLICATION p FOR TABLE parent`);
  await pair.subscriber.query("CREATE TABLE parent (v text DEFAULT 'x' CHECK (v <> ''), id int PRIMARY KEY)");
  const published = await read(pair, "p");
  expect(tableNames((await create(pair, published)).creation)).toEqual(["child"]);
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);

  await pair.subscriber.query("ALTER TABLE child NO INHERIT parent");
  expect((await plan(pair, published)).conflicts).toEqual([
    "table public.child: the publisher has INHERITS (public.parent), the subscriber has not",
  ]);
  await pair.subscriber.query("ALTER TABLE child INHERIT parent");
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);
});

test("inheritance that the subscriber cannot have is left out, with the reason, and every row arrives", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE TABLE parent (id int PRIMARY KEY, v text NOT NULL DEFAULT 'x' CHECK (v <> ''));
    CREATE TABLE child (more int, PRIMARY KEY (id)) INHERITS (parent);
    CREATE TABLE listed (id int PRIMARY KEY, v text); CREATE TABLE listed_child (PRIMARY KEY (id)) INHERITS (listed);
    CREATE TABLE strict (id int CONSTRAINT strict_id NOT NULL NO INHERIT); CREATE TABLE lax () INHERITS (strict);
    CREATE TABLE generated (id int PRIMARY KEY, g int GENERATED ALWAYS AS (id * 2) STORED);
    CREATE TABLE generated_child (g int GENERATED ALWAYS AS (id * 3) STORED) INHERITS (generated);
    CREATE TABLE checked (id int); CREATE TABLE unchecked () INHERITS (checked); INSERT INTO unchecked VALUES (-1);
    ALTER TABLE checked ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
    INSERT INTO child VALUES (1, 'x', 2); INSERT INTO listed_child VALUES (1, 'x'); INSERT INTO lax VALUES (NULL);
    CREATE PUBLICATION p FOR TABLE ONLY child, ONLY listed, listed_child (id), strict, generated, checked`);
  const published = await read(pair, "p");
  const not = (child: string, parent: string, reason: string): string =>
    `Table public.${child} inherits from public.${parent} at the publisher, and not at the subscriber: ${reason}.`;
  const { leftOut } = await create(pair, published);
  expect(leftOut.filter((line) => line.includes("inherits"))).toEqual([
    not("child", "parent", "public.parent is not published"),
    not("generated_child", "generated", "column g is generated in another way"),
    not("lax", "strict", "column id can be NULL in public.lax only"),
    not("listed_child", "listed", "column v of public.listed_child is not published"),
  ]);
  expect(leftOut).toHaveLength(6);
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);
  await subscribe(pair, "p");
  for (const table of ["ONLY child", "listed_child", "lax", "checked"]) {
    const count = `SELECT count(*)::int AS rows FROM ${table}`;
    expect([table, await pair.subscriber.query(count)]).toEqual([table, [{ rows: 1 }]]);
  }
});

test("what a definition has besides is named where it is not copied", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE TYPE shape AS (id int, a text); CREATE TABLE typed OF shape;
    CREATE TABLE t (id int PRIMARY KEY, a text STORAGE EXTERNAL COMPRESSION pglz, "B b" text STORAGE MAIN, secret text STORAGE PLAIN);
    CREATE STATISTICS s1 ON id, a FROM t; CREATE STATISTICS "S 2" ON id, "B b" FROM t; CREATE INDEX i ON t (a); CLUSTER t USING i;
    CREATE PUBLICATION p FOR TABLE t (id, a, "B b"), typed`);
  const published = await read(pair, "p");
  expect((await create(pair, published)).leftOut).toEqual([
    "Table public.t is created without STORAGE EXTERNAL of column a, COMPRESSION pglz of column a, STORAGE MAIN of column B b, the statistics S 2, the statistics s1, CLUSTER ON i.",
    "Table public.typed is created without OF public.shape.",
  ]);
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);
});

test("constraints that the publisher's rows may violate are left out, and every row arrives", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE DOMAIN amount AS int;
    CREATE TABLE t (id int PRIMARY KEY, v int, "N n" int, d amount, w int NOT NULL CHECK (w > 0));
    INSERT INTO t VALUES (1, -5, NULL, -6, 1);
    ALTER TABLE t ADD CONSTRAINT pos CHECK (v > 0) NOT VALID, ADD CONSTRAINT there NOT NULL "N n" NOT VALID;
    ALTER DOMAIN amount ADD CONSTRAINT "also pos" CHECK (VALUE > 0) NOT VALID;
    CREATE PUBLICATION p FOR ALL TABLES`);
  const published = await read(pair, "p");
  expect((await create(pair, published)).leftOut).toEqual([
    "Domain public.amount is created without the constraint also pos, CHECK ((VALUE > 0)) NOT VALID: the publisher can have rows that violate it, and they could not be copied.",
    "Table public.t is created without the constraint pos, CHECK ((v > 0)) NOT VALID: the publisher can have rows that violate it, and they could not be copied.",
    "Table public.t is created without NOT NULL NOT VALID of column N n: the publisher can have rows that violate it, and they could not be copied.",
  ]);
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);
  await subscribe(pair, "p");
  expect(await pair.subscriber.query("SELECT * FROM t")).toEqual([
    { id: 1, v: -5, "N n": null, d: -6, w: 1 },
  ]);

  // Once the rows are there, the subscriber may have them too, checked or not.
  await pair.subscriber.query(`
    ALTER TABLE t ADD CONSTRAINT pos CHECK (v > 0) NOT VALID, ADD CONSTRAINT there NOT NULL "N n" NOT VALID`);
  const refusals = ["CHECK ((v > 0)) NOT VALID", "NOT NULL N n NOT VALID"].map((definition) => ({
    reason: `Table public.t: the publisher has ${definition}, and the subscriber enforces it. Rows of the publisher that violate it cannot be copied.`,
  }));
  expect(await plan(pair, published)).toMatchObject({ conflicts: [], leftOut: [], refusals });
  await pair.subscriber.query(`
    UPDATE t SET v = 5, "N n" = 5; ALTER TABLE t VALIDATE CONSTRAINT pos, VALIDATE CONSTRAINT there`);
  expect(await plan(pair, published)).toMatchObject({ conflicts: [], leftOut: [], refusals });
  // What the publisher has checked belongs to the subscriber.
  await pair.subscriber.query("ALTER TABLE t DROP CONSTRAINT t_w_check");
  expect((await plan(pair, published)).conflicts).toEqual([
    "table public.t: the publisher has CHECK ((w > 0)), the subscriber has not",
  ]);
});

test("foreign keys go to tables that are replicated or at the subscriber, and to no others", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE TABLE here (id int PRIMARY KEY); CREATE TABLE nowhere (id int PRIMARY KEY); CREATE TABLE later (id int PRIMARY KEY);
    CREATE TABLE t (id int PRIMARY KEY REFERENCES here, n int REFERENCES nowhere, l int REFERENCES later, t int REFERENCES t);
    CREATE PUBLICATION p FOR TABLE t, later`);
  await pair.subscriber.query("CREATE TABLE here (id int PRIMARY KEY)");
  const published = await read(pair, "p");
  expect((await create(pair, published)).leftOut).toEqual([
    "Table public.t is created without the foreign key t_n_fkey: it refers to public.nowhere, which is neither published as a whole nor at the subscriber.",
  ]);
  const keys = await pair.subscriber.query(
    "SELECT conname FROM pg_constraint WHERE contype = 'f' ORDER BY 1",
  );
  expect(keys).toEqual([{ conname: "t_id_fkey" }, { conname: "t_l_fkey" }, { conname: "t_t_fkey" }]);
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);
  await pair.subscriber.query("ALTER TABLE t DROP CONSTRAINT t_id_fkey, DROP CONSTRAINT t_l_fkey");
  expect((await plan(pair, published)).conflicts).toEqual([
    "table public.t: the publisher has FOREIGN KEY (l) REFERENCES public.later(id), the subscriber has not",
  ]);
});

test("what definitions need and do not bring along is named before anything is created", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE EXTENSION hstore; CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE EXTENSION pg_trgm;
    CREATE COLLATION german (provider = icu, locale = 'de');
    CREATE FUNCTION f(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE TABLE other (id int);
    CREATE TYPE pair AS (mail ext.citext);
    CREATE TABLE t (id int PRIMARY KEY, h hstore, p pair, g text COLLATE german, d text DEFAULT f('x'), o other);
    CREATE INDEX ON t USING gin (d gin_trgm_ops);
    CREATE PUBLICATION p FOR TABLE t`);
  await pair.subscriber.query(`
    CREATE EXTENSION citext; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'`);
  const published = await read(pair, "p");
  expect((await plan(pair, published)).missing).toEqual([
    "Table public.t needs the collation public.german. Create it first.",
    'Table public.t needs the extension hstore. Create it first, with CREATE EXTENSION "hstore" or a postgresql_extension that this resource depends on.',
    'Table public.t needs the extension pg_trgm. Create it first, with CREATE EXTENSION "pg_trgm" or a postgresql_extension that this resource depends on.',
    "Table public.t needs the function public.f(text). Create it first.",
    "Table public.t needs the type public.other, which is not an enum, domain, composite or range type of its own. Create it first.",
    'Type public.pair needs the extension citext in the schema ext, as at the publisher; the subscriber has it in public. Move it with ALTER EXTENSION "citext" SET SCHEMA, or its schema in a postgresql_extension.',
  ]);
  await pair.subscriber.query(`
    CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm; CREATE SCHEMA ext; ALTER EXTENSION citext SET SCHEMA ext;
    CREATE COLLATION german (provider = icu, locale = 'de'); CREATE TABLE other (id int);
    CREATE FUNCTION f(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'`);
  expect((await create(pair, published)).missing).toEqual([]);
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);
});

test("what the subscriber's version does not have is named with the version that has it", async () => {
  const pair = await createPair(sharedServer("publisher"), sharedServer("publisher10"));
  await pair.publisher.query(`
    CREATE TABLE t (
      id int PRIMARY KEY, s int GENERATED ALWAYS AS (id) STORED, v int GENERATED ALWAYS AS (id) VIRTUAL, p jsonpath[]
    );
    CREATE TABLE "fi ne" (id int PRIMARY KEY, at timestamp DEFAULT (now() AT TIME ZONE 'utc'));
    CREATE PUBLICATION p FOR TABLE t; CREATE PUBLICATION q FOR TABLE "fi ne"`);
  const needs = (what: string, version: number): string =>
    `table public.t: ${what}, which needs PostgreSQL ${version} or later, and the subscriber is version 10.23`;
  expect((await plan(pair, await read(pair, "p"))).conflicts).toEqual([
    needs("column s is generated (STORED)", 12),
    needs("column v is generated (VIRTUAL)", 18),
    needs("column p is of type jsonpath[]", 12),
  ]);
  const fine = await read(pair, "q");
  await create(pair, fine);
  expect(await plan(pair, fine)).toEqual(NOTHING_TO_DO);
});

test("a publisher's user needs no privilege but to connect", async () => {
  const pair = await createPair(sharedServer("publisher"));
  const role = `${pair.publisher.name}_reader`;
  await pair.publisher.query(`
    CREATE SCHEMA closed; CREATE TABLE closed.t (id serial PRIMARY KEY); CREATE PUBLICATION p FOR ALL TABLES;
    CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
  const reader = connectTo(
    { ...pair.publisher.server, username: role, password: "x" },
    { database: pair.publisher.name },
  );
  expect(tableNames((await readPublished(reader, ["p"], never)).schema)).toEqual(["t"]);
  await reader.end();
  await pair.publisher.query(`DROP ROLE ${role}`);
});

test("what two publications share is made once, when both are created side by side", async () => {
  const pair = await createPair(sharedServer("publisher"));
  await pair.publisher.query(`
    CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('x');
    CREATE TABLE s.both (mood s.mood); CREATE TABLE s.one (mood s.mood); CREATE TABLE s.two (mood s.mood);
    CREATE PUBLICATION p FOR TABLE s.both, s.one; CREATE PUBLICATION q FOR TABLE s.both, s.two`);
  const [p, q] = await Promise.all([read(pair, "p"), read(pair, "q")]);
  const done = await Promise.all([p, q, p, q].map((published) => create(pair, published)));
  expect(done.flatMap(({ creation }) => tableNames(creation)).sort()).toEqual(["both", "one", "two"]);
});

test("300 tables take as many round trips as one", async () => {
  const pair = await createPair(sharedServer("publisher"));
  const { publisher, subscriber } = pair.servers;
  await pair.publisher.query(`
    DO $$ BEGIN
      FOR i IN 1..300 LOOP
        EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, a text NOT NULL, b numeric(10,2) DEFAULT 0, c timestamptz, UNIQUE (a), CHECK (b >= 0), parent int REFERENCES t%s)', i, greatest(1, i - 1));
        EXECUTE format('CREATE INDEX ON t%s (c)', i);
      END LOOP;
    END $$;
    CREATE PUBLICATION p FOR ALL TABLES`);
  const started = performance.now();
  const published = await read(pair, "p");
  expect(published.tables).toHaveLength(300);
  // The session's facts, and everything else.
  expect(publisher.roundTrips).toBe(2);
  const done = await create(pair, published);
  expect(done.creation.tables).toHaveLength(300);
  // The session's facts, what is there, what is not, and COMMIT.
  expect(subscriber.roundTrips).toBe(4);
  expect(await plan(pair, published)).toEqual(NOTHING_TO_DO);
  expect(subscriber.roundTrips).toBe(5);
  expect(performance.now() - started).toBeLessThan(60_000);
});
