import type { TcpProxy } from "../../support/faults/tcp-proxy";
import { errorOf } from "../../support/failures";
import { createReplication, expectNothingLeft, expectRowsOnce, type Replication } from "./replication";

/** Far more than connect_timeout explains, also on a busy machine, and far less than the timeouts of an operation. */
const BOUND_MS = 120_000;

/** Fails if the work is not over soon. */
async function soon<T>(work: Promise<T>): Promise<T> {
  const started = Date.now();
  const result = await work;
  expect(Date.now() - started).toBeLessThan(BOUND_MS);
  return result;
}

const silences = {
  "refuses connections": (proxy: TcpProxy) => proxy.refuse(),
  "accepts connections and says nothing": (proxy: TcpProxy) => proxy.hang(),
  "answers no attempt to connect": (proxy: TcpProxy) => proxy.drop(),
};

/** Lets a network work again, as if it had lost what was under way. */
async function repair(proxy: TcpProxy): Promise<void> {
  proxy.cut();
  await proxy.pass();
}

/** After the fault, everything works as before, and nothing was lost. */
async function expectUnharmed(replication: Replication): Promise<void> {
  await expectRowsOnce(replication);
  await replication.terraform.expectEmptyPlan();
  await replication.terraform.destroy();
  await expectNothingLeft(replication);
}

describe.each(Object.entries(silences))("a server that %s", (_, silence) => {
  test.concurrent.each(["publisher", "subscriber"] as const)(
    "ends a plan, an apply and a destroy soon with its address, when it is the %s, and nothing has changed",
    async (side) => {
      const replication = await createReplication();
      const { terraform, access } = replication;
      const proxy = access[side];
      await terraform.apply();
      await silence(proxy);
      for (const run of [() => terraform.plan(), () => terraform.apply(), () => terraform.destroy()]) {
        expect((await soon(errorOf(run()))).message).toContain(`${proxy.host}:${proxy.port}`);
      }
      await repair(proxy);
      await expectUnharmed(replication);
    },
  );

  test.concurrent(
    "ends a creation soon when it is the publisher, as the subscriber sees it, and a second one completes it",
    async () => {
      const replication = await createReplication();
      const { terraform, link } = replication;
      await silence(link);
      expect((await soon(errorOf(terraform.apply()))).message).toMatch(/publisher/);
      await repair(link);
      await terraform.apply();
      await expectUnharmed(replication);
    },
  );
});

test.concurrent(
  "a publisher that answers no attempt of the subscriber to connect is reported by a plan, ends a destroy soon, and can be left behind",
  async () => {
    const replication = await createReplication();
    const { terraform, link, name, publisher } = replication;
    await terraform.apply();
    await expectRowsOnce(replication);
    await link.drop();
    link.cut();
    const { diagnostics } = await soon(terraform.plan());
    expect(diagnostics.map(({ address, summary }) => `${address}: ${summary}`)).toContain(
      "postgresql_subscription.x: Replication is stopped",
    );
    expect((await soon(errorOf(terraform.destroy()))).message).toMatch(/detach_if_unreachable/);

    await replication.configure({ subscription: { detach_if_unreachable: true } });
    await terraform.apply("-refresh=false", "-target=postgresql_subscription.x");
    // The subscription goes, and the publication waits until its slot is dropped.
    const { diagnostics: left } = await soon(errorOf(terraform.destroy()));
    const orphan = left.find(({ summary }) => summary === "Replication slot left behind");
    expect(orphan?.detail).toContain(`pg_drop_replication_slot('${name}')`);
    await publisher.query("SELECT pg_drop_replication_slot($1)", [name]);
    await terraform.destroy("-refresh=false");
    await expectNothingLeft(replication);
  },
);
