import { conninfo as conninfoOf } from "../../sandbox/postgres-endpoint";
import { type SandboxServer, startSandboxServer } from "../../sandbox/sandbox-server";
import { dropDatabases, type TestDatabase } from "../support/database";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { holdBack, openSession, sameRowsOnce, startWriter } from "../support/replication-load";
import { sharedServer } from "../support/shared-environment";
import { createPair, type Pair, recordInserts, rowsArrive } from "../support/subscription-pair";
import { createTerraform, type Terraform } from "../support/terraform";

const ADDRESS = "postgresql_publication.p";

let publisher17: SandboxServer;

beforeAll(async () => {
  publisher17 = await startSandboxServer({ major: 17 });
});

afterAll(async () => {
  await dropDatabases();
  await publisher17.stop();
});

const publishers = {
  "18": () => sharedServer("publisher"),
  "17": () => publisher17,
  "10": () => sharedServer("publisher10"),
};
const majors = Object.keys(publishers) as (keyof typeof publishers)[];

/** Terraform at the publisher, with the subscriber as the provider's other configuration. */
function terraformOf({ publisher, subscriber }: Pair): Promise<Terraform> {
  return createTerraform({
    provider: { server: publisher.server, database: publisher.name },
    aliases: { subscriber: { server: subscriber.server, database: subscriber.name } },
    secrets: { publisher_password: publisher.server.password },
  });
}

/** A publication, and the subscription to it if there is a pair. */
function configuration(attributes: Record<string, unknown>, pair?: Pair): Record<string, unknown> {
  const s = pair && {
    provider: "postgresql.subscriber",
    name: "s",
    slot_name: pair.slot,
    conninfo: pair.conninfo,
    password_wo: "${var.publisher_password}",
    password_wo_version: "1",
    publications: [`\${${ADDRESS}.name}`],
  };
  return {
    resource: {
      postgresql_publication: { p: attributes },
      ...(s && { postgresql_subscription: { s } }),
    },
  };
}

/** A subscription that Terraform does not know. */
async function subscribe({ publisher, subscriber, slot }: Pair, publication: string): Promise<void> {
  const connection = conninfoOf(publisher.server, publisher.name).replaceAll("'", "''");
  await subscriber.query(
    `CREATE SUBSCRIPTION s CONNECTION '${connection}' PUBLICATION ${publication} WITH (slot_name = ${slot})`,
  );
}

async function publicationNames({ publisher }: Pair): Promise<string[]> {
  const rows = await publisher.query<{ pubname: string }>(
    "SELECT pubname FROM pg_publication ORDER BY pubname",
  );
  return rows.map(({ pubname }) => pubname);
}

/** Waits until the subscriber reads a publication. */
async function readerOf({ publisher }: Pair, publication: string): Promise<void> {
  const readers =
    "SELECT FROM pg_stat_activity WHERE backend_type = 'walsender' AND datname = $1 AND query LIKE $2";
  await eventually(
    async () => (await publisher.query(readers, [publisher.name, `%"${publication}"%`])).length === 1,
  );
}

const summaries = (diagnostics: readonly { severity: string; summary: string }[]): string[] =>
  diagnostics.map(({ severity, summary }) => `${severity}: ${summary}`);

/** A database pair whose publications the test creates. */
async function emptyPair(major: keyof typeof publishers): Promise<Pair> {
  const pair = await createPair(publishers[major]());
  await pair.publisher.query("DROP PUBLICATION pub_a; DROP PUBLICATION pub_b");
  await recordInserts(pair, "a");
  await recordInserts(pair, "b");
  return pair;
}

