import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { connectClient } from "../support/client";
import { createDatabase, type TestDatabase } from "../support/database";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import { createTerraform, type Terraform } from "../support/terraform";

const publisherServer = sharedServer("publisher");
const ADDRESS = "postgresql_initial_sync.s";

interface Pair {
  readonly publisher: TestDatabase;
  readonly subscriber: TestDatabase;
}

/** Two databases with the tables `a`, `b` and `odd."Name."`; the publisher's `p` publishes all but `c`. */
async function createPair(subscribers: PostgresEndpoint): Promise<Pair> {
  const [publisher, subscriber] = await Promise.all([
    createDatabase(publisherServer),
    createDatabase(subscribers),
  ]);
  const tables = `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY);
                  CREATE SCHEMA odd; CREATE TABLE odd."Name." (id int PRIMARY KEY);`;
  await publisher.query(`${tables} INSERT INTO a SELECT generate_series(1, 5); INSERT INTO b SELECT * FROM a; INSERT INTO c SELECT * FROM a;
                         CREATE PUBLICATION p FOR TABLE a, b, odd."Name."`);
  await subscriber.query(tables);
  return { publisher, subscriber };
}

function terraformIn({ subscriber }: Pair): Promise<Terraform> {
  return createTerraform({
    provider: { server: subscriber.server, database: subscriber.name },
    secrets: { publisher_password: publisherServer.password },
  });
}

/** A subscription and the resource that waits for its initial copy, with additional attributes. */
function waiting(
  { publisher }: Pair,
  subscription: Record<string, unknown> = {},
  initialSync: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    resource: {
      postgresql_subscription: {
        s: {
          name: "s",
          slot_name: publisher.name,
          conninfo: `host=${publisherServer.host} port=${publisherServer.port} dbname=${publisher.name} user=${publisherServer.username}`,
          password_wo: "${var.publisher_password}",
          password_wo_version: "1",
          publications: ["p"],
          ...subscription,
        },
      },
      postgresql_initial_sync: { s: { subscription: "${postgresql_subscription.s.name}", ...initialSync } },
    },
  };
}

const states = ({ subscriber }: Pair): Promise<{ table: string; state: string }[]> =>
  subscriber.query(
    'SELECT srrelid::regclass::text AS "table", srsubstate AS state FROM pg_subscription_rel ORDER BY 1',
  );

