import { type SandboxServer, startSandboxServer } from "../../../sandbox/sandbox-server";
import { connectClient, withClient } from "../client";
import { eventually } from "../eventually";
import {
  holdLock,
  killServer,
  occupySlots,
  occupyWalSenders,
  pauseServer,
  untilRunning,
} from "./server-faults";

let server: SandboxServer;

beforeAll(async () => {
  server = await startSandboxServer({ major: 18, settings: { max_wal_senders: "3" } });
});

afterAll(() => server.stop());

const query = (text: string) =>
  withClient(server, async (client) => (await client.query<Record<string, unknown>>(text)).rows);

test("a client survives the end of its server", async () => {
  const client = await connectClient(server);
  const ended = new Promise((resolve) => client.once("end", resolve));
  await server.restart();
  await ended;
  await expect(client.query("SELECT 1")).rejects.toThrow();
});

test("a paused server accepts connections and says nothing, until it continues", async () => {
  const client = await connectClient(server);
  const resume = await pauseServer(server);
  await expect(connectClient(server, undefined, { connectionTimeoutMillis: 300 })).rejects.toThrow(
    "timeout expired",
  );
  let answered = false;
  const answer = client.query("SELECT 1").then(() => (answered = true));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(answered).toBe(false);
  resume();
  await answer;
  await client.end();
});

test("a paused server can be stopped", async () => {
  const hanging = await startSandboxServer({ major: 18 });
  await pauseServer(hanging);
  await hanging.stop();
});

test("a killed server is gone at once, and can be restarted", async () => {
  await query("CREATE TABLE kept ()");
  await killServer(server);
  await expect(connectClient(server)).rejects.toThrow("ECONNREFUSED");
  await server.restart();
  expect(await query("SELECT * FROM kept")).toEqual([]);
});

test("slots and WAL senders are used up, and free again", async () => {
  const create = () => query("SELECT pg_create_physical_replication_slot('one_more')");
  const freeSlots = await occupySlots(server);
  await expect(create()).rejects.toThrow("all replication slots are in use");
  await freeSlots();
  await create();
  await query("SELECT pg_drop_replication_slot('one_more')");

  const replicate = () => connectClient(server, undefined, { replication: "database" } as object);
  const freeSenders = await occupyWalSenders(server);
  await expect(replicate()).rejects.toThrow("max_wal_senders");
  await freeSenders();
  await eventually(() =>
    replicate().then(
      (client) => client.end().then(() => true),
      () => false,
    ),
  );
});

test("a lock lets a statement wait, which can be seen", async () => {
  await query("CREATE TABLE locked ()");
  const release = await holdLock(server, "postgres", "LOCK TABLE locked");
  const dropped = query("DROP TABLE locked");
  await untilRunning(server, /^DROP TABLE locked/);
  await release();
  await dropped;
});
