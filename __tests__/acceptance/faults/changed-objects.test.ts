import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type SandboxServer, startSandboxServer } from "../../../sandbox/sandbox-server";
import { dropDatabases } from "../../support/database";
import { eventually } from "../../support/eventually";
import { errorOf } from "../../support/failures";
import { openSession, startWriter } from "../../support/replication-load";
import { sharedServer } from "../../support/shared-environment";
import type { Plan } from "../../support/terraform";
import {
  createReplication,
  expectNothingLeft,
  expectRowsOnce,
  REPLICATION_PASSWORDS,
  type Replication,
} from "./replication";

const SUBSCRIPTION = "postgresql_subscription.x";

const started: SandboxServer[] = [];

afterAll(async () => {
  await dropDatabases();
  await Promise.all(started.map((server) => server.stop()));
});

async function startServer(options: Parameters<typeof startSandboxServer>[0]): Promise<SandboxServer> {
  const server = await startSandboxServer(options);
  started.push(server);
  return server;
}

async function createApplied(...options: Parameters<typeof createReplication>): Promise<Replication> {
  const replication = await createReplication(...options);
  await replication.terraform.apply();
  await expectRowsOnce(replication);
  return replication;
}

const summariesOf = ({ diagnostics }: Pick<Plan, "diagnostics">): string[] =>
  diagnostics.map(({ address, summary }) => `${address}: ${summary}`);

/** Follows the advice to copy the tables again, and sees that everything is as it should be. */
async function copyAgain(replication: Replication): Promise<void> {
  const { terraform, subscriber } = replication;
  await subscriber.query("TRUNCATE a, b, arrivals.rows");
  await terraform.apply(`-replace=${SUBSCRIPTION}`);
  await expectWhole(replication);
}

async function expectWhole(replication: Replication): Promise<void> {
  await expectRowsOnce(replication);
  await replication.terraform.expectEmptyPlan();
  await replication.terraform.destroy();
  await expectNothingLeft(replication);
}

const hasSlot = ({ publisher, name }: Replication, condition: string): Promise<boolean> =>
  publisher
    .query(`SELECT FROM pg_replication_slots WHERE slot_name = $1 AND ${condition}`, [name])
    .then((rows) => rows.length === 1);

/** Stops the subscriber's worker, and waits until it no longer reads the slot. */
async function disable(replication: Replication): Promise<void> {
  await replication.subscriber.query("ALTER SUBSCRIPTION s DISABLE");
  await eventually(() => hasSlot(replication, "NOT active"));
}

test.concurrent(
  "a slot that is lost to max_slot_wal_keep_size is reported by every plan, and the tables are copied again as it says",
  async () => {
    const server = await startServer({ major: 18, settings: { max_slot_wal_keep_size: "1MB" } });
    const replication = await createApplied({
      servers: { publisher: server, subscriber: sharedServer("subscriber") },
    });
    const { terraform, publisher, subscriber, name } = replication;
    await disable(replication);
    await eventually(async () => {
      await publisher.query("CREATE TABLE IF NOT EXISTS filler (id int); INSERT INTO filler VALUES (1)");
      await publisher.query("SELECT pg_switch_wal()");
      await publisher.query("CHECKPOINT");
      return hasSlot(replication, "wal_status = 'lost'");
    });
    await subscriber.query("ALTER SUBSCRIPTION s ENABLE");
    const plan = await terraform.plan();
    expect(plan.changes).toEqual({});
    expect(summariesOf(plan)).toContain(`${SUBSCRIPTION}: Replication slot is lost`);
    expect(summariesOf(await terraform.apply())).toContain(`${SUBSCRIPTION}: Replication slot is lost`);
    await subscriber.query("ALTER SUBSCRIPTION s DISABLE");
    await eventually(() =>
      publisher.query("SELECT pg_drop_replication_slot($1)", [name]).then(
        () => true,
        () => false,
      ),
    );
    await copyAgain(replication);
  },
);

test.concurrent(
  "a slot that was dropped is reported, and neither it nor a replication_status keeps the destroy from leaving nothing",
  async () => {
    const replication = await createApplied({ status: true });
    const { terraform, publisher, subscriber, name } = replication;
    await disable(replication);
    await publisher.query("SELECT pg_drop_replication_slot($1)", [name]);
    await subscriber.query("ALTER SUBSCRIPTION s ENABLE");
    expect(summariesOf(await terraform.plan())).toContain(`${SUBSCRIPTION}: Replication slot does not exist`);
    expect(summariesOf(await terraform.apply())).toContain(
      `${SUBSCRIPTION}: Replication slot does not exist`,
    );
    await terraform.destroy();
    await expectNothingLeft(replication);
  },
);

test.concurrent.each([16, 18] as const)(
  "a publication that was dropped on PostgreSQL %s is reported with the changes that are missing, and the tables are copied again",
  async (major) => {
    const servers = {
      publisher: major === 18 ? sharedServer("publisher") : await startServer({ major }),
      subscriber: sharedServer("subscriber"),
    };
    const replication = await createApplied({ servers });
    const { terraform, publisher } = replication;
    await publisher.query("DROP PUBLICATION p; INSERT INTO a VALUES (1000); INSERT INTO b VALUES (1000)");
    const applied = await terraform.apply();
    expect(summariesOf(applied)).toContain("postgresql_publication.x: Subscribers may miss changes");
    await copyAgain(replication);
  },
);

