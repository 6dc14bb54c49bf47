import type { Notice } from "../../../provider/postgres/connection";
import { PostgresError } from "../../../provider/postgres/errors";
import { ServerVersion } from "../../../provider/postgres/server-version";
import { id, lit, sql } from "../../../provider/postgres/sql";
import type { Transaction } from "../../../provider/postgres/transaction";
import { createDatabase } from "../../support/database";
import { eventually } from "../../support/eventually";
import { sharedServer } from "../../support/shared-environment";
import { connectTo, failureOf, never } from "./settings";

describe.each([
  ["publisher", 18],
  ["publisher10", 10],
] as const)("on the server %s", (which, major) => {
  test("a select is a read-only transaction, and leaves none behind when it fails", async () => {
    const server = connectTo(sharedServer(which));
    const write = sql`SELECT set_config('a.b', 'c', false), nextval('pg_catalog.no_such_sequence')`;
    await failureOf(server.select("postgres", write, never));
    const [row] = await server.select(
      "postgres",
      sql`SELECT current_setting('transaction_read_only') AS ro`,
      never,
    );
    expect(row).toEqual({ ro: "on" });
    const [outside] = await server.execute(
      "postgres",
      sql`SELECT current_setting('transaction_read_only') AS ro`,
      never,
    );
    expect(outside).toEqual({ ro: "off" });
    expect(server.connectionsOpened).toBe(1);
  });

  test("a select cannot write", async () => {
    const database = await createDatabase(sharedServer(which));
    await database.query("CREATE SEQUENCE s");
    const error = await failureOf(
      connectTo(database.server).select(database.name, sql`SELECT nextval('s')`, never),
    );
    expect(error.sqlState).toBe("25006");
    expect(error.remedy).toContain("writer");
  });

  test("several selects see the same moment, in one round trip", async () => {
    const database = await createDatabase(sharedServer(which));
    await database.query("CREATE TABLE t (a int)");
    const server = connectTo(database.server);
    const reading = server.selectAll(
      database.name,
      [
        sql`SELECT count(*) AS n FROM t`,
        sql`SELECT pg_sleep(0.3), current_setting('transaction_isolation') AS isolation -- a comment at the end`,
        sql`SELECT count(*) AS n FROM t`,
      ],
      never,
    );
    for (let i = 0; i < 10; i += 1) {
      await database.query("INSERT INTO t VALUES (1)");
    }
    const [before, isolation, after] = await reading;
    expect(after).toEqual(before);
    expect(isolation).toMatchObject([{ isolation: "repeatable read" }]);
    expect(server.roundTrips).toBe(1);
  });

  test("the session's facts are asked for once", async () => {
    const server = connectTo(sharedServer(which));
    const session = await server.session("postgres", never);
    expect(session).toMatchObject({
      user: "postgres",
      superuser: true,
      inRecovery: false,
      canReadSubconninfo: true,
      canReadSubsynccommit: true,
    });
    expect(session.version.major).toBe(major);
    const rows = await server.select(
      "postgres",
      ({ version }) => sql`SELECT ${lit(version.major)} AS major`,
      never,
    );
    expect(rows).toEqual([{ major }]);
    expect(server.roundTrips).toBe(2);
  });

  test("a transaction is committed, and BEGIN costs no round trip of its own", async () => {
    const database = await createDatabase(sharedServer(which));
    const server = connectTo(database.server);
    const result = await server.transaction(
      database.name,
      async (tx) => {
        await tx.query(sql`CREATE TABLE t (a int)`);
        return tx.query(sql`INSERT INTO t VALUES (1), (2) RETURNING a`);
      },
      never,
    );
    expect(result).toEqual([{ a: 1 }, { a: 2 }]);
    expect(server.roundTrips).toBe(3);
    expect(await database.query("SELECT a FROM t")).toHaveLength(2);
  });

  test("a transaction whose work throws is rolled back, and its connection used again", async () => {
    const database = await createDatabase(sharedServer(which));
    const server = connectTo(database.server);
    const work = async (tx: Transaction) => {
      await tx.query(sql`CREATE TABLE t (a int)`);
      throw new Error("changed my mind");
    };
    await expect(server.transaction(database.name, work, never)).rejects.toThrow("changed my mind");
    expect(await server.select(database.name, sql`SELECT to_regclass('t')::text AS t`, never)).toEqual([
      { t: null },
    ]);
    expect(server.connectionsOpened).toBe(1);
  });

  test("a statement that may not run in a transaction block can be executed", async () => {
    const database = await createDatabase(sharedServer(which));
    const server = connectTo(database.server);
    const vacuum = sql`VACUUM`;
    const error = await failureOf(server.transaction(database.name, (tx) => tx.query(vacuum), never));
    expect(error.sqlState).toBe("25001");
    await expect(server.execute(database.name, vacuum, never)).resolves.toEqual([]);
  });

  test("one of two transactions that block each other is run again", async () => {
    const database = await createDatabase(sharedServer(which));
    await database.query("CREATE TABLE t AS SELECT a, 0 AS b FROM generate_series(1, 2) a");
    const server = connectTo(database.server);
    let tries = 0;
    const bothHoldOne = rendezvous(2);
    const update = (first: number, second: number) =>
      server.transaction(
        database.name,
        async (tx) => {
          tries += 1;
          await tx.query(sql`SET LOCAL deadlock_timeout = '50ms'`);
          await tx.query(sql`UPDATE t SET b = b + 1 WHERE a = ${lit(first)}`);
          await bothHoldOne();
          await tx.query(sql`UPDATE t SET b = b + 1 WHERE a = ${lit(second)}`);
        },
        never,
      );
    await Promise.all([update(1, 2), update(2, 1)]);
    expect(tries).toBe(3);
    expect(await database.query("SELECT DISTINCT b FROM t")).toEqual([{ b: 2 }]);
  });

  test("a catalog row that another session changed at the same time is tried again", async () => {
    const database = await createDatabase(sharedServer(which));
    const role = id(`${database.name}_role`);
    const server = connectTo(database.server);
    await server.execute(database.name, sql`CREATE ROLE ${role}`, never);
    try {
      const other = await holdOpen(server, database.name, (tx) =>
        tx.query(sql`GRANT CREATE ON DATABASE ${id(database.name)} TO ${role}`),
      );
      const waitsForLock = async () =>
        (
          await database.query(
            "SELECT FROM pg_stat_activity WHERE query LIKE '%GRANT TEMPORARY%' AND wait_event_type = 'Lock'",
          )
        ).length > 0;
      let tries = 0;
      const granted = server.transaction(
        database.name,
        async (tx) => {
          tries += 1;
          // The first try waits for the other's row lock, and finds the row changed.
          if (tries === 1) {
            void eventually(waitsForLock).then(other.finish);
          }
          await tx.query(sql`GRANT TEMPORARY ON DATABASE ${id(database.name)} TO ${role}`);
        },
        never,
      );
      await granted;
      await other.done;
      expect(tries).toBe(2);
    } finally {
      await server.execute(database.name, sql`DROP OWNED BY ${role}`, never);
      await server.execute(database.name, sql`DROP ROLE ${role}`, never);
    }
  });

  test("what the server remarks is handed to the caller", async () => {
    const server = connectTo(sharedServer(which));
    const remark = sql`DO $$ BEGIN RAISE WARNING 'wal_level is low' USING HINT = 'Raise it.'; END $$`;
    const heard: Notice[] = [];
    await server.execute("postgres", remark, never, (notice) => heard.push(notice));
    expect(heard).toMatchObject([{ severity: "WARNING", message: "wal_level is low", hint: "Raise it." }]);
    const notices = await server.transaction(
      "postgres",
      async (tx) => {
        await tx.query(remark);
        return tx.notices;
      },
      never,
    );
    expect(notices).toHaveLength(1);
  });

  test("values arrive without loss", async () => {
    const server = connectTo(sharedServer(which));
    const query = sql`SELECT 9007199254740991::int8 AS small, 9007199254740993::int8 AS big, 1::oid AS oid, true AS yes,
      1.10::numeric AS exact, '2030-01-02 03:04:05.123456+00'::timestamptz AT TIME ZONE 'UTC' AS moment, '16/B374D848'::pg_lsn AS lsn,
      ARRAY['a', NULL, 'NULL', 'b"c', '{,}', '\\']::name[] AS names, ARRAY[1, NULL]::int2[] AS numbers, '{}'::int8[] AS none,
      ARRAY[true, false] AS truths, '{"a": [1]}'::jsonb AS json, 'infinity'::float8 AS endless`;
    const [row] = await server.select("postgres", query, never);
    expect(row).toEqual({
      small: 9007199254740991,
      big: 9007199254740993n,
      oid: 1,
      yes: true,
      exact: "1.10",
      moment: "2030-01-02 03:04:05.123456",
      lsn: "16/B374D848",
      names: ["a", null, "NULL", 'b"c', "{,}", "\\"],
      numbers: [1, null],
      none: [],
      truths: [true, false],
      json: { a: [1] },
      endless: Infinity,
    });
  });
});

