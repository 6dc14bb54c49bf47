import { execFile } from "node:child_process";
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
  var stopSharedServers: (() => Promise<void>) | undefined;
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
  const [publisher, subscriber, publisher10, provider] = await Promise.all([
    start("publisher"),
    start("subscriber"),
    start("publisher10"),
    attempt(buildProvider),
  ]);
  globalThis.stopSharedServers = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  publishEnvironment({ servers: { publisher, subscriber, publisher10 }, provider });
}

async function buildProvider(): Promise<string> {
  await promisify(execFile)("npx", ["tsx", "tools/build-provider.ts"], { cwd: root });
  return join(root, "dist", "provider");
}

async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
