import { parseArgs } from "node:util";
import { connectionUrl, type PostgresEndpoint } from "./postgres-endpoint";
import type { PostgresServerOptions } from "./postgres-server";
import { startSandbox } from "./sandbox";

const usage = `Starts two PostgreSQL servers, a publisher and a subscriber, until Ctrl-C.

  npm run sandbox -- [flags]

  --publisher-major N    major version, 10 to 18 (default 18)
  --subscriber-major N   major version, 10 to 18 (default 18)
  --publisher-port N     TCP port on 127.0.0.1 (default: a free one)
  --subscriber-port N    TCP port on 127.0.0.1 (default: a free one)
  --help                 this text
`;

const flags = {
  "publisher-major": { type: "string", default: "18" },
  "subscriber-major": { type: "string", default: "18" },
  "publisher-port": { type: "string" },
  "subscriber-port": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: flags });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const servers = {
    publisher: serverOptions("publisher", values["publisher-major"], values["publisher-port"]),
    subscriber: serverOptions("subscriber", values["subscriber-major"], values["subscriber-port"]),
  };

  const interrupted = new Promise<"interrupted">((resolve) => {
    process.once("SIGINT", () => resolve("interrupted"));
    process.once("SIGTERM", () => resolve("interrupted"));
  });
  const sandbox = await Promise.race([startSandbox({ servers }), interrupted]);
  if (sandbox === "interrupted") {
    // The guards of the servers that were starting see us go and clean up.
    process.stdout.write("\nInterrupted: what had started is being removed.\n");
    process.exit(130);
  }

  const { publisher, subscriber } = sandbox.servers;
  process.stdout.write(
    `publisher   PostgreSQL ${publisher.major}  ${connectionUrl(publisher)}\n` +
      `subscriber  PostgreSQL ${subscriber.major}  ${connectionUrl(subscriber)}\n\n` +
      `The local stack reads:\n\n` +
      `${stackVariables("publisher", publisher)}\n${stackVariables("subscriber", subscriber)}\n\n` +
      `Ctrl-C stops both servers and removes their data.\n`,
  );
  await interrupted;
  await sandbox.stop();
  process.stdout.write("\nBoth servers are stopped, their data is removed.\n");
}

function serverOptions(name: string, major: string, port: string | undefined): PostgresServerOptions {
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

function stackVariables(name: string, { host, port, username, password }: PostgresEndpoint): string {
  const variables = Object.entries({ host, port, username, password, database: "postgres" });
  return `export ${variables.map(([key, value]) => `TF_VAR_${name}_${key}=${value}`).join(" ")}`;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
