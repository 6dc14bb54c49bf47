import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import type * as os from "node:os";
import { join } from "node:path";
import type * as binaries from "../../sandbox/postgres-binaries";
import { postgresBinaries } from "../../sandbox/postgres-binaries";
import { connectionUrl, conninfo, type PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { startSandboxServer } from "../../sandbox/sandbox-server";
import { startSandbox } from "../../sandbox/sandbox";
import { withClient } from "../support/client";
import { leftBehind, tracesOf } from "./left-behind";

jest.mock("../../sandbox/postgres-binaries", () => {
  const { postgresBinaries } = jest.requireActual<typeof binaries>("../../sandbox/postgres-binaries");
  return { postgresBinaries: jest.fn(postgresBinaries) };
});

// The real one reads the environment of jest's own process, which a test cannot change.
jest.mock("node:os", () => {
  const { tmpdir, ...others } = jest.requireActual<typeof os>("node:os");
  return { ...others, tmpdir: jest.fn(tmpdir) };
});

let temporary: string;

/** A temporary folder of its own: other tests have servers too, and these look at what is left. */
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "sandbox-server-"));
  await chmod(temporary, 0o1777);
  jest.mocked(tmpdir).mockReturnValue(temporary);
});

afterAll(() => rm(temporary, { recursive: true }));

function query(endpoint: PostgresEndpoint, sql: string): Promise<Record<string, unknown>[]> {
  return withClient(endpoint, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
}

test.each([10, 18])(
  "PostgreSQL %i runs, ready for logical replication, and stops without a trace",
  async (major) => {
    const server = await startSandboxServer({ major });
    const traces = await tracesOf(connectionUrl(server));
    const settings = await query(
      server,
      "SELECT current_setting('server_version') AS version, current_setting('wal_level') AS wal_level, current_user AS user, rolpassword FROM pg_authid WHERE rolname = 'postgres'",
    );
    expect(settings).toEqual([
      {
        version: expect.stringMatching(`^${major}\\.`) as string,
        wal_level: "logical",
        user: "postgres",
        rolpassword: expect.stringMatching(/^SCRAM-SHA-256\$/) as string,
      },
    ]);
    expect(leftBehind(traces)).toHaveLength(2);

    await server.stop();
    expect(leftBehind(traces)).toEqual([]);
    await expect(server.stop()).resolves.toBeUndefined();
  },
);

test("rows go from a publisher of one major to a subscriber of another", async () => {
  const sandbox = await startSandbox({ servers: { publisher: { major: 10 }, subscriber: { major: 18 } } });
  const { publisher, subscriber } = sandbox.servers;
  await query(publisher, "CREATE TABLE t AS SELECT 1 AS a");
  await query(publisher, "CREATE PUBLICATION p FOR TABLE t");
  await query(subscriber, "CREATE TABLE t (a int)");
  await query(subscriber, `CREATE SUBSCRIPTION s CONNECTION $$${conninfo(publisher)}$$ PUBLICATION p`);
  let rows: unknown[] = [];
  while (rows.length === 0) {
    rows = await query(subscriber, "SELECT a FROM t");
  }
  expect(rows).toEqual([{ a: 1 }]);
  await sandbox.stop();
});

test("root runs a server under another user; everybody else runs it as themselves", async () => {
  const server = await startSandboxServer({ major: 18 });
  const { directory } = await tracesOf(connectionUrl(server));
  const { uid, mode } = await stat(directory);
  expect(uid === process.getuid?.()).toBe(process.getuid?.() !== 0);
  expect(mode & 0o077).toBe(0);
  await server.stop();
});

test("binaries in a folder that is closed to the server's user are no obstacle", async () => {
  const closed = await mkdtemp(join(tmpdir(), "closed-"));
  execFileSync("cp", ["-RP", await postgresBinaries(18), join(closed, "native")]);
  await chmod(closed, 0o700);
  jest.mocked(postgresBinaries).mockResolvedValueOnce(join(closed, "native"));
  const server = await startSandboxServer({ major: 18 });
  expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await server.stop();
  await rm(closed, { recursive: true });
});

test("a restart applies settings and keeps the port and the data", async () => {
  const server = await startSandboxServer({ major: 18, settings: { log_line_prefix: "it's \\ quoted " } });
  await query(server, "CREATE TABLE kept AS SELECT 1 AS a");
  await server.restart({ wal_level: "replica" });
  expect(await query(server, "SELECT current_setting('wal_level') AS level, a FROM kept")).toEqual([
    { level: "replica", a: 1 },
  ]);
  expect(server.log()).toContain("it's \\ quoted LOG:");
  await server.stop();
});

test("a setting that the server refuses is told in its words, and can be put right", async () => {
  const server = await startSandboxServer({ major: 18 });
  await expect(server.restart({ wal_level: "most" })).rejects.toThrow(
    /^PostgreSQL 18 did not start: LOG: invalid value for parameter "wal_level": "most"; HINT: Available values: minimal/,
  );
  await server.restart({ wal_level: "logical" });
  expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await server.stop();
});

test("a taken port ends in one line, and nothing is left of the server that wanted it", async () => {
  const server = await startSandboxServer({ major: 18 });
  const before = await readdir(temporary);
  await expect(startSandboxServer({ major: 10, port: server.port })).rejects.toThrow(
    `Port ${server.port} on 127.0.0.1 is taken: choose another port, or leave it out to get one that is free.`,
  );
  expect(await readdir(temporary)).toEqual(before);
  await server.stop();
});

test("when one server of a sandbox does not start, the others are stopped", async () => {
  const before = await readdir(temporary);
  await expect(startSandbox({ servers: { good: { major: 18 }, bad: { major: 9 } } })).rejects.toThrow(
    "There is no PostgreSQL 9 in the sandbox: choose a major version from 10 to 18.",
  );
  expect(await readdir(temporary)).toEqual(before);
});

test("a server that was killed can be restarted, and stopped", async () => {
  const server = await startSandboxServer({ major: 18 });
  const traces = await tracesOf(connectionUrl(server));
  process.kill(traces.pid, "SIGKILL");
  await server.restart();
  expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  const again = await tracesOf(connectionUrl(server));
  process.kill(again.pid, "SIGKILL");
  await server.stop();
  expect(leftBehind(again)).toEqual([]);
});