describe.each(majors)("a publication on PostgreSQL %s", (major) => {
  test("is renamed together with its subscription while rows are written, and no row is lost or repeated", async () => {
    const pair = await emptyPair(major);
    const { publisher } = pair;
    const terraform = await terraformOf(pair);
    const tables = ["public.a", "public.b"];
    await terraform.write(configuration({ name: "old", tables }, pair));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    await rowsArrive(pair, "b", 5);

    const stop = await startWriter(publisher, "a", 1_000_000);
    const release = await holdBack(pair, "a");
    // A transaction that begins before the renaming and ends after it.
    const long = await openSession(publisher);
    await long.query("BEGIN; INSERT INTO b VALUES (101); INSERT INTO a VALUES (101)");
    await publisher.query("INSERT INTO a SELECT generate_series(1001, 5000)");
    await terraform.write(configuration({ name: "new", tables }, pair));
    const applied = terraform.apply();
    await eventually(async () => (await publicationNames(pair)).includes("new"));
    await publisher.query("INSERT INTO a SELECT generate_series(5001, 6000)");
    await long.query("INSERT INTO b VALUES (102); INSERT INTO a VALUES (102); COMMIT");
    await release();
    await applied;
    await publisher.query("INSERT INTO b VALUES (103)");
    await stop();
    await sameRowsOnce(pair, "a");
    await sameRowsOnce(pair, "b");

    expect(await publicationNames(pair)).toEqual(["new", "old"]);
    const plan = await terraform.plan();
    expect(Object.keys(plan.changes)).toEqual([ADDRESS]);
    expect(plan.changes[ADDRESS]).toMatchObject({
      actions: ["update"],
      before: { former_names: ["old"] },
      after_unknown: { former_names: true },
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await publicationNames(pair)).toEqual(["new"]);
    await publisher.query("INSERT INTO b VALUES (104)");
    await sameRowsOnce(pair, "b");
    await terraform.destroy();
    expect(await publicationNames(pair)).toEqual([]);
  });

  test("stays under its former name, with every later change, for a subscriber that Terraform does not manage", async () => {
    const pair = await emptyPair(major);
    const { publisher, subscriber } = pair;
    const terraform = await terraformOf(pair);
    await terraform.write(configuration({ name: "old", tables: ["public.a"] }));
    await terraform.apply();
    await subscribe(pair, "old");
    await rowsArrive(pair, "a", 5);

    const stop = await startWriter(publisher, "a", 1_000_000);
    const long = await openSession(publisher);
    await long.query("BEGIN; INSERT INTO a VALUES (101)");
    await terraform.write(configuration({ name: "new", tables: ["public.a", "public.b"] }));
    await terraform.apply();
    await long.query("INSERT INTO a VALUES (102); COMMIT");
    await subscriber.query("ALTER SUBSCRIPTION s REFRESH PUBLICATION");
    await rowsArrive(pair, "b", 5);
    await stop();
    await sameRowsOnce(pair, "a");

    const plan = await terraform.plan();
    expect(plan.changes).toEqual({});
    expect(summaries(plan.diagnostics)).toEqual(["warning: Publication remains under a former name"]);
    expect(plan.diagnostics[0]?.detail).toContain(`Slot "${pair.slot}" still reads it`);

    await subscriber.query("ALTER SUBSCRIPTION s SET PUBLICATION new");
    await eventually(async () => Object.keys((await terraform.plan()).changes).length === 1);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await publicationNames(pair)).toEqual(["new"]);
    await publisher.query("INSERT INTO a VALUES (103); INSERT INTO b VALUES (103)");
    await sameRowsOnce(pair, "a");
    await sameRowsOnce(pair, "b");
  });

  test("is switched between some and all tables in place while rows are written, and no row is lost or repeated", async () => {
    const pair = await emptyPair(major);
    const { publisher } = pair;
    const terraform = await terraformOf(pair);
    await publisher.query("CREATE TABLE c (id int PRIMARY KEY)");
    await terraform.write(configuration({ name: "p", tables: ["public.a", "public.b"] }));
    await terraform.apply();
    await subscribe(pair, "p");
    await rowsArrive(pair, "a", 5);
    await rowsArrive(pair, "b", 5);
    await pair.subscriber.query("CREATE TABLE c (id int PRIMARY KEY)");

    const stop = await startWriter(publisher, "a", 1_000_000);
    const steps = [
      { all_tables: true },
      { tables: ["public.a", "public.b"] },
      { all_tables: true, tables: [] },
      { all_tables: false, tables: ["public.a", "public.b"] },
    ];
    for (const [index, step] of steps.entries()) {
      const first = 1000 * (index + 1);
      const release = await holdBack(pair, "a");
      const long = await openSession(publisher);
      await long.query(`BEGIN; INSERT INTO b VALUES (${first}); INSERT INTO a VALUES (${first})`);
      await publisher.query("INSERT INTO a SELECT generate_series($1::int, $2::int)", [
        first + 1,
        first + 500,
      ]);
      await terraform.write(configuration({ name: "p", ...step }));
      const applied = terraform.apply();
      await eventually(async () => {
        const waiting =
          "SELECT FROM pg_locks WHERE mode = 'ShareLock' AND NOT granted AND locktype = 'relation'";
        return (await publisher.query(waiting)).length > 0;
      });
      await long.query(`INSERT INTO b VALUES (${first + 1}); COMMIT`);
      expect(summaries((await applied).diagnostics)).toContain(
        "warning: Writers wait while all_tables changes",
      );
      await publisher.query("INSERT INTO a SELECT generate_series($1::int, $2::int)", [
        first + 501,
        first + 900,
      ]);
      await publisher.query(
        `INSERT INTO b VALUES (${first + 2}); ANALYZE a; ANALYZE b; INSERT INTO b VALUES (${first + 3})`,
      );
      await release();
      await terraform.expectEmptyPlan();
    }
    await stop();
    await sameRowsOnce(pair, "a");
    await sameRowsOnce(pair, "b");
  });

  test("is switched to all tables only after a transaction that has created a table, and no row is lost", async () => {
    const pair = await emptyPair(major);
    const { publisher, subscriber } = pair;
    const terraform = await terraformOf(pair);
    await terraform.write(configuration({ name: "p", tables: ["public.a", "public.b"] }));
    await terraform.apply();
    await subscribe(pair, "p");
    await rowsArrive(pair, "a", 5);
    await rowsArrive(pair, "b", 5);
    await subscriber.query("CREATE TABLE c (id int PRIMARY KEY)");

    const release = await holdBack(pair, "a");
    await publisher.query("INSERT INTO a SELECT generate_series(1001, 1500)");
    const long = await openSession(publisher);
    await long.query("BEGIN; CREATE TABLE c (id int PRIMARY KEY); INSERT INTO c VALUES (1)");
    await terraform.write(configuration({ name: "p", all_tables: true }));
    const applied = terraform.apply();
    await eventually(async () => {
      const attempts = `SELECT FROM pg_stat_activity WHERE datname = $1 AND query = 'ROLLBACK'
                        AND application_name LIKE 'terraform%'`;
      return (await publisher.query(attempts, [publisher.name])).length > 0;
    });
    await long.query("INSERT INTO c VALUES (2); COMMIT");
    await applied;
    await publisher.query("INSERT INTO b VALUES (1001)");
    await publisher.query("ANALYZE a; ANALYZE b");
    await publisher.query("INSERT INTO b VALUES (1002); INSERT INTO a VALUES (2001)");
    await release();
    await sameRowsOnce(pair, "a");
    await sameRowsOnce(pair, "b");
  });

  test("with drop_cascade, warns of the changes that subscribers miss when it was dropped, is replaced or is destroyed under them", async () => {
    const pair = await emptyPair(major);
    const terraform = await terraformOf(pair);
    await terraform.write(configuration({ name: "p", tables: ["public.a"], drop_cascade: true }));
    await terraform.apply();
    await subscribe(pair, "p");
    await rowsArrive(pair, "a", 5);
    const consequence = major === "18" ? /Subscribers skip every change/ : /replication stops with an error/;

    // Terraform shows no warnings about what it is told to replace while it plans.
    const replaced = await terraform.apply(`-replace=${ADDRESS}`);
    expect(new Set(summaries(replaced.diagnostics))).toEqual(
      new Set(["warning: Subscribers may miss changes"]),
    );
    const details = replaced.diagnostics.map(({ detail }) => detail);
    expect(details).toContainEqual(
      expect.stringContaining(`was destroyed, and slot "${pair.slot}" reads it`),
    );
    for (const detail of details) {
      expect(detail).toMatch(consequence);
    }

    await terraform.taint(ADDRESS);
    const tainted = await terraform.plan();
    expect(summaries(tainted.diagnostics)).toEqual(["warning: Subscribers may miss changes"]);
    expect(tainted.diagnostics[0]?.detail).toContain("is destroyed and created again, and slot");

    await pair.publisher.query("DROP PUBLICATION p");
    const recreating = await terraform.plan();
    expect(recreating.changes[ADDRESS]?.actions).toEqual(["create"]);
    expect(summaries(recreating.diagnostics)).toEqual(["warning: Subscribers may miss changes"]);
    expect(recreating.diagnostics[0]?.detail).toMatch(/no longer exists and is created again/);
    expect(recreating.diagnostics[0]?.detail).toMatch(consequence);
    await terraform.apply();

    const { diagnostics } = await terraform.destroy();
    expect(summaries(diagnostics)).toEqual(["warning: Subscribers may miss changes"]);
    expect(diagnostics[0]?.detail).toContain("was destroyed, and");
  });
});

