import { connectClient } from "../support/client";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { startTcpProxy, through } from "../support/faults/tcp-proxy";
import { createRole } from "../support/role";
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

const ownerOf = ({ subscriber, slot }: Awaited<ReturnType<typeof createPair>>) =>
  subscriber.query(
    "SELECT pg_get_userbyid(subowner) AS owner, subenabled AS enabled FROM pg_subscription WHERE subslotname = $1",
    [slot],
  );

describe("creating a postgresql_subscription", () => {
  test("gives it to a role of an administrator who is no superuser, who can change and destroy it", async () => {
    const pair = await createPair();
    const administrator = await createRole(
      pair.subscriber.server,
      "CREATEROLE IN ROLE pg_create_subscription",
    );
    const owner = await createRole(pair.subscriber.server, "", administrator.username);
    await pair.subscriber.query(
      `GRANT CREATE ON DATABASE ${pair.subscriber.name} TO ${administrator.username}, ${owner.username}; GRANT ALL ON a, b TO ${owner.username}; ALTER TABLE a OWNER TO ${owner.username}; ALTER TABLE b OWNER TO ${owner.username}`,
    );
    const terraform = await createTerraform({
      provider: { server: administrator, database: pair.subscriber.name },
      secrets: { publisher_password: pair.publisher.server.password },
    });
    await terraform.write(subscription(pair, { owner: owner.username }));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await rowsArrive(pair, "a", 5);
    expect(await ownerOf(pair)).toEqual([{ owner: owner.username, enabled: true }]);
    await terraform.write(
      subscription(pair, { owner: owner.username, publications: ["pub_a", "pub_b"], failover: true }),
    );
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await rowsArrive(pair, "b", 5);
    await terraform.destroy();
    expect(await slots(pair)).toEqual([]);
    expect(
      await pair.subscriber.query("SELECT FROM pg_auth_members WHERE member = $1::regrole AND set_option", [
        administrator.username,
      ]),
    ).toEqual([{}]);
  });

  test("leaves nothing when the owner is refused after CREATE SUBSCRIPTION, and copies each row once afterwards", async () => {
    const pair = await createPair();
    const administrator = await createRole(pair.subscriber.server, "IN ROLE pg_create_subscription");
    const owner = await createRole(pair.subscriber.server);
    await recordInserts(pair, "a");
    await pair.subscriber.query(
      `GRANT CREATE ON DATABASE ${pair.subscriber.name} TO ${administrator.username}, ${owner.username}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${administrator.username} WITH GRANT OPTION; ALTER TABLE a OWNER TO ${administrator.username}; ALTER TABLE copies_of_a OWNER TO ${administrator.username}`,
    );
    const terraform = await createTerraform({
      provider: { server: administrator, database: pair.subscriber.name },
      secrets: { publisher_password: pair.publisher.server.password },
    });
    await terraform.write(subscription(pair, { owner: owner.username }));
    expect((await errorOf(terraform.apply())).message).toMatch(/must be able to SET ROLE/);
    expect(await ownerOf(pair)).toEqual([]);
    expect(await slots(pair)).toEqual([]);
    expect(await terraform.state(ADDRESS)).toBeUndefined();
    await terraform.write(subscription(pair));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    expect(await pair.subscriber.query("SELECT FROM copies_of_a")).toHaveLength(5);
    await terraform.destroy();
  });

  test.each(["CREATE", "ALTER"])(
    "survives a connection that breaks after the answer to %s SUBSCRIPTION",
    async (verb) => {
      const pair = await createPair();
      await recordInserts(pair, "a");
      const proxy = await startTcpProxy(pair.subscriber.server);
      const terraform = await createTerraform({
        provider: { server: through(proxy, pair.subscriber.server), database: pair.subscriber.name },
        secrets: { publisher_password: pair.publisher.server.password },
      });
      await terraform.write(subscription(pair));
      const stop = proxy.breakAt({ statement: new RegExp(`^${verb} SUBSCRIPTION`), when: "after" });
      const applied = terraform.apply();
      await stop.reached;
      stop.cut();
      await applied;
      await terraform.expectEmptyPlan();
      await rowsArrive(pair, "a", 5);
      expect(await ownerOf(pair)).toEqual([expect.objectContaining({ enabled: true })]);
      expect(await pair.subscriber.query("SELECT FROM copies_of_a")).toHaveLength(5);
      await terraform.destroy();
      expect(await slots(pair)).toEqual([]);
    },
  );

  test("continues what an apply left that was killed after CREATE SUBSCRIPTION", async () => {
    const pair = await createPair();
    await pair.subscriber.query(
      `CREATE SUBSCRIPTION s CONNECTION '${pair.conninfo} password=${pair.publisher.server.password}' PUBLICATION pub_a WITH (enabled = false, slot_name = '${pair.slot}')`,
    );
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { binary: true }));
    const run = await terraform.apply();
    expect(run.diagnostics[0]).toMatchObject({
      severity: "warning",
      summary: "Interrupted creation is continued",
    });
    await terraform.expectEmptyPlan();
    await rowsArrive(pair, "a", 5);
    await terraform.destroy();
    expect(await slots(pair)).toEqual([]);
  });

  test("leaves nothing when it is interrupted while the publisher waits for a long transaction", async () => {
    const pair = await createPair();
    const writer = await connectClient(pair.publisher.server, pair.publisher.name);
    await writer.query("BEGIN; INSERT INTO a VALUES (6)");
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair));
    const run = await terraform.applyUntil(async () => (await slots(pair)).length > 0);
    expect(run.exitCode).toBe(1);
    await writer.query("COMMIT");
    await writer.end();
    await eventually(async () => (await slots(pair)).length === 0);
    expect(await ownerOf(pair)).toEqual([]);
    await terraform.apply();
    await rowsArrive(pair, "a", 6);
    await terraform.destroy();
  });
});

describe("a role without superuser", () => {
  test("can refresh a subscription of PostgreSQL 10", async () => {
    const pair = await createPair(sharedServer("publisher"), sharedServer("publisher10"));
    const first = await subscriptionIn(pair);
    await first.write(subscription(pair));
    await first.apply();
    const role = await createRole(pair.subscriber.server);
    const terraform = await createTerraform({
      provider: { server: role, database: pair.subscriber.name },
      secrets: { publisher_password: pair.publisher.server.password },
    });
    await terraform.write(subscription(pair));
    await terraform.import(ADDRESS, `${pair.subscriber.name}.s`);
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
    await first.destroy();
  });
});
