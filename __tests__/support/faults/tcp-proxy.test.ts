import type { Client } from "pg";
import { type SandboxServer, startSandboxServer } from "../../../sandbox/sandbox-server";
import { connectClient } from "../client";
import { startTcpProxy, type TcpProxy, through } from "./tcp-proxy";

let server: SandboxServer;
let proxy: TcpProxy;

beforeAll(async () => {
  server = await startSandboxServer({ major: 18 });
  proxy = await startTcpProxy(server);
});

afterEach(() => proxy.pass());
afterAll(() => server.stop());

const connect = (seconds = 10): Promise<Client> =>
  connectClient(through(proxy, server), undefined, { connectionTimeoutMillis: seconds * 1000 });

/** Whether something happens within half a second, which is long on loopback. */
async function happens(work: Promise<unknown>): Promise<boolean> {
  const limit = new Promise<false>((resolve) => setTimeout(() => resolve(false), 500));
  return Promise.race([work.then(() => true), limit]);
}

test("it forwards, counts connections and notes statements", async () => {
  const before = proxy.connections();
  const client = await connect();
  expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  await client.end();
  expect(proxy.connections()).toBe(before + 1);
  expect(proxy.statements()).toContain("SELECT 1 AS one");
});

test("it refuses, cuts what exists, and listens at the same port again", async () => {
  const client = await connect();
  const ended = new Promise((resolve) => client.once("end", resolve));
  await proxy.refuse();
  await ended;
  await expect(connect()).rejects.toThrow("ECONNREFUSED");
  await proxy.pass();
  await (await connect()).end();
});

test("it accepts and says nothing, and continues where it stopped", async () => {
  const client = await connect();
  await proxy.hang();
  await expect(connect(0.3)).rejects.toThrow("timeout expired");
  const query = client.query("SELECT 1 AS one");
  expect(await happens(query)).toBe(false);
  await proxy.pass();
  expect((await query).rows).toEqual([{ one: 1 }]);
  await client.end();
});

test("it answers no attempt to connect", async () => {
  const client = await connect();
  await proxy.drop();
  await expect(connect(0.5)).rejects.toThrow("timeout expired");
  const query = client.query("SELECT 1 AS one");
  expect(await happens(query)).toBe(false);
  await proxy.pass();
  expect((await query).rows).toEqual([{ one: 1 }]);
  await client.end();
  await (await connect()).end();
});

test("it forwards late", async () => {
  const client = await connect();
  proxy.delay(600);
  const query = client.query("SELECT 1");
  expect(await happens(query)).toBe(false);
  await query;
  await client.end();
});

test("it cuts a connection that has carried so many bytes", async () => {
  const client = await connect();
  proxy.cutAfter(50_000);
  await expect(client.query("SELECT repeat('x', 100000)")).rejects.toThrow("Connection terminated");
});

test("it stops before a statement reaches the server, and after the server has carried it out", async () => {
  const direct = await connectClient(server);
  const exists = async (table: string) =>
    (await direct.query("SELECT FROM pg_class WHERE relname = $1", [table])).rowCount === 1;

  for (const [when, isDone] of [
    ["before", false],
    ["after", true],
  ] as const) {
    const client = await connect();
    const breakpoint = proxy.breakAt({ statement: /^CREATE TABLE cut_/, when });
    const query = client.query(`CREATE TABLE cut_${when} ()`);
    query.catch(() => {});
    expect(await breakpoint.reached).toBe(`CREATE TABLE cut_${when} ()`);
    expect(await exists(`cut_${when}`)).toBe(isDone);
    breakpoint.cut();
    await expect(query).rejects.toThrow("Connection terminated");
  }
  const client = await connect();
  const breakpoint = proxy.breakAt({ statement: /^CREATE TABLE released/, when: "before" });
  const query = client.query("CREATE TABLE released ()");
  await breakpoint.reached;
  breakpoint.release();
  await query;
  expect(await exists("released")).toBe(true);
  await Promise.all([client.end(), direct.end()]);
});
