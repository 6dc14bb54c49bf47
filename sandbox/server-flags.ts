import type { SandboxServerOptions } from "./sandbox-server";

/** The command line flags that say which servers to start. */
export const serverFlags = {
  usage: `  --publisher-major N    major version, 10 to 18 (default 18)
  --subscriber-major N   major version, 10 to 18 (default 18)
  --publisher-port N     TCP port on 127.0.0.1 (default: a free one)
  --subscriber-port N    TCP port on 127.0.0.1 (default: a free one)
`,
  /** For node:util's parseArgs. */
  options: {
    "publisher-major": { type: "string", default: "18" },
    "subscriber-major": { type: "string", default: "18" },
    "publisher-port": { type: "string" },
    "subscriber-port": { type: "string" },
  },
} as const;

interface ServerFlagValues {
  readonly "publisher-major": string;
  readonly "subscriber-major": string;
  readonly "publisher-port"?: string | undefined;
  readonly "subscriber-port"?: string | undefined;
}

/** @throws Error in one line when a value is out of its range. */
export function serverOptions(
  values: ServerFlagValues,
): Record<"publisher" | "subscriber", SandboxServerOptions> {
  return {
    publisher: options("publisher", values["publisher-major"], values["publisher-port"]),
    subscriber: options("subscriber", values["subscriber-major"], values["subscriber-port"]),
  };
}

function options(name: string, major: string, port: string | undefined): SandboxServerOptions {
  return {
    major: integer(`--${name}-major`, major, 10, 18),
    ...(port !== undefined && { port: integer(`--${name}-port`, port, 1, 65_535) }),
  };
}

function integer(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${flag} must be a whole number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}
