import { type TcpProxy, startTcpProxy } from "../support/faults/tcp-proxy";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import {
  createPair,
  type Pair,
  rowsArrive,
  slots,
  subscription,
  subscriptionIn,
} from "../support/subscription-pair";

/** Far more than connect_timeout explains, also on a busy machine, and far less than the timeouts of an operation. */
const BOUND_MS = 120_000;

/** A pair whose subscriber reaches the publisher through a proxy. */
async function pairBehindProxy(
  subscribers = sharedServer("subscriber"),
): Promise<{ pair: Pair; proxy: TcpProxy; conninfo: string }> {
  const pair = await createPair(sharedServer("publisher"), subscribers);
  const proxy = await startTcpProxy(pair.publisher.server);
  const conninfo = `${pair.conninfo.replace(/port=\d+/, `port=${proxy.port}`)} connect_timeout=2`;
  return { pair, proxy, conninfo };
}

const tableStates = async ({ subscriber }: Pair): Promise<string[]> =>
  (await subscriber.query<{ state: string }>("SELECT srsubstate AS state FROM pg_subscription_rel")).map(
    ({ state }) => state,
  );

const subscriptions = ({ subscriber, slot }: Pair): Promise<unknown[]> =>
  subscriber.query("SELECT subenabled FROM pg_subscription WHERE subslotname = $1", [slot]);

describe("a publisher that accepts connections and never answers", () => {
  test.concurrent("fails CREATE within connect_timeout, and leaves nothing behind", async () => {
    const { pair, proxy, conninfo } = await pairBehindProxy();
    await proxy.hang();
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { conninfo }));
    const started = Date.now();
    expect((await errorOf(terraform.apply())).message).toMatch(
      /could not connect to the publisher: it did not answer within 2 s.*security group/s,
    );
    expect(Date.now() - started).toBeLessThan(BOUND_MS);
    expect(await subscriptions(pair)).toEqual([]);
    expect(await slots(pair)).toEqual([]);
    await proxy.pass();
    proxy.cut();
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    await terraform.destroy();
  });

  test.concurrent(
    "fails a destroy within connect_timeout and changes nothing; detach_if_unreachable drops the subscription",
    async () => {
      const { pair, proxy, conninfo } = await pairBehindProxy();
      const terraform = await subscriptionIn(pair);
      await terraform.write(subscription(pair, { conninfo }));
      await terraform.apply();
      await eventually(async () => (await tableStates(pair)).join() === "r");
      await proxy.hang();
      const started = Date.now();
      expect((await errorOf(terraform.destroy())).message).toMatch(
        /it did not answer within 2 s.*nothing was changed.*terraform apply -refresh=false -target/s,
      );
      expect(Date.now() - started).toBeLessThan(BOUND_MS);
      expect(await subscriptions(pair)).toEqual([{ subenabled: true }]);

      // The subscription works as before once the publisher is back.
      await proxy.pass();
      proxy.cut();
      await pair.publisher.query("INSERT INTO a VALUES (6)");
      await rowsArrive(pair, "a", 6);

      await proxy.hang();
      await terraform.write(subscription(pair, { conninfo, detach_if_unreachable: true }));
      await terraform.apply("-refresh=false", "-target=postgresql_subscription.s");
      const run = await terraform.destroy("-refresh=false", "-target=postgresql_subscription.s");
      expect(
        run.diagnostics.find(({ summary }) => summary === "Replication slot left behind")?.detail,
      ).toContain(`pg_drop_replication_slot('${pair.slot}')`);
      expect(await subscriptions(pair)).toEqual([]);
      expect(await slots(pair)).toEqual([{ slot_name: pair.slot }]);
    },
  );
});

describe("a publisher that falls silent during the initial copy", () => {
  test.concurrent(
    "does not keep a destroy waiting, and the destroy succeeds when the publisher answers again",
    async () => {
      const { pair, proxy, conninfo } = await pairBehindProxy();
      const terraform = await subscriptionIn(pair);
      await pair.publisher.query("INSERT INTO a SELECT generate_series(6, 200000)");
      await terraform.write(subscription(pair, { conninfo }));
      await terraform.apply();
      await eventually(async () => (await tableStates(pair)).join() === "d");
      await proxy.hang();
      expect((await errorOf(terraform.destroy())).message).toMatch(
        /could not connect to the publisher.*nothing was changed/s,
      );
      expect(await subscriptions(pair)).toEqual([{ subenabled: true }]);
      await proxy.pass();
      proxy.cut();
      await terraform.destroy();
      expect(await subscriptions(pair)).toEqual([]);
      expect(await slots(pair)).toEqual([]);
    },
  );
});

describe("a subscriber of PostgreSQL 10", () => {
  test.concurrent("gives up on a publisher that never answers, too", async () => {
    const { pair, proxy, conninfo } = await pairBehindProxy(sharedServer("publisher10"));
    await proxy.hang();
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { conninfo }));
    expect((await errorOf(terraform.apply())).message).toMatch(/it did not answer within 2 s/);
  });
});
