import { type SandboxServer, startSandboxServer } from "../../../sandbox/sandbox-server";
import { dropDatabases } from "../../support/database";
import { occupySlots, occupyWalSenders } from "../../support/faults/server-faults";
import { errorOf } from "../../support/failures";
import {
  createReplication,
  expectNothingLeft,
  expectRowsOnce,
  type Replication,
  remains,
} from "./replication";

/** Of this file alone: others would not expect them to be full. */
const servers = {} as Record<"publisher" | "subscriber", SandboxServer>;

beforeAll(async () => {
  const limits = { max_wal_senders: "4", max_replication_slots: "4" };
  [servers.publisher, servers.subscriber] = await Promise.all([
    startSandboxServer({ major: 18, settings: limits }),
    startSandboxServer({ major: 18 }),
  ]);
});

afterAll(async () => {
  await dropDatabases();
  await Promise.all(Object.values(servers).map((server) => server.stop()));
});

/** Once there is room, the same configuration is applied, works, and is destroyed. */
async function expectApplied(replication: Replication): Promise<void> {
  const { terraform } = replication;
  await terraform.apply();
  await expectRowsOnce(replication);
  await terraform.expectEmptyPlan();
  await terraform.destroy();
  await expectNothingLeft(replication);
}

test.each([
  ["replication slots", "max_replication_slots", occupySlots],
  ["WAL senders", "max_wal_senders", occupyWalSenders],
])(
  "a publisher without free %s fails the creation with %s, and leaves no subscription",
  async (_, setting, occupy) => {
    const replication = await createReplication({}, servers);
    const release = await occupy(servers.publisher);
    expect((await errorOf(replication.terraform.apply())).message).toContain(setting);
    expect(await remains(replication)).toEqual(["publication p", "role"]);
    await release();
    await expectApplied(replication);
  },
);

test("a publisher without free slots for the initial copy lets the wait end with max_replication_slots, and the next apply completes it", async () => {
  const replication = await createReplication({}, servers);
  const { terraform, name } = replication;
  await terraform.apply("-target=postgresql_replicated_schema.s");
  const release = await occupySlots(servers.publisher, { except: 1 });
  const { message } = await errorOf(terraform.apply());
  expect(message).toMatch(/First copy is not done|Initial copy/);
  expect(message).toContain("max_replication_slots");
  expect(await remains(replication)).toContain(`slot ${name}`);
  await release();
  await expectApplied(replication);
});

test("a subscriber without workers lets the wait end with max_logical_replication_workers, and the plan says that rows do not arrive", async () => {
  const replication = await createReplication({}, servers);
  const { terraform } = replication;
  await servers.subscriber.restart({ max_logical_replication_workers: "0" });
  expect((await errorOf(terraform.apply())).message).toContain("max_logical_replication_workers");
  const { diagnostics } = await terraform.plan();
  expect(diagnostics.map(({ summary }) => summary)).toContain("Replication is stopped");
  await servers.subscriber.restart({});
  await expectApplied(replication);
});
