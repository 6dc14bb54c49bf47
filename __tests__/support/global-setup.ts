import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startPostgresServer, type PostgresServer } from "../../sandbox/postgres-server";
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

/** Builds the provider and starts the shared servers, side by side, before the first worker starts. */
export default async function globalSetup(): Promise<void> {
  const started: PostgresServer[] = [];
  const start = (name: SharedServerName) =>
    attempt(async () => {
      const server = await startPostgresServer({ major: sharedServerMajors[name] });
      started.push(server);
      return server;
    });
  const temporary = await mkdtemp(join(tmpdir(), "provider-"));
  const [publisher, subscriber, publisher10, provider] = await Promise.all([
    start("publisher"),
    start("subscriber"),
    start("publisher10"),
    attempt(() => buildProvider(join(temporary, "provider"))),
  ]);
  globalThis.removeSharedEnvironment = async () => {
    await Promise.all(started.map((server) => server.stop()));
    await rm(temporary, { recursive: true, force: true });
  };
  publishEnvironment({ servers: { publisher, subscriber, publisher10 }, provider });
}

/** In a folder of this run's own, so that a build made meanwhile changes nothing under the tests' feet. */
async function buildProvider(folder: string): Promise<string> {
  await promisify(execFile)("npx", ["tsx", "tools/build-provider.ts", folder], { cwd: root });
  return folder;
}

async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