/** Blocks the initial copy of a table until the returned function is called. */
async function holdUp({ subscriber }: Pair, table: string): Promise<() => Promise<void>> {
  const client = await connectClient(subscriber.server, subscriber.name);
  await client.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`);
  return () => client.end();
}

/** Waits until all tables except this one are ready, and checks that Terraform still runs. */
async function expectToWaitFor(pair: Pair, table: string, apply: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = (): void => void (ended = true);
  void apply.then(end, end);
  await eventually(
    () => states(pair),
    (found) => found.length > 1 && found.every((each) => (each.table === table) === (each.state !== "r")),
  );
  expect(ended).toBe(false);
}

describe.each(["subscriber", "publisher10"] as const)("postgresql_initial_sync at the %s", (name) => {
  test("waits until every table is ready, waits again when its triggers change, and is imported", async () => {
    const pair = await createPair(sharedServer(name));
    const terraform = await terraformIn(pair);
    let release = await holdUp(pair, "b");
    await terraform.write(waiting(pair));
    let apply = terraform.apply();
    await expectToWaitFor(pair, "b", apply);
    await release();
    await apply;
    expect(await terraform.state(ADDRESS)).toMatchObject({
      id: `${pair.subscriber.name}.s`,
      database: pair.subscriber.name,
      subscription: "s",
      tables: ['odd."Name."', "public.a", "public.b"],
    });
    await terraform.expectEmptyPlan();

    await pair.publisher.query("ALTER PUBLICATION p ADD TABLE c");
    const triggers = { refresh_triggers: { tables: "a, b, c" } };
    await terraform.write(waiting(pair, triggers, triggers));
    const plan = await terraform.plan();
    expect(plan.changes[ADDRESS]).toMatchObject({ actions: ["update"], after_unknown: { tables: true } });
    release = await holdUp(pair, "c");
    apply = terraform.apply();
    await expectToWaitFor(pair, "c", apply);
    await release();
    await apply;
    expect((await terraform.state(ADDRESS))?.["tables"]).toEqual([
      'odd."Name."',
      "public.a",
      "public.b",
      "public.c",
    ]);
    await terraform.expectEmptyPlan();

    const importing = await terraformIn(pair);
    await importing.write({ resource: { postgresql_initial_sync: { s: { subscription: "s" } } } });
    await importing.import(ADDRESS, `${pair.subscriber.name}.s`);
    await importing.expectEmptyPlan();

    // Changed timeouts alone are no reason to wait, and a dropped subscription removes the resource.
    await terraform.write(waiting(pair, triggers, { ...triggers, timeouts: { create: "1m" } }));
    await terraform.apply();
    await pair.subscriber.query("DROP SUBSCRIPTION s");
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
  });

  test("reports the tables that are not ready when the timeout expires, and resumes waiting at the next apply", async () => {
    const pair = await createPair(sharedServer(name));
    const { subscriber } = pair;
    await subscriber.query("ALTER TABLE b ADD CONSTRAINT not_5 CHECK (id <> 5)");
    const terraform = await terraformIn(pair);
    await terraform.write(waiting(pair, {}, { timeouts: { create: "5s" } }));
    const { diagnostics } = await errorOf(terraform.apply());
    expect(diagnostics).toHaveLength(1);
    const { summary, detail } = diagnostics[0] ?? {};
    expect(summary).toBe("First copy is not done");
    expect(detail).toMatch(
      /^Subscription "s" in database "t_\w+": 1 of 3 tables was not ready: public\.b \((initializing|copying)\) when the time limit of create expired/,
    );
    expect(detail).toContain("The subscription is enabled, and its worker is running");
    if (name === "subscriber") {
      expect(detail).toMatch(/applying changes has failed 0 times and copying tables (once|\d+ times)\./);
    } else {
      expect(detail).not.toContain("has failed");
    }
    expect(detail).toMatch(
      /Nothing is lost.*timeouts \{ create = .*server log.*reaches the publisher.*max_logical_replication_workers/s,
    );

    // The subscription is not tainted: nothing is dropped and copied again.
    const oid =
      "SELECT oid FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())";
    const before = await subscriber.query(oid);
    await subscriber.query("ALTER TABLE b DROP CONSTRAINT not_5");
    await terraform.write(waiting(pair));
    expect((await terraform.plan()).actions).toEqual({ [ADDRESS]: "create" });
    await terraform.apply();
    expect(await subscriber.query(oid)).toEqual(before);
    expect(await subscriber.query("SELECT count(*)::int AS rows FROM b")).toEqual([{ rows: 5 }]);
  });

  test("fails before its timeout when an existing row blocks the copy, and names the table and the remedies", async () => {
    const pair = await createPair(sharedServer(name));
    const { subscriber } = pair;
    // The copy waits until this row is committed or rolled back.
    const client = await connectClient(subscriber.server, subscriber.name);
    await client.query("BEGIN; INSERT INTO b VALUES (5)");
    const terraform = await terraformIn(pair);
    await terraform.write(waiting(pair));
    const apply = errorOf(terraform.apply());
    await expectToWaitFor(pair, "b", apply);
    await client.query("COMMIT");
    await client.end();
    const { diagnostics } = await apply;
    expect(diagnostics).toMatchObject([
      { severity: "error", summary: "Table to copy already contains rows" },
    ]);
    const detail = diagnostics[0]?.detail;
    expect(detail).toMatch(
      /^Subscription "s" in database "t_\w+": the first copy of public\.b does not get done.*already contains rows at the subscriber/,
    );
    expect(detail).toContain('TRUNCATE "public"."b" at the subscriber');
    expect(detail).toContain("copy_data = false");
    expect(detail).toContain("Nothing was changed, and nothing is lost");
    expect(await subscriber.query("SELECT id FROM b")).toEqual([{ id: 5 }]);

    await subscriber.query("TRUNCATE b");
    await terraform.apply();
    expect(await subscriber.query("SELECT count(*)::int AS rows FROM b")).toEqual([{ rows: 5 }]);
    await terraform.expectEmptyPlan();
  });

  test("waits again when its subscription is replaced, and whenever a table is not ready", async () => {
    const pair = await createPair(sharedServer(name));
    const { subscriber, publisher } = pair;
    const terraform = await terraformIn(pair);
    const triggers = { refresh_triggers: { tables: "${jsonencode(postgresql_subscription.s.tables)}" } };
    await terraform.write(waiting(pair, {}, triggers));
    await terraform.apply();
    await terraform.expectEmptyPlan();

    await subscriber.query('TRUNCATE a, b, odd."Name."');
    let release = await holdUp(pair, "b");
    let apply: Promise<unknown> = terraform.apply("-replace=postgresql_subscription.s");
    await expectToWaitFor(pair, "b", apply);
    await release();
    await apply;
    expect((await terraform.state(ADDRESS))?.["tables"]).toEqual(['odd."Name."', "public.a", "public.b"]);
    await terraform.expectEmptyPlan();

    // A table that was added by hand.
    release = await holdUp(pair, "c");
    await publisher.query("ALTER PUBLICATION p ADD TABLE c");
    await subscriber.query("ALTER SUBSCRIPTION s REFRESH PUBLICATION");
    expect((await terraform.plan()).changes[ADDRESS]).toMatchObject({
      actions: ["update"],
      after_unknown: { tables: true },
    });
    apply = terraform.apply();
    await expectToWaitFor(pair, "c", apply);
    await release();
    await apply;
    await terraform.expectEmptyPlan();
  });
});

describe("postgresql_initial_sync", () => {
  test("fails for a disabled subscription, unless it copies no rows", async () => {
    const pair = await createPair(sharedServer("subscriber"));
    const terraform = await terraformIn(pair);
    await terraform.write(waiting(pair, { enabled: false }));
    const { diagnostics } = await errorOf(terraform.apply());
    expect(diagnostics.map(({ summary, detail }) => `${summary}: ${detail}`)).toEqual([
      expect.stringMatching(
        /^Subscription is disabled: Subscription "s" .*3 of 3 tables were not ready: odd\."Name\." \(initializing\), public\.a .*enabled = true/s,
      ),
    ]);
    await terraform.destroy();

    await terraform.write(waiting(pair, { enabled: false, copy_data: false }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });

  test("lists the existing subscriptions when its own does not exist, or is dropped while it waits", async () => {
    const pair = await createPair(sharedServer("subscriber"));
    const terraform = await terraformIn(pair);
    await terraform.write({ resource: { postgresql_initial_sync: { s: { subscription: "gone" } } } });
    expect((await errorOf(terraform.apply())).message).toMatch(
      /Subscription does not exist \(postgresql_initial_sync\.s\.subscription\): .* has no subscription "gone".*it has none/,
    );

    const release = await holdUp(pair, "b");
    await terraform.write(waiting(pair));
    const apply = errorOf(terraform.apply());
    await expectToWaitFor(pair, "b", apply);
    await pair.subscriber.query("DROP SUBSCRIPTION s");
    await pair.subscriber.query(
      "CREATE SUBSCRIPTION other CONNECTION '' PUBLICATION p WITH (connect = false, slot_name = NONE)",
    );
    expect((await apply).message).toMatch(/has no subscription "s".*it has (none|"other")/);
    await release();
  });
});
