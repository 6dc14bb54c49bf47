import { startSandboxServer, type SandboxServer, type SandboxServerOptions } from "./sandbox-server";

/** Several servers that start and stop together. */
export interface Sandbox<Name extends string> {
  readonly servers: Readonly<Record<Name, SandboxServer>>;
  /** Stops every server and removes its data. */
  stop(): Promise<void>;
}

export interface SandboxOptions<Name extends string> {
  /** The servers to start, by the name that they have in the result. */
  readonly servers: Readonly<Record<Name, SandboxServerOptions>>;
}

/**
 * Starts PostgreSQL servers side by side.
 *
 * ```ts
 * const sandbox = await startSandbox({ servers: { publisher: { major: 10 }, subscriber: { major: 18 } } });
 * sandbox.servers.publisher.port;
 * await sandbox.stop();
 * ```
 *
 * @throws Error of the first server that did not start; the others are stopped by then.
 */
export async function startSandbox<Name extends string>(
  options: SandboxOptions<Name>,
): Promise<Sandbox<Name>> {
  const names = Object.keys(options.servers) as Name[];
  const servers = {} as Record<Name, SandboxServer>;
  const starts = await Promise.allSettled(
    names.map(async (name) => {
      servers[name] = await startSandboxServer(options.servers[name]);
    }),
  );
  const stop = async () => {
    await Promise.all(Object.values<SandboxServer>(servers).map((server) => server.stop()));
  };
  const failure = starts.find((start) => start.status === "rejected");
  if (failure !== undefined) {
    await stop();
    throw failure.reason;
  }
  return { servers, stop };
}
