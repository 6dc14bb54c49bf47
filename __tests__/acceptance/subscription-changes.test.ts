import { startSandboxServer } from "../../sandbox/sandbox-server";
import { connectClient } from "../support/client";
import { createDatabase, dropDatabases } from "../support/database";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import {
  ADDRESS,
  count,
  createPair,
  type Pair,
  recordInserts,
  rowsArrive,
  slots,
  subscription,
  subscriptionIn,
} from "../support/subscription-pair";

/** Keeps the subscription behind: its worker waits for the table until the returned function is called. */
async function holdBack({ subscriber }: Pair, table: string): Promise<() => Promise<void>> {
  const client = await connectClient(subscriber.server, subscriber.name);
  await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return () => client.end();
}

const insertedOnce = async ({ subscriber }: Pair, table: string): Promise<boolean> => {
  const [row] = await subscriber.query<{ once: boolean }>(
    `SELECT count(*) = count(DISTINCT id) AND count(*) = (SELECT count(*) FROM ${table}) AS once FROM copies_of_${table}`,
  );
  return row?.once === true;
};

const isEnabled = async ({ subscriber }: Pair): Promise<boolean | undefined> =>
  (
    await subscriber.query<{ subenabled: boolean }>(
      "SELECT subenabled FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
  )[0]?.subenabled;

describe.each(["publisher", "publisher10"] as const)("a lagging subscription to %s", (server) => {
  test("loses nothing and does not stall when it gets a publication that was just created", async () => {
    const pair = await createPair(sharedServer(server));
    const terraform = await subscriptionIn(pair);
    await recordInserts(pair, "a");
    await terraform.write(subscription(pair));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);

    const release = await holdBack(pair, "a");
    await pair.publisher.query("INSERT INTO a SELECT generate_series(6, 1000)");
    await pair.publisher.query("CREATE PUBLICATION pub_new FOR TABLE b");
    const both = { publications: ["pub_a", "pub_new"] };
    await terraform.write(subscription(pair, { ...both, timeouts: { update: "3s" } }));
    expect((await errorOf(terraform.apply())).message).toMatch(
      /Not in time.*still \d+ bytes behind.*timeouts \{ update = .*Nothing was changed/s,
    );
    expect(await isEnabled(pair)).toBe(true);
    expect(
      await pair.subscriber.query("SELECT subpublications FROM pg_subscription WHERE subslotname = $1", [
        pair.slot,
      ]),
    ).toEqual([{ subpublications: ["pub_a"] }]);

    await terraform.write(subscription(pair, both));
    const applied = terraform.apply();
    await release();
    await applied;
    await rowsArrive(pair, "a", 1000);
    await rowsArrive(pair, "b", 5);
    expect(await insertedOnce(pair, "a")).toBe(true);
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await slots(pair)).toEqual([]);
  });

  test("continues where it was when its slot gets another name", async () => {
    const pair = await createPair(sharedServer(server));
    const terraform = await subscriptionIn(pair);
    await recordInserts(pair, "a");
    await terraform.write(subscription(pair));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);

    const release = await holdBack(pair, "a");
    await pair.publisher.query("INSERT INTO a SELECT generate_series(6, 1000)");
    const slot = `${pair.slot}_new`;
    await terraform.write(subscription(pair, { slot_name: slot }));
    const applied = terraform.apply();
    await release();
    await applied;
    expect(await slots(pair)).toEqual([{ slot_name: slot }]);
    await pair.publisher.query("INSERT INTO a SELECT generate_series(1001, 1100)");
    await rowsArrive(pair, "a", 1100);
    expect(await insertedOnce(pair, "a")).toBe(true);
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await slots(pair)).toEqual([]);
  });
});

