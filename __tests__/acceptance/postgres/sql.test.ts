import fc from "fast-check";
import { formatConninfo } from "../../../provider/postgres/conninfo";
import { id, list, lit, sql, textArray } from "../../../provider/postgres/sql";
import { createDatabase } from "../../support/database";
import { sharedServer } from "../../support/shared-environment";
import { connectTo, failureOf, never } from "./settings";

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("'", '"', "\\", "$", "-", "/", "*", ";", "\n", "E", "%"),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((c) => c !== "\0"),
  ),
});
const name = text.filter((t) => t !== "" && Buffer.byteLength(t) <= 63);
/** One query proves many examples: a round trip for each would only be slow. */
const many = <T>(arbitrary: fc.Arbitrary<T>) => fc.sample(arbitrary, 400);

describe.each(["publisher", "publisher10"] as const)("on the server %s", (which) => {
  test.each(["on", "off"])(
    "every literal comes back as it was, with standard_conforming_strings %s",
    async (setting) => {
      const server = connectTo(sharedServer(which));
      const values = many(text);
      const rows = await server.transaction(
        "postgres",
        async (tx) => {
          await tx.query(sql`SET LOCAL standard_conforming_strings = ${lit(setting)}`);
          return tx.query<Record<string, string>>(
            sql`SELECT ${list(values.map((value, index) => sql`${lit(value)} AS ${id(`c${index}`)}`))}`,
          );
        },
        never,
      );
      expect(Object.values(rows[0] ?? {})).toEqual(values);
    },
  );

  test("every identifier comes back as it was, as the name of a column", async () => {
    const server = connectTo(sharedServer(which));
    const names = [...new Set(many(name))];
    const query = sql`SELECT ${list(names.map((column) => sql`1 AS ${id(column)}`))}`;
    const [row] = await server.select("postgres", query, never);
    expect(new Set(Object.keys(row ?? {}))).toEqual(new Set(names));
  });

  test("every text array comes back as it was", async () => {
    const server = connectTo(sharedServer(which));
    const values = many(text);
    const query = sql`SELECT ${textArray(values)} AS items, ${textArray([])} AS none`;
    expect(await server.select("postgres", query, never)).toEqual([{ items: values, none: [] }]);
  });

  test("numbers, truth and nothing come back as they were", async () => {
    const server = connectTo(sharedServer(which));
    const query = sql`SELECT ${lit(-7)} AS a, 1 -${lit(-2)} AS b, ${lit(2n ** 62n)} AS c, ${lit(0.5)}::float8 AS d, ${lit(true)} AS e, ${lit(null)}::text AS f`;
    expect(await server.select("postgres", query, never)).toEqual([
      { a: -7, b: 3, c: 2n ** 62n, d: 0.5, e: true, f: null },
    ]);
  });

  test("libpq reads every connection string that is written", async () => {
    const database = await createDatabase(sharedServer(which));
    const server = connectTo(database.server);
    const conninfos = fc.sample(fc.tuple(text, text), 20).map(([password, application]) =>
      formatConninfo(
        new Map([
          ["password", password],
          ["application_name", application],
          ["host", "nowhere.invalid"],
        ]),
      ),
    );
    for (const [index, conninfo] of conninfos.entries()) {
      const subscription = id(`s${index}`);
      await server.execute(
        database.name,
        sql`CREATE SUBSCRIPTION ${subscription} CONNECTION ${lit(conninfo)} PUBLICATION p WITH (connect = false)`,
        never,
      );
      await server.execute(
        database.name,
        sql`ALTER SUBSCRIPTION ${subscription} SET (slot_name = NONE)`,
        never,
      );
    }
    const rows = await database.query(
      // Other tests have subscriptions in databases of their own.
      `SELECT subconninfo FROM pg_subscription
       WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY oid`,
    );
    expect(rows.map(({ subconninfo }) => subconninfo as unknown)).toEqual(conninfos);
  });

  test("libpq refuses a connection string that is not written so", async () => {
    const server = connectTo(sharedServer(which));
    const error = await failureOf(
      server.execute(
        "postgres",
        sql`CREATE SUBSCRIPTION s CONNECTION ${lit("host='open")} PUBLICATION p WITH (connect = false)`,
        never,
      ),
    );
    expect(error.sqlState).toBe("42601");
  });
});
