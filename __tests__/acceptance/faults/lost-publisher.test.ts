import { type SandboxServer, startSandboxServer } from "../../../sandbox/sandbox-server";
import { eventually } from "../../support/eventually";
import { holdLock, killServer } from "../../support/faults/server-faults";
import { dropDatabases } from "../../support/database";
import { errorOf } from "../../support/failures";
import { sharedServer } from "../../support/shared-environment";
import { createReplication, expectRowsOnce, type Replication } from "./replication";

let publisher: SandboxServer;

beforeAll(async () => {
  publisher = await startSandboxServer({ major: 18 });
});

afterAll(async () => {
  await publisher.restart();
  await dropDatabases();
  await publisher.stop();
});

function createLosable(subscription: Readonly<Record<string, unknown>> = {}): Promise<Replication> {
  return createReplication({ subscription, servers: { publisher, subscriber: sharedServer("subscriber") } });
}

const subscriptions = ({ subscriber }: Replication): Promise<unknown[]> =>
  subscriber.query(
    "SELECT FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );

test("whoever follows the error of a destroy to the letter gets rid of the subscription of a publisher that is gone for good", async () => {
  const replication = await createLosable();
  const { terraform } = replication;
  await terraform.apply();
  await expectRowsOnce(replication);
  await killServer(publisher);

  const { message } = await errorOf(terraform.destroy("-refresh=false"));
  expect(message).toContain("set detach_if_unreachable = true");
  await replication.configure({ subscription: { detach_if_unreachable: true } });
  const commands = [...message.matchAll(/^ +terraform (.*)$/gm)].map(([, command = ""]) =>
    command.replace("ADDRESS", "postgresql_subscription.x").split(" "),
  );
  expect(commands).toHaveLength(2);
  for (const [command = "", ...flags] of commands)
    await terraform.command(command, ...flags, "-auto-approve");
  expect(await subscriptions(replication)).toEqual([]);
  expect(message).toContain("terraform state rm");
  await terraform.command("state", "rm", "postgresql_role.x", "postgresql_publication.x");
  await terraform.destroy("-refresh=false");
  await publisher.restart();
});

test("a subscription that is destroyed during its initial copy names each slot that it leaves at a publisher that is down", async () => {
  const replication = await createLosable({ create_slot: false });
  const { terraform, publisher: database, name } = replication;
  await database.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [name]);
  await terraform.apply("-target=postgresql_replicated_schema.x");
  // The copies begin, and cannot read.
  const release = await holdLock(publisher, name, "LOCK TABLE a, b IN ACCESS EXCLUSIVE MODE");
  await terraform.apply("-target=postgresql_subscription.x");
  const slots = async (): Promise<string[]> => {
    const rows = await database.query<{ name: string }>(
      "SELECT slot_name AS name FROM pg_replication_slots WHERE database = current_database() ORDER BY 1",
    );
    return rows.map((row) => row.name);
  };
  await eventually(slots, (found) => found.length === 3);
  await killServer(publisher);
  await release();

  const { diagnostics } = await terraform.destroy("-refresh=false", "-target=postgresql_subscription.x");
  expect(await subscriptions(replication)).toEqual([]);
  await publisher.restart();
  const left = diagnostics.find(({ summary }) => summary === "Replication slots left behind");
  const copies = (await slots()).filter((slot) => slot !== name);
  expect(copies).toHaveLength(2);
  for (const slot of copies) expect(left?.detail).toContain(`pg_drop_replication_slot('${slot}')`);
});