test.concurrent(
  "a table that was dropped at the subscriber gets all of its rows with the next apply",
  async () => {
    const replication = await createApplied();
    await replication.subscriber.query("DROP TABLE a");
    await replication.terraform.apply();
    await expectWhole(replication);
  },
);

test.concurrent(
  "a row that meets the initial copy is reported by a plan, and the copy continues when it is gone",
  async () => {
    const replication = await createReplication({ initial_sync: null });
    const { terraform, subscriber } = replication;
    await terraform.apply("-target=postgresql_replicated_schema.x");
    // Invisible until it is committed, so that nothing can see it before the copy begins.
    const session = await openSession(subscriber);
    await session.query("BEGIN; INSERT INTO a VALUES (1)");
    await terraform.apply();
    await session.query("COMMIT");
    await session.end();
    await eventually(async () => {
      const errors =
        "SELECT sync_error_count AS errors FROM pg_stat_subscription_stats WHERE subname = 's' AND subid IN (SELECT oid FROM pg_subscription WHERE subslotname = $1)";
      const [row] = await subscriber.query<{ errors: string }>(errors, [replication.name]);
      return Number(row?.errors) > 0;
    });
    // The server tries again so often here that a plan may find a worker at work.
    const finding = await eventually(async () => {
      const { diagnostics } = await terraform.plan();
      return diagnostics.find(({ summary }) => summary === "Initial copy makes no progress");
    });
    expect(finding?.detail).toContain("public.a contains rows already");
    await subscriber.query("TRUNCATE a");
    await subscriber.query("DELETE FROM arrivals.rows WHERE tab = 'a'::regclass");
    await expectWhole(replication);
  },
);

test.concurrent(
  "a slot that Terraform created is named by the plan that switches create_slot off, and by the destroy that leaves it",
  async () => {
    const replication = await createApplied();
    const { terraform, publisher, name } = replication;
    await replication.configure({ subscription: { create_slot: false } });
    const { diagnostics } = await terraform.plan();
    const kept = diagnostics.find(({ summary }) => summary === "Replication slot remains after a destroy");
    expect(kept?.detail).toContain(JSON.stringify(name));
    await terraform.apply();
    // The subscription goes first. The publication waits for the slot, whose reader it cannot know.
    expect((await errorOf(terraform.destroy())).message).toContain(`slot ${JSON.stringify(name)}`);
    await publisher.query("SELECT pg_drop_replication_slot($1)", [name]);
    await terraform.destroy("-refresh=false");
    await expectNothingLeft(replication);
  },
);

test.concurrent(
  "a publisher that is the subscriber under another name is refused before anything waits",
  async () => {
    const subscriber = sharedServer("subscriber");
    const replication = await createReplication({ servers: { publisher: subscriber, subscriber } });
    const { terraform } = replication;
    await terraform.apply("-target=postgresql_role.x", "-target=postgresql_publication.x");
    const { message } = await errorOf(terraform.plan());
    expect(message).toContain("Publisher and subscriber are the same server");
    expect(message).toContain("create_slot = false");
    // A destroy begins with a plan, which is refused as well.
    await terraform.destroy("-refresh=false");
    await expectNothingLeft(replication);
  },
);

test.concurrent("everything is renamed while rows are written, and no row is lost or repeated", async () => {
  const replication = await createApplied();
  const { terraform, publisher, name } = replication;
  const stop = await startWriter(publisher, "a", 1_000);
  const renamed = `${name}_renamed`;
  await replication.configure({
    publication: { name: "renamed" },
    subscription: { name: "renamed", slot_name: renamed },
  });
  await terraform.apply();
  await stop();
  await expectRowsOnce(replication);
  // The former name of the publication goes when no slot reads it.
  await terraform.apply();
  await expectWhole(replication);
});

test.concurrent(
  "a subscription that was taken out of the configuration is not created again onto the rows that it copied",
  async () => {
    const replication = await createApplied();
    const { terraform } = replication;
    await replication.configure({ subscription: null, initial_sync: null });
    await terraform.apply();
    await replication.configure({});
    const { message } = await errorOf(terraform.apply());
    expect(message).toMatch(/already contain rows.*public\.a, public\.b/s);
    await replication.subscriber.query("TRUNCATE a, b, arrivals.rows");
    await terraform.apply();
    await expectWhole(replication);
  },
);

test.concurrent.each(["terraform import", "an import block"])(
  "a subscription that is imported by %s leaves no secret in the state, its backup or the plan",
  async (how) => {
    const replication = await createApplied();
    const { terraform, subscriber } = replication;
    await terraform.command("state", "rm", SUBSCRIPTION);
    const id = `${subscriber.name}.s`;
    if (how === "terraform import") await terraform.import(SUBSCRIPTION, id);
    else await writeFile(join(terraform.directory, "import.tf.json"), importBlock(id));
    await terraform.plan();
    await terraform.apply();
    await terraform.expectEmptyPlan();
    const files = await terraform.files();
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(["terraform.tfstate", "terraform.tfstate.backup", "tfplan/tfplan"]),
    );
    const secret = REPLICATION_PASSWORDS.replication_password;
    expect(Object.keys(files).filter((file) => files[file]?.includes(secret))).toEqual([]);
    await expectWhole(replication);
  },
);

function importBlock(id: string): string {
  return JSON.stringify({ import: [{ to: SUBSCRIPTION, id }] });
}
