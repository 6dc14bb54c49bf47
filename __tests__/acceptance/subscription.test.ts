import { startSandboxServer } from "../../sandbox/sandbox-server";
import { createDatabase } from "../support/database";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import {
  ADDRESS,
  createPair,
  recordInserts,
  rowsArrive,
  slots,
  subscription,
  subscriptionIn,
} from "../support/subscription-pair";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const publisherServer = sharedServer("publisher");
const subscriberServer = sharedServer("subscriber");
const oldServer = sharedServer("publisher10");

describe("postgresql_subscription", () => {
  test("replicates, is altered in place without copying a row again, and leaves nothing behind", async () => {
    const pair = await createPair();
    const { publisher, subscriber } = pair;
    await recordInserts(pair, "a");
    await recordInserts(pair, "b");
    await publisher.query(
      "CREATE ROLE t_replicator LOGIN REPLICATION PASSWORD 'first-secret'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO t_replicator",
    );
    const conninfo = pair.conninfo.replace("user=postgres", "user=t_replicator");
    const terraform = await subscriptionIn(pair, {
      secrets: { first: "first-secret", second: "second-secret" },
      environment: { TF_LOG: "TRACE", TF_LOG_PATH: "terraform.log" },
    });
    await terraform.write(subscription(pair, { conninfo, password_wo: "${var.first}" }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await rowsArrive(pair, "a", 5);
    expect(await slots(pair)).toEqual([{ slot_name: pair.slot }]);
    const [before] = await subscriber.query<{ oid: number }>(
      // Other databases of the server have a subscription of this name at the same time.
      "SELECT oid FROM pg_subscription WHERE subslotname = $1",
      [pair.slot],
    );

    // The password is rotated while the old connection is cut: only the new one can go on.
    await publisher.query("ALTER ROLE t_replicator PASSWORD 'second-secret'");
    await subscriber.query("CREATE ROLE t_subscription_owner SUPERUSER NOLOGIN");
    await terraform.write(
      subscription(pair, {
        name: 'Renamed. "🐘"',
        conninfo: `${conninfo} application_name='it''s new' connect_timeout=10`.replace("''", "\\'"),
        password_wo: "${var.second}",
        password_wo_version: "2",
        publications: ["pub_a", "pub_b"],
        owner: "t_subscription_owner",
        streaming: "parallel",
        disable_on_error: true,
        failover: true,
        synchronous_commit: "local",
      }),
    );
    const plan = await terraform.plan();
    expect(plan.changes[ADDRESS]?.actions).toEqual(["update"]);
    // Workers run as the owner; the server would accept this one, and never replicate again.
    expect((await errorOf(terraform.apply())).message).toMatch(
      /Owner cannot log in .*"t_subscription_owner".*LOGIN/s,
    );
    await subscriber.query("ALTER ROLE t_subscription_owner LOGIN");
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await rowsArrive(pair, "b", 5);
    await publisher.query("INSERT INTO a VALUES (6); DELETE FROM a WHERE id = 1; INSERT INTO b VALUES (6)");
    await eventually(
      () =>
        subscriber.query(
          "SELECT (SELECT array_agg(id ORDER BY id) FROM a) AS a, (SELECT max(id) FROM b) AS b",
        ),
      (rows) => JSON.stringify(rows) === JSON.stringify([{ a: [2, 3, 4, 5, 6], b: 6 }]),
    );
    expect(await subscriber.query("SELECT id FROM copies_of_a ORDER BY id")).toEqual(
      [1, 2, 3, 4, 5, 6].map((id) => ({ id })),
    );
    expect(await subscriber.query("SELECT id FROM copies_of_b ORDER BY id")).toEqual(
      [1, 2, 3, 4, 5, 6].map((id) => ({ id })),
    );
    expect(
      await subscriber.query(
        `SELECT oid, subname, pg_get_userbyid(subowner) AS owner, subenabled, subfailover, subdisableonerr, substream,
                subsynccommit, subconninfo LIKE '%password=second-secret%' AS rotated
         FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      ),
    ).toEqual([
      {
        oid: before?.oid,
        subname: 'Renamed. "🐘"',
        owner: "t_subscription_owner",
        subenabled: true,
        subfailover: true,
        subdisableonerr: true,
        substream: "p",
        subsynccommit: "local",
        rotated: true,
      },
    ]);

    await terraform.write(
      subscription(pair, {
        name: 'Renamed. "🐘"',
        conninfo,
        password_wo: "${var.second}",
        password_wo_version: "2",
        publications: ["pub_b"],
        enabled: false,
      }),
    );
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(
      await subscriber.query("SELECT srrelid::regclass::text AS table FROM pg_subscription_rel"),
    ).toEqual([{ table: "b" }]);

    const files = await terraform.files();
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(["terraform.tfstate", "tfplan/tfplan", "terraform.log"]),
    );
    for (const [file, text] of Object.entries(files)) {
      expect({ file, secret: /first-secret|second-secret/.exec(text)?.[0] }).toEqual({
        file,
        secret: undefined,
      });
    }

    await terraform.destroy();
    expect(await subscriber.query("SELECT FROM pg_subscription WHERE oid = $1", [before?.oid])).toEqual([]);
    expect(await slots(pair)).toEqual([]);
    await publisher.query("DROP OWNED BY t_replicator; DROP ROLE t_replicator");
    await subscriber.query("DROP ROLE t_subscription_owner");
  });

  test("is imported without its password, drifts visibly, and is repaired", async () => {
    const pair = await createPair();
    const { subscriber } = pair;
    const conninfo = `${pair.conninfo} password=${publisherServer.password}`;
    await subscriber.query(
      `CREATE SUBSCRIPTION "Odd.Name" CONNECTION '${conninfo}' PUBLICATION pub_a WITH (slot_name = '${pair.slot}')`,
    );
    const terraform = await subscriptionIn(pair);
    const attributes = {
      name: "Odd.Name",
      // The same in another order.
      conninfo: conninfo.split(" ").reverse().join(" "),
      password_wo: null,
      password_wo_version: null,
    };
    await terraform.write(subscription(pair, attributes));
    const { diagnostics } = await errorOf(terraform.plan());
    expect(diagnostics[0]).toMatchObject({ summary: "Object exists already" });
    expect(diagnostics[0]?.detail).toContain(`terraform import ADDRESS '${subscriber.name}."Odd.Name"'`);

    await terraform.import(ADDRESS, `${subscriber.name}."Odd.Name"`);
    const secretIn = (await terraform.files())["terraform.tfstate"]?.includes(publisherServer.password);
    expect(secretIn).toBe(false);
    // The configuration has the password, and the state does not.
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();

    await subscriber.query(
      `ALTER SUBSCRIPTION "Odd.Name" DISABLE; ALTER SUBSCRIPTION "Odd.Name" SET (binary = true)`,
    );
    await subscriber.query(`ALTER SUBSCRIPTION "Odd.Name" SET PUBLICATION pub_b WITH (refresh = false)`);
    const drift = await terraform.plan();
    expect(drift.changes[ADDRESS]?.before).toMatchObject({ enabled: false, publications: ["pub_b"] });
    expect(drift.changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await rowsArrive(pair, "a", 5);
    await terraform.destroy();
    expect(await slots(pair)).toEqual([]);
  });

  test("goes on from a state of cyrilgdn/postgresql, password and all", async () => {
    const pair = await createPair();
    const conninfo = `${pair.conninfo} password=${publisherServer.password}`;
    await pair.subscriber.query(
      `CREATE SUBSCRIPTION s CONNECTION '${conninfo}' PUBLICATION pub_a WITH (slot_name = '${pair.slot}')`,
    );
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { conninfo, password_wo: null, password_wo_version: null }));
    await writeUpstreamState(terraform, ADDRESS, {
      id: `${pair.subscriber.name}.s`,
      name: "s",
      database: pair.subscriber.name,
      conninfo,
      publications: ["pub_a"],
      create_slot: true,
      slot_name: pair.slot,
    });
    await terraform.expectEmptyPlan();

    // The password moves out of the state: an update in place, and no row is copied again.
    await rowsArrive(pair, "a", 5);
    await recordInserts(pair, "a");
    await terraform.write(subscription(pair));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await pair.publisher.query("INSERT INTO a VALUES (6)");
    await rowsArrive(pair, "a", 6);
    expect(await pair.subscriber.query("SELECT id FROM copies_of_a")).toEqual([{ id: 6 }]);
    expect((await terraform.files())["terraform.tfstate"]).not.toContain(publisherServer.password);
    await terraform.destroy();
  });

  test("takes up tables that a publication has gained when a refresh trigger changes", async () => {
    const pair = await createPair();
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { refresh_triggers: { tables: "a" } }));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    await pair.publisher.query("ALTER PUBLICATION pub_a ADD TABLE b");
    await terraform.write(subscription(pair, { refresh_triggers: { tables: "a, b" } }));
    await terraform.apply();
    await rowsArrive(pair, "b", 5);
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });

  test("uses a slot that is there already, and leaves it there", async () => {
    const pair = await createPair();
    await pair.publisher.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [pair.slot]);
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { create_slot: false, copy_data: false }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await pair.publisher.query("INSERT INTO a VALUES (6)");
    await rowsArrive(pair, "a", 1);
    await terraform.destroy();
    expect(await slots(pair)).toEqual([{ slot_name: pair.slot }]);
  });

  test("is not destroyed half when the publisher is unreachable, and all the same when asked for", async () => {
    const pair = await createPair();
    const { subscriber } = pair;
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    // Port 1 refuses at once. The subscription keeps on existing, disabled or not.
    const dead = {
      conninfo: "host=127.0.0.1 port=1 dbname=postgres user=postgres connect_timeout=2",
      enabled: true,
    };
    await terraform.write(subscription(pair, dead));
    expect((await errorOf(terraform.apply())).message).toMatch(
      /The subscription does not connect.*no row arrives.*127\.0\.0\.1:1 refuses connections/s,
    );

    const { diagnostics } = await errorOf(terraform.destroy());
    expect(diagnostics[0]?.summary).toBe("Unable to delete subscription");
    expect(diagnostics[0]?.detail).toMatch(/could not connect to (the )?publisher/);
    expect(diagnostics[0]?.detail).toContain("detach_if_unreachable = true");
    expect(
      await subscriber.query("SELECT subenabled, subslotname FROM pg_subscription WHERE subslotname = $1", [
        pair.slot,
      ]),
    ).toEqual([{ subenabled: true, subslotname: pair.slot }]);

    await terraform.write(subscription(pair, { ...dead, detach_if_unreachable: true }));
    await terraform.apply();
    const run = await terraform.destroy();
    const orphan = run.diagnostics.find(({ summary }) => summary === "Replication slot left behind");
    expect(orphan?.severity).toBe("warning");
    expect(orphan?.detail).toContain(`pg_drop_replication_slot('${pair.slot}')`);
    expect(await subscriber.query("SELECT FROM pg_subscription WHERE subslotname = $1", [pair.slot])).toEqual(
      [],
    );
    expect(await slots(pair)).toEqual([{ slot_name: pair.slot }]);
  });

  test("says what is wrong, and leaves nothing half made", async () => {
    const pair = await createPair();
    const { publisher, subscriber } = pair;
    const terraform = await subscriptionIn(pair);
    const failure = async (attributes: Record<string, unknown>): Promise<string> => {
      await terraform.write(subscription(pair, attributes));
      const { diagnostics } = await errorOf(terraform.apply());
      expect(
        await subscriber.query("SELECT FROM pg_subscription WHERE subslotname = $1", [pair.slot]),
      ).toEqual([]);
      expect(await slots(pair)).toEqual([]);
      const [error] = diagnostics.filter(({ severity }) => severity === "error");
      return `${error?.summary}: ${error?.detail}`;
    };

    expect(await failure({ conninfo: "host=127.0.0.1 port=1 user=nobody" })).toMatch(
      /Unable to create subscription: Subscription "s" in database "t_\w+": .*could not connect.*the publisher's security group/s,
    );
    expect(await failure({ password_wo: "wrong" })).toMatch(/password authentication failed/);
    await subscriber.query("DROP TABLE a");
    expect(await failure({})).toMatch(
      /relation "public\.a" does not exist \(SQLSTATE 42P01\).*postgresql_replicated_schema/s,
    );
    await subscriber.query("CREATE TABLE a (id int PRIMARY KEY)");
    expect(await failure({ name: "Upper", slot_name: null })).toMatch(
      /Missing attribute: .*"Upper".*Set slot_name/s,
    );
    expect(await failure({ conninfo: "host=x password='not closed" })).toMatch(
      /Invalid conninfo: conninfo is not a connection string/,
    );

    await publisher.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [pair.slot]);
    await terraform.write(subscription(pair));
    expect((await errorOf(terraform.apply())).message).toMatch(
      /replication slot "t_\w+" already exists.*create_slot = false/s,
    );
    await publisher.query("SELECT pg_drop_replication_slot($1)", [pair.slot]);
    expect(await failure({ publications: ["nowhere"] })).toMatch(
      /Publication does not exist: .*"nowhere".*Nothing was created/s,
    );
    expect(await failure({ owner: "no_such_role" })).toMatch(/Owner does not exist: .*"no_such_role"/s);
    expect(await failure({ conninfo: `${pair.conninfo} password=${publisherServer.password}` })).toMatch(
      /Conflicting attributes: conninfo contains a password/,
    );
  });

  test("says what a publisher needs that does not replicate logically yet", async () => {
    const server = await startSandboxServer({ major: 18, settings: { wal_level: "replica" } });
    try {
      const subscriber = await createDatabase(subscriberServer);
      const terraform = await createTerraform({
        provider: { server: subscriber.server, database: subscriber.name },
        aliases: { publisher: { server } },
      });
      await terraform.write({
        resource: {
          postgresql_publication: { p: { provider: "postgresql.publisher", name: "p", tables: [] } },
          postgresql_subscription: {
            s: {
              name: subscriber.name,
              conninfo: `host=${server.host} port=${server.port} dbname=postgres user=postgres`,
              password_wo: "${var.publisher_password}",
              password_wo_version: "1",
              publications: ["${postgresql_publication.p.name}"],
            },
          },
        },
      });
      expect((await terraform.plan()).diagnostics).toEqual([
        expect.objectContaining({ severity: "warning", summary: "wal_level is not logical" }),
      ]);
      const { diagnostics } = await errorOf(terraform.apply());
      const [error] = diagnostics.filter(({ severity }) => severity === "error");
      expect(error?.detail).toMatch(/logical decoding requires .*wal_level.*rds\.logical_replication = 1/s);
      expect(
        await subscriber.query("SELECT FROM pg_subscription WHERE subname = $1", [subscriber.name]),
      ).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  test("refuses at plan time what the server's version does not have, and a server that would wait for itself", async () => {
    const pair = await createPair(publisherServer, oldServer);
    const terraform = await subscriptionIn(pair);
    await terraform.write(
      subscription(pair, {
        binary: true,
        streaming: "parallel",
        failover: false,
        origin: "none",
        run_as_owner: true,
      }),
    );
    const { diagnostics } = await errorOf(terraform.plan());
    expect(diagnostics.map(({ summary, attribute }) => `${attribute}: ${summary}`).sort()).toEqual([
      "binary: PostgreSQL 14 or later is needed",
      "failover: PostgreSQL 17 or later is needed",
      "origin: PostgreSQL 16 or later is needed",
      "run_as_owner: PostgreSQL 16 or later is needed",
      "streaming: PostgreSQL 14 or later is needed",
    ]);

    await terraform.write(
      subscription(pair, {
        conninfo: `host=${oldServer.host} port=${oldServer.port} dbname=postgres user=postgres`,
      }),
    );
    expect((await errorOf(terraform.plan())).message).toMatch(
      /would wait for itself forever.*postgresql_replication_slot/s,
    );

    await terraform.write(subscription(pair));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    await terraform.write(subscription(pair, { publications: ["pub_a", "pub_b"] }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await rowsArrive(pair, "b", 5);
    await terraform.destroy();
    expect(await slots(pair)).toEqual([]);
  });
});
