import { type SandboxServer, startSandboxServer } from "../../../sandbox/sandbox-server";
import type { PostgresSettings } from "../../../sandbox/postgres-settings";
import { dropDatabases } from "../../support/database";
import { occupySlots, occupyWalSenders } from "../../support/faults/server-faults";
import { errorOf } from "../../support/failures";
import { sharedServer } from "../../support/shared-environment";
import {
  createReplication,
  expectNothingLeft,
  expectRowsOnce,
  type Replication,
  remains,
} from "./replication";

// A copy that makes no progress is watched for half a minute, so the tests watch theirs side by side. Each has its own
// server, whose limits no other test meets.

const started: SandboxServer[] = [];

afterAll(async () => {
  await dropDatabases();
  await Promise.all(started.map((server) => server.stop()));
});

async function startServer(settings: PostgresSettings): Promise<SandboxServer> {
  const server = await startSandboxServer({ major: 18, settings });
  started.push(server);
  return server;
}

async function createAtPublisherWith(
  settings: PostgresSettings,
): Promise<Replication & { readonly server: SandboxServer }> {
  const server = await startServer(settings);
  const servers = { publisher: server, subscriber: sharedServer("subscriber") };
  return { server, ...(await createReplication({ servers })) };
}

/** Once a limit is no longer reached, the same configuration is applied, works, and is destroyed. */
async function expectApplied(replication: Replication): Promise<void> {
  const { terraform } = replication;
  await terraform.apply();
  await expectRowsOnce(replication);
  await terraform.expectEmptyPlan();
  await terraform.destroy();
  await expectNothingLeft(replication);
}

test.concurrent.each([
  ["replication slots", "max_replication_slots", occupySlots],
  ["WAL senders", "max_wal_senders", occupyWalSenders],
])(
  "a publisher without free %s fails the creation with %s, and leaves no subscription",
  async (_, setting, occupy) => {
    const replication = await createAtPublisherWith({ [setting]: "4" });
    const release = await occupy(replication.server);
    expect((await errorOf(replication.terraform.apply())).message).toContain(setting);
    expect(await remains(replication)).toEqual(["publication p", "role"]);
    await release();
    await expectApplied(replication);
  },
);

test.concurrent(
  "a publisher without free slots for the initial copy ends the wait with max_replication_slots, and the next apply completes it",
  async () => {
    const replication = await createAtPublisherWith({ max_replication_slots: "4" });
    const { terraform, name, server } = replication;
    await terraform.apply("-target=postgresql_replicated_schema.x");
    const release = await occupySlots(server, { except: 1 });
    expect((await errorOf(terraform.apply())).message).toContain("max_replication_slots");
    expect(await remains(replication)).toContain(`slot ${name}`);
    await release();
    await expectApplied(replication);
  },
);

test.concurrent(
  "a subscriber without workers ends the wait with max_logical_replication_workers, and the plan says that rows do not arrive",
  async () => {
    const server = await startServer({ max_logical_replication_workers: "0" });
    const replication = await createReplication({
      servers: { publisher: sharedServer("publisher"), subscriber: server },
    });
    const { terraform } = replication;
    expect((await errorOf(terraform.apply())).message).toContain("max_logical_replication_workers");
    const { diagnostics } = await terraform.plan();
    expect(diagnostics.map(({ summary }) => summary)).toContain("Replication is stopped");
    await server.restart({});
    await expectApplied(replication);
  },
);
