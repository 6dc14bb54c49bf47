import type { PostgresEndpoint } from "../../../sandbox/postgres-endpoint";
import { conninfo } from "../../../sandbox/postgres-endpoint";
import type { PostgresServer } from "../../../provider/postgres/server";
import { schemaModel } from "../../../provider/postgres/schema/catalog-model";
import {
  CATALOG_SETTINGS,
  catalogQuery,
  type CatalogRow,
} from "../../../provider/postgres/schema/catalog-query";
import type { SchemaModel } from "../../../provider/postgres/schema/model";
import {
  createAtSubscriber,
  planAtSubscriber,
  readPublished,
} from "../../../provider/postgres/schema/replicate-schema";
import type { SchemaPlan } from "../../../provider/postgres/schema/schema-plan";
import { relationsNamed } from "../../../provider/postgres/schema/subscriber-facts";
import { createDatabase, type TestDatabase } from "../../support/database";
import { FIXTURE_PREREQUISITES, replicatedFixture } from "../../support/replicated-fixture";
import { sharedServer } from "../../support/shared-environment";
import { until } from "../../support/until";
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
  await until(async () => {
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
    expect(plain({ ...rest, types: [] })).toEqual(plain({ ...published, types: [] }));
    const unused = published.types.filter(({ name }) => name === "unused");
    expect(unused).toHaveLength(1);
    const needed = published.types.filter((type) => !unused.includes(type));
    // PostgreSQL 10 knows no multiranges, and a later subscriber makes them by itself.
    expect(types.map((type) => ({ ...type, multirange: null }))).toEqual(
      needed.map((type) => ({ ...type, multirange: null })),
    );
  });
});

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
  await until(async () => {
    const [row] = await pair.subscriber.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM shop.measure WHERE place = 9",
    );
    return row?.n === 1;
  });
  expect(await contents(pair.subscriber, published)).toEqual(changed);
});
