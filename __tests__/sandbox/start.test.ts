import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leftBehind, tracesOf } from "./left-behind";
import { eventually } from "../support/eventually";

const root = join(__dirname, "..", "..");
const started: ChildProcess[] = [];

afterEach(() => {
  started.splice(0).forEach((child) => child.kill("SIGKILL"));
});

function start(flags: string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ["--import", "tsx", join("sandbox", "start.ts"), ...flags], {
    cwd: root,
    env: { ...process.env, ...environment },
  });
  started.push(child);
  const run = { child, output: "", urls: () => run.output.match(/postgresql:\/\/\S+/g) ?? [] };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (run.output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (run.output += text));
  return run;
}

/** Resolves when both servers are up and their URLs printed. */
async function startUntilUp(...flags: string[]) {
  const run = start(flags);
  const closed = once(run.child, "close").then(() => {
    throw new Error(run.output);
  });
  while (!run.output.includes("Ctrl-C stops")) {
    await Promise.race([once(run.child.stdout, "data"), closed]);
  }
  return { ...run, traces: await Promise.all(run.urls().map(tracesOf)) };
}

test("two servers start, and Ctrl-C stops them and says so", async () => {
  const { child, urls, traces, ...run } = await startUntilUp("--publisher-major", "10");
  expect(urls()).toHaveLength(2);
  expect(run.output).toMatch(/^publisher {3}PostgreSQL 10 /);
  child.kill("SIGINT");
  expect(await once(child, "close")).toEqual([0, null]);
  await eventually(() => traces.flatMap(leftBehind).length === 0);
});

test("when it is killed, its servers and their data go too", async () => {
  const { child, traces } = await startUntilUp();
  expect(traces).toHaveLength(2);
  child.kill("SIGKILL");
  await eventually(() => traces.flatMap(leftBehind).length === 0);
});

test("it prints the variables that the local stack reads", async () => {
  const run = await startUntilUp();
  const [publisher = "", subscriber = ""] = run.urls().map((url) => {
    const { port, password } = new URL(url);
    return `host=127.0.0.1 port=${port} username=postgres password=${password} database=postgres`;
  });
  const lines = run.output.split("\n").filter((line) => line.startsWith("export TF_VAR_"));
  expect(lines.map((line) => line.replaceAll(/TF_VAR_(publisher|subscriber)_/g, ""))).toEqual([
    `export ${publisher}`,
    `export ${subscriber}`,
    expect.stringMatching(/^export TF_VAR_replication_password=[0-9a-f]{32}$/),
  ]);
});

test("where there is no Python it says why there is no AWS side, and goes on without", async () => {
  const folder = await mkdtemp(join(tmpdir(), "no-python-"));
  await writeFile(join(folder, "python3"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const run = start([], { PATH: `${folder}:${process.env["PATH"]}` });
  await eventually(() => run.output.includes("Ctrl-C stops"));
  expect(run.output).toMatch(/^There is no AWS side: Python has no package moto: run .*\.$/m);
  expect(run.urls()).toHaveLength(2);
  await rm(folder, { recursive: true });
});

test("a Ctrl-C while the servers are starting ends it at once, and what had started is removed", async () => {
  const temporary = await mkdtemp(join(tmpdir(), "interrupted-"));
  await chmod(temporary, 0o1777);
  const run = start([], { TMPDIR: temporary });
  await eventually(async () => (await readdir(temporary)).some((name) => name.startsWith("postgresql-")));
  run.child.kill("SIGINT");
  expect(await once(run.child, "close")).toEqual([130, null]);
  expect(run.output).toBe("\nInterrupted: what had started is being removed.\n");
  await eventually(async () => (await readdir(temporary)).every((name) => !name.startsWith("postgresql-")));
  await rm(temporary, { recursive: true });
});

test.each([
  { flags: ["--nonsense"], message: "Unknown option '--nonsense'" },
  {
    flags: ["--publisher-major", "9"],
    message: '--publisher-major must be a whole number from 10 to 18, not "9".',
  },
  {
    flags: ["--subscriber-port", "no"],
    message: '--subscriber-port must be a whole number from 1 to 65535, not "no".',
  },
])("the wrong flags $flags end in one line", async ({ flags, message }) => {
  const run = start(flags);
  expect(await once(run.child, "close")).toEqual([1, null]);
  expect(run.output).toBe(`${message}\n`);
});

test("--help says what there is", async () => {
  const run = start(["--help"]);
  expect(await once(run.child, "close")).toEqual([0, null]);
  expect(run.output).toContain("--publisher-major N");
});
