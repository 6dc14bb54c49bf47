import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { startSandboxServer, type SandboxServer } from "../../sandbox/sandbox-server";
import {
  publishEnvironment,
  sharedServerMajors,
  type Outcome,
  type SharedServerName,
} from "./shared-environment";

declare global {
  /** Left by the global set-up for the global teardown: jest gives the two nothing else in common. */
  var removeSharedEnvironment: (() => Promise<void>) | undefined;
}

const root = join(__dirname, "..", "..");

/** Builds the provider, starts one that Terraform can use at once, and starts the shared servers, side by side, before the first worker starts. */
export default async function globalSetup(): Promise<void> {
  const started: SandboxServer[] = [];
  const start = (name: SharedServerName) =>
    attempt(async () => {
      const server = await startSandboxServer({ major: sharedServerMajors[name] });
      started.push(server);
      return server;
    });
  let running: ProviderProcess | undefined;
  const temporary = await mkdtemp(join(tmpdir(), "provider-"));
  const [publisher, subscriber, publisher10, provider, runningProvider] = await Promise.all([
    start("publisher"),
    start("subscriber"),
    start("publisher10"),
    attempt(() => buildProvider(join(temporary, "provider"))),
    attempt(async () => {
      running = startProvider();
      return firstLine(running);
    }),
  ]);
  globalThis.removeSharedEnvironment = async () => {
    running?.stdin.end();
    await Promise.all(started.map((server) => server.stop()));
    await rm(temporary, { recursive: true, force: true });
  };
  publishEnvironment({ servers: { publisher, subscriber, publisher10 }, provider, runningProvider });
}

/** In a folder of this run's own, so that a build made meanwhile changes nothing under the tests' feet. */
async function buildProvider(folder: string): Promise<string> {
  await promisify(execFile)("npx", ["tsx", "tools/build-provider.ts", folder], { cwd: root });
  return folder;
}

type ProviderProcess = ChildProcessByStdio<Writable, Readable, null>;

/** It ends when its standard input does, so it does not outlive this process. */
function startProvider(): ProviderProcess {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TF_|PG)/.test(name)));
  const program = join(__dirname, "provider-process.ts");
  return spawn(process.execPath, ["--import", "tsx", program], { env, stdio: ["pipe", "pipe", "ignore"] });
}

async function firstLine({ stdout, exitCode }: ProviderProcess): Promise<string> {
  for await (const line of createInterface(stdout)) {
    return line;
  }
  throw new Error(`The provider could not be started: it ended with exit code ${exitCode}.`);
}

async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