describe("postgresql_subscription", () => {
  test("copies no row twice when one of several publications is exchanged for another one with the same table", async () => {
    const pair = await createPair();
    await pair.publisher.query(
      "CREATE PUBLICATION pub_a2 FOR TABLE a; CREATE TABLE f (id int); ALTER TABLE f REPLICA IDENTITY FULL; INSERT INTO f SELECT generate_series(1, 5); CREATE PUBLICATION f1 FOR TABLE f; CREATE PUBLICATION f2 FOR TABLE f",
    );
    await pair.subscriber.query("CREATE TABLE f (id int)");
    await recordInserts(pair, "a");
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { publications: ["pub_a", "pub_b", "f1"] }));
    await terraform.apply();
    await rowsArrive(pair, "f", 5);
    await rowsArrive(pair, "a", 5);
    await terraform.write(subscription(pair, { publications: ["pub_a2", "pub_b", "f2"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await pair.publisher.query("INSERT INTO a VALUES (6); INSERT INTO f VALUES (6)");
    await rowsArrive(pair, "a", 6);
    await rowsArrive(pair, "f", 6);
    expect(await insertedOnce(pair, "a")).toBe(true);
    await terraform.destroy();
  });

  test("refuses another publisher, which has no slot of this subscription, before anything is changed", async () => {
    const pair = await createPair();
    const other = await createDatabase(sharedServer("publisher"));
    await other.query("CREATE TABLE a (id int PRIMARY KEY); CREATE PUBLICATION pub_a FOR TABLE a");
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    const elsewhere = pair.conninfo.replace(pair.publisher.name, other.name);
    await terraform.write(subscription(pair, { conninfo: elsewhere, slot_name: pair.slot }));
    expect((await errorOf(terraform.plan())).message).toMatch(
      /Replication slot does not exist at the publisher/,
    );
    await terraform.write(subscription(pair));
    await terraform.expectEmptyPlan();
    await pair.publisher.query("INSERT INTO a VALUES (6)");
    await rowsArrive(pair, "a", 6);
    await terraform.destroy();
  });

  test("keeps replicating when a change of two_phase is refused, and says so", async () => {
    const settings = { max_prepared_transactions: "5" };
    const servers = await Promise.all([
      startSandboxServer({ major: 18, settings }),
      startSandboxServer({ major: 18, settings }),
    ]);
    try {
      const pair = await createPair(...servers);
      const terraform = await subscriptionIn(pair);
      await terraform.write(subscription(pair, { two_phase: true }));
      await terraform.apply();
      await rowsArrive(pair, "a", 5);
      await eventually(() =>
        pair.subscriber
          .query<{ state: string }>(
            "SELECT subtwophasestate AS state FROM pg_subscription WHERE subslotname = $1",
            [pair.slot],
          )
          .then(([row]) => row?.state === "e"),
      );
      await pair.publisher.query("BEGIN; INSERT INTO a VALUES (6); PREPARE TRANSACTION 'held'");
      await eventually(() =>
        pair.subscriber
          .query("SELECT FROM pg_prepared_xacts WHERE database = current_database()")
          .then((rows) => rows.length === 1),
      );
      await terraform.write(subscription(pair, { two_phase: false }));
      expect((await errorOf(terraform.apply())).message).toMatch(
        /cannot disable "two_phase" when prepared transactions exist.*had disabled the subscription\. It is enabled again/s,
      );
      expect(await isEnabled(pair)).toBe(true);
      await pair.publisher.query("COMMIT PREPARED 'held'");
      await rowsArrive(pair, "a", 6);
      await terraform.apply();
      await terraform.expectEmptyPlan();
      await terraform.destroy();
    } finally {
      await dropDatabases();
      await Promise.all(servers.map((server) => server.stop()));
    }
  });

  test("is enabled again, and refreshed, with two_phase", async () => {
    const pair = await createPair();
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { two_phase: true }));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    await terraform.write(subscription(pair, { two_phase: true, enabled: false }));
    await terraform.apply();
    await terraform.write(subscription(pair, { two_phase: true }));
    await terraform.apply();
    await pair.publisher.query("INSERT INTO a VALUES (6)");
    await rowsArrive(pair, "a", 6);
    await pair.publisher.query("ALTER PUBLICATION pub_a ADD TABLE b");
    expect((await errorOf(terraform.apply())).message).toMatch(
      /copies no table .*two_phase = true.*public\.b/s,
    );
    await terraform.destroy();
  });

  test.each([true, false])(
    "does not copy rows that a table has already (primary key: %s)",
    async (hasKey) => {
      const pair = await createPair();
      const definition = hasKey ? "(id int PRIMARY KEY)" : "(id int)";
      await pair.publisher.query(
        `CREATE TABLE t ${definition}; ALTER TABLE t REPLICA IDENTITY FULL; INSERT INTO t SELECT generate_series(1, 5); CREATE PUBLICATION p FOR TABLE t`,
      );
      await pair.subscriber.query(`CREATE TABLE t ${definition}`);
      const terraform = await subscriptionIn(pair, {
        aliases: { publisher: { server: pair.publisher.server, database: pair.publisher.name } },
      });
      const configuration = subscription(pair, {
        publications: ["${postgresql_publication.p.name}"],
        published_tables: "${postgresql_publication.p.tables}",
      });
      const all = {
        resource: {
          ...(configuration["resource"] as object),
          postgresql_publication: {
            p: { provider: "postgresql.publisher", name: "pub_t", tables: ["public.t"] },
          },
        },
      };
      await terraform.write(all);
      await terraform.apply();
      await rowsArrive(pair, "t", 5);

      const refusal = /already contains rows.*public\.t.*TRUNCATE "public"\."t".*copy_data = false.*drop it/s;
      expect((await errorOf(terraform.plan("-replace=postgresql_subscription.s"))).message).toMatch(refusal);
      await pair.subscriber.query("DROP SUBSCRIPTION s");
      const plan = await terraform.plan();
      expect(plan.changes[ADDRESS]?.actions).toEqual(["create"]);
      expect(`${plan.diagnostics[0]?.summary} ${plan.diagnostics[0]?.detail}`).toMatch(refusal);
      expect((await errorOf(terraform.apply())).message).toMatch(refusal);
      await terraform.destroy("-refresh=false");
      // Deployed again: the publication does not exist while planning.
      expect((await errorOf(terraform.plan())).message).toMatch(/already contains rows.*public\.t/s);
      expect((await errorOf(terraform.apply())).message).toMatch(/already contains rows.*public\.t/s);
      expect(await count(pair.subscriber, "t")).toBe(5);
      expect(await slots(pair)).toEqual([]);
      await pair.subscriber.query("TRUNCATE t");
      await terraform.apply();
      await rowsArrive(pair, "t", 5);
      await terraform.expectEmptyPlan();
      await terraform.destroy();
    },
  );

  test("refuses to copy the rows of a table that left the publication and comes back", async () => {
    const pair = await createPair();
    await pair.publisher.query("ALTER PUBLICATION pub_a ADD TABLE b");
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair));
    await terraform.apply();
    await rowsArrive(pair, "b", 5);

    await pair.publisher.query("ALTER PUBLICATION pub_a DROP TABLE b; INSERT INTO b VALUES (6)");
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    expect((await terraform.state(ADDRESS))?.["tables"]).toEqual(["public.a"]);
    await terraform.expectEmptyPlan();

    await pair.publisher.query("ALTER PUBLICATION pub_a ADD TABLE b");
    expect((await errorOf(terraform.plan())).message).toMatch(/already contains rows.*public\.b/s);
    expect(await count(pair.subscriber, "b")).toBe(5);
    await pair.subscriber.query("TRUNCATE b");
    await terraform.apply();
    await rowsArrive(pair, "b", 6);
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });

  test("plans to add a table that was dropped and created again at the subscriber", async () => {
    const pair = await createPair();
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    await eventually(() =>
      pair.subscriber
        .query("SELECT FROM pg_subscription_rel WHERE srsubstate = 'r'")
        .then((rows) => rows.length === 1),
    );
    await pair.subscriber.query("DROP TABLE a; CREATE TABLE a (id int PRIMARY KEY)");
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });

  test("says in every plan that replication is broken, and what to do", async () => {
    const pair = await createPair();
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    await terraform.expectEmptyPlan();

    // A conflict: the worker fails again and again.
    await pair.subscriber.query("INSERT INTO a VALUES (6)");
    await pair.publisher.query("INSERT INTO a VALUES (6)");
    await eventually(() =>
      pair.subscriber
        .query<{ n: string }>(
          "SELECT apply_error_count AS n FROM pg_stat_subscription_stats WHERE subname = 's' AND subid IN (SELECT oid FROM pg_subscription WHERE subslotname = $1)",
          [pair.slot],
        )
        .then(([row]) => Number(row?.n) > 0),
    );
    const conflict = await terraform.plan();
    expect(conflict.diagnostics).toEqual([
      expect.objectContaining({ severity: "warning", summary: "Replication is stopped" }),
    ]);
    expect(conflict.diagnostics[0]?.detail).toMatch(/Applying changes has failed.*conflicts with a change/s);
    await pair.subscriber.query("DELETE FROM a WHERE id = 6");
    await rowsArrive(pair, "a", 6);
    await eventually(async () => (await terraform.plan()).diagnostics.length === 0);

    // The slot is dropped by hand.
    await pair.subscriber.query("ALTER SUBSCRIPTION s DISABLE");
    await eventually(() =>
      pair.publisher.query("SELECT pg_drop_replication_slot($1)", [pair.slot]).then(
        () => true,
        () => false,
      ),
    );
    await terraform.apply();
    const gone = await terraform.plan();
    expect(gone.diagnostics[0]).toMatchObject({
      severity: "warning",
      summary: "Replication slot does not exist",
    });
    expect(gone.diagnostics[0]?.detail).toMatch(/TRUNCATE.*-replace=ADDRESS/s);
    await terraform.write(subscription(pair, { on_broken: "error" }));
    expect((await errorOf(terraform.plan())).message).toMatch(
      /Replication slot does not exist.*-refresh=false/s,
    );
    await terraform.write(subscription(pair));
    await terraform.destroy();
  });

  test("disables nothing when disable_on_error meets a table that is not there yet", async () => {
    const pair = await createPair();
    await pair.subscriber.query("DROP TABLE b");
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { disable_on_error: true }));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    await pair.publisher.query("ALTER PUBLICATION pub_a ADD TABLE b");
    await pair.publisher.query("INSERT INTO b VALUES (6)");
    await eventually(async () => (await isEnabled(pair)) === false);
    await pair.subscriber.query("CREATE TABLE b (id int PRIMARY KEY)");
    await terraform.apply();
    await rowsArrive(pair, "b", 6);
    expect(await isEnabled(pair)).toBe(true);
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });
});
