import { type SandboxServer, startSandboxServer } from "../../../sandbox/sandbox-server";
import { killServer } from "../../support/faults/server-faults";
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