describe("a renamed publication", () => {
  /** Renamed from `old` to `new` while a slot exists. */
  async function renamed(): Promise<{ pair: Pair; terraform: Terraform; publisher: TestDatabase }> {
    const pair = await emptyPair("18");
    const terraform = await terraformOf(pair);
    await terraform.write(configuration({ name: "old", tables: ["public.a"] }));
    await terraform.apply();
    await pair.publisher.query("COMMENT ON PUBLICATION old IS 'Ours'");
    await subscribe(pair, "old");
    await rowsArrive(pair, "a", 5);
    await terraform.write(configuration({ name: "new", tables: ["public.a"] }));
    await terraform.apply();
    return { pair, terraform, publisher: pair.publisher };
  }

  const comments = (publisher: TestDatabase): Promise<unknown[]> =>
    publisher.query(
      "SELECT pubname AS name, obj_description(oid, 'pg_publication') AS comment FROM pg_publication ORDER BY 1",
    );

  test("keeps its comment, and gets its former name back with all that subscribers use", async () => {
    const { pair, terraform, publisher } = await renamed();
    expect(await comments(publisher)).toEqual([
      { name: "new", comment: "Ours" },
      { name: "old", comment: expect.stringMatching(/^Former name of publication "new"/) as string },
    ]);
    expect(await terraform.state(ADDRESS)).toMatchObject({ name: "new", former_names: ["old"] });

    await terraform.write(configuration({ name: "old", tables: ["public.a"] }));
    await terraform.apply();
    expect(await comments(publisher)).toEqual([
      { name: "new", comment: expect.stringMatching(/^Former name of publication "old"/) as string },
      { name: "old", comment: "Ours" },
    ]);
    // Nobody has ever used the name in between.
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await publicationNames(pair)).toEqual(["old"]);
    await publisher.query("INSERT INTO a VALUES (6)");
    await sameRowsOnce(pair, "a");
  });

  test("stays under its former name while a slot's reader is not connected, and can be destroyed with drop_cascade", async () => {
    const { pair, terraform, publisher } = await renamed();
    await pair.subscriber.query("ALTER SUBSCRIPTION s DISABLE");
    await eventually(async () => {
      const [slot] = await publisher.query<{ active: boolean }>(
        "SELECT active FROM pg_replication_slots WHERE slot_name = $1",
        [pair.slot],
      );
      return slot?.active === false;
    });
    const plan = await terraform.plan();
    expect(plan.changes).toEqual({});
    expect(plan.diagnostics[0]?.detail).toContain(`Nothing is connected to slot "${pair.slot}"`);
    await terraform.write(configuration({ name: "new", tables: ["public.a"], drop_cascade: true }));
    await terraform.apply();
    await terraform.destroy();
    expect(await publicationNames(pair)).toEqual([]);
  });

  test("stays under its former name while the user may not see who reads it", async () => {
    const { terraform, publisher, pair } = await renamed();
    await publisher.query(
      `CREATE ROLE t_blind LOGIN PASSWORD 'blind'; GRANT CREATE ON DATABASE ${publisher.name} TO t_blind;
       ALTER TABLE a OWNER TO t_blind; ALTER PUBLICATION new OWNER TO t_blind; ALTER PUBLICATION old OWNER TO t_blind`,
    );
    const server = { ...publisher.server, username: "t_blind", password: "blind" };
    const blind = await createTerraform({ provider: { server, database: publisher.name } });
    const own = configuration({ name: "new", tables: ["public.a"] });
    await blind.write(own);
    await blind.import(ADDRESS, `${publisher.name}.new`);
    const plan = await blind.plan();
    expect(plan.changes).toEqual({});
    expect(plan.diagnostics[0]?.detail).toContain(`slot "${pair.slot}" reads cannot be seen`);
    expect(plan.diagnostics[0]?.detail).toContain("pg_read_all_stats");

    // A reader that returns after the plan keeps its publication.
    await pair.subscriber.query("ALTER SUBSCRIPTION s SET PUBLICATION new");
    await eventually(async () => Object.keys((await terraform.plan()).changes).length === 1);
    await pair.subscriber.query("ALTER SUBSCRIPTION s SET PUBLICATION old");
    await readerOf(pair, "old");
    await terraform.apply("tfplan");
    expect(await publicationNames(pair)).toEqual(["new", "old"]);

    // One that leaves it after the plan lets it go with whatever else is applied.
    await terraform.write(configuration({ name: "new", tables: ["public.a"], publish_param: ["insert"] }));
    await terraform.plan();
    await pair.subscriber.query("ALTER SUBSCRIPTION s SET PUBLICATION new");
    await readerOf(pair, "new");
    await terraform.apply("tfplan");
    await terraform.expectEmptyPlan();
    expect(await publicationNames(pair)).toEqual(["new"]);
    await pair.subscriber.query("DROP SUBSCRIPTION s");
    await publisher.query("REASSIGN OWNED BY t_blind TO postgres; DROP OWNED BY t_blind; DROP ROLE t_blind");
  });

  test("is renamed and nothing else without a replication slot", async () => {
    const pair = await emptyPair("18");
    const terraform = await terraformOf(pair);
    await terraform.write(configuration({ name: "old", tables: ["public.a"] }));
    await terraform.apply();
    const oid = await pair.publisher.query("SELECT oid FROM pg_publication");
    await terraform.write(configuration({ name: "new", tables: ["public.a"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await pair.publisher.query("SELECT oid FROM pg_publication WHERE pubname = 'new'")).toEqual(oid);
    expect(await publicationNames(pair)).toEqual(["new"]);
  });

  test("is not renamed to a name that another publication has", async () => {
    const pair = await emptyPair("18");
    const terraform = await terraformOf(pair);
    await terraform.write(configuration({ name: "old", tables: ["public.a"] }));
    await terraform.apply();
    await pair.publisher.query("CREATE PUBLICATION taken");
    await terraform.write(configuration({ name: "taken", tables: ["public.a"] }));
    expect((await errorOf(terraform.plan())).message).toMatch(
      /Object exists already .*rename publication "old" to "taken"/s,
    );
  });
});

describe("a publication with readers", () => {
  test("refuses to exchange tables for all tables while a transaction that writes does not end, and changes nothing", async () => {
    const pair = await emptyPair("18");
    const terraform = await terraformOf(pair);
    await terraform.write(configuration({ name: "p", tables: ["public.a"] }));
    await terraform.apply();
    await subscribe(pair, "p");
    await rowsArrive(pair, "a", 5);
    const long = await openSession(pair.publisher);
    await long.query("BEGIN; INSERT INTO b VALUES (101)");
    await terraform.write(configuration({ name: "p", all_tables: true }));
    const { message } = await errorOf(terraform.apply());
    expect(message).toMatch(
      /Transactions that write do not end.*5 attempts of 2 s each.*lock timeout.*Nothing was changed.*pg_prepared_xacts/s,
    );
    expect(await pair.publisher.query("SELECT puballtables FROM pg_publication")).toEqual([
      { puballtables: false },
    ]);
    await long.query("ROLLBACK");
    await terraform.apply();
    await terraform.expectEmptyPlan();
  });

  test("is not created anew on a server that is newer than the provider, and altered all the same", async () => {
    const pair = await emptyPair("18");
    const { publisher } = pair;
    const known = await terraformOf(pair);
    await known.write(configuration({ name: "p", tables: ["public.a"] }));
    await known.apply();
    await subscribe(pair, "p");
    await rowsArrive(pair, "a", 5);
    const provider = {
      server: publisher.server,
      database: publisher.name,
      arguments: { expected_version: "19" },
    };
    const terraform = await createTerraform({ provider });
    const plans = async (attributes: Record<string, unknown>): Promise<unknown> => {
      await terraform.write(configuration(attributes));
      return terraform.plan();
    };
    await terraform.write(configuration({ name: "p", tables: ["public.a"] }));
    await terraform.import(ADDRESS, `${publisher.name}.p`);
    for (const attributes of [
      { name: "p", all_tables: true },
      { name: "q", tables: ["public.a"] },
    ]) {
      expect((await errorOf(plans(attributes))).message).toMatch(
        /Server is newer than the provider.*version 19.*publications up to PostgreSQL 18/s,
      );
    }
    await terraform.write(configuration({ name: "p", tables: ["public.a", "public.b"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
  });
});