test("expected_version is believed", async () => {
  const server = connectTo(sharedServer("publisher"), { expectedVersion: new ServerVersion(150004) });
  expect(String((await server.session("postgres", never)).version)).toBe("15.4");
});

test("a role without superuser is seen to be one", async () => {
  const database = await createDatabase(sharedServer("publisher"));
  await database.query(`CREATE ROLE ${database.name}_plain LOGIN PASSWORD 'x'`);
  try {
    const server = connectTo(database.server, { username: `${database.name}_plain`, password: "x" });
    expect(await server.session(database.name, never)).toMatchObject({
      user: `${database.name}_plain`,
      superuser: false,
      canReadSubconninfo: false,
      canReadSubsynccommit: true,
    });
    const error = await failureOf(server.execute(database.name, sql`CREATE ROLE another`, never));
    expect(error.describe()).toMatch(/permission denied.*SQLSTATE 42501.*Grant "t_\w+_plain" the privilege/s);
  } finally {
    await database.query(`DROP ROLE ${database.name}_plain`);
  }
});

test("work that hides a failed statement does not pass for committed", async () => {
  const database = await createDatabase(sharedServer("publisher"));
  const server = connectTo(database.server);
  const work = async (tx: Transaction) => {
    await tx.query(sql`CREATE TABLE t (a int)`);
    await tx.query(sql`SELECT 1/0`).catch(() => undefined);
  };
  const error = await failureOf(server.transaction(database.name, work, never));
  expect(error.message).toContain("rolled the transaction back");
});

