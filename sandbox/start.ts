import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { connectionUrl, type PostgresEndpoint } from "./postgres-endpoint";
import { startSandbox } from "./sandbox";
import { serverFlags, serverOptions } from "./server-flags";
import { stackVariables } from "./stack-variables";

const usage = `Starts two PostgreSQL servers, a publisher and a subscriber, until Ctrl-C.

  npm run sandbox -- [flags]

${serverFlags.usage}  --help                 this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { ...serverFlags.options, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const servers = serverOptions(values);

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
      `${exportLine("publisher", publisher)}\n${exportLine("subscriber", subscriber)}\n` +
      `export TF_VAR_replication_password=${randomBytes(16).toString("hex")}\n\n` +
      `Ctrl-C stops both servers and removes their data.\n`,
  );
  await interrupted;
  await sandbox.stop();
  process.stdout.write("\nBoth servers are stopped, their data is removed.\n");
}

function exportLine(name: "publisher" | "subscriber", server: PostgresEndpoint): string {
  const variables = Object.entries(stackVariables(name, server));
  return `export ${variables.map(([key, value]) => `${key}=${value}`).join(" ")}`;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