test("a transaction is not run again for a failure that would only repeat itself", async () => {
  let tries = 0;
  const work = (tx: Transaction) => {
    tries += 1;
    return tx.query(sql`SELECT 1/0`);
  };
  await failureOf(connectTo(sharedServer("publisher")).transaction("postgres", work, never));
  expect(tries).toBe(1);
});

test("a transaction gives up after five tries", async () => {
  let tries = 0;
  const work = (): Promise<never> => {
    tries += 1;
    const address = { host: "h", port: 1, database: "d", username: "u" };
    return Promise.reject(
      new PostgresError({ kind: "server", message: "deadlock", sqlState: "40P01", address }),
    );
  };
  await failureOf(connectTo(sharedServer("publisher")).transaction("postgres", work, never));
  expect(tries).toBe(5);
});

test("a transaction cannot be used after its work", async () => {
  let kept: Transaction | undefined;
  const server = connectTo(sharedServer("publisher"));
  await server.transaction(
    "postgres",
    (tx) => {
      kept = tx;
      return tx.query(sql`SELECT 1`);
    },
    never,
  );
  await expect(kept?.query(sql`SELECT 1`)).rejects.toThrow("The transaction is over");
});

/** A function that waits, the first time round, until so many have called it. */
function rendezvous(count: number): () => Promise<void> {
  let arrived = 0;
  let open = (): void => undefined;
  const all = new Promise<void>((resolve) => (open = resolve));
  return () => {
    arrived += 1;
    if (arrived === count) {
      open();
    }
    return all;
  };
}

/** Runs work in a transaction that stays open until `finish` is called. */
async function holdOpen(
  server: ReturnType<typeof connectTo>,
  database: string,
  work: (tx: Transaction) => Promise<unknown>,
): Promise<{ finish: () => void; done: Promise<void> }> {
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let done: Promise<void> = Promise.resolve();
  await new Promise<void>((worked, failed) => {
    done = server.transaction(
      database,
      async (tx) => {
        await work(tx);
        worked();
        await finished;
      },
      never,
    );
    done.catch(failed);
  });
  return { finish, done };
}
