import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { startAwsSandbox } from "./aws/aws-sandbox";
import { awsSandboxObstacle } from "./aws/requirements";
import { connectionUrl } from "./postgres-endpoint";
import { startSandbox } from "./sandbox";
import { serverFlags, serverOptions } from "./server-flags";
import { stackVariables } from "./stack-variables";

const usage = `Starts two PostgreSQL servers, a publisher and a subscriber, and an AWS API, until Ctrl-C.

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
  const startingAws = startAws();
  const starting = startSandbox({ servers }).catch(async (error: Error) => {
    await (await startingAws).stop();
    throw error;
  });
  const started = await Promise.race([Promise.all([starting, startingAws]), interrupted]);
  if (started === "interrupted") {
    // The guards of the servers that were starting see us go and clean up.
    process.stdout.write("\nInterrupted: what had started is being removed.\n");
    process.exit(130);
  }

  const [sandbox, aws] = started;
  const { publisher, subscriber } = sandbox.servers;
  process.stdout.write(
    `publisher   PostgreSQL ${publisher.major}  ${connectionUrl(publisher)}\n` +
      `subscriber  PostgreSQL ${subscriber.major}  ${connectionUrl(subscriber)}\n\n` +
      `The local stack reads:\n\n` +
      `${exportLine(stackVariables("publisher", publisher))}\n` +
      `${exportLine(stackVariables("subscriber", subscriber))}\n` +
      `export TF_VAR_replication_password=${randomBytes(16).toString("hex")}\n\n` +
      `${aws.text}\n\n` +
      `Ctrl-C stops both servers and removes their data.\n`,
  );
  await interrupted;
  await Promise.all([sandbox.stop(), aws.stop()]);
  process.stdout.write("\nBoth servers are stopped, their data is removed.\n");
}

/** The AWS side where it can run, and otherwise the reason: the servers do not depend on it. */
async function startAws(): Promise<{ text: string; stop: () => Promise<void> }> {
  try {
    const obstacle = awsSandboxObstacle();
    if (obstacle !== undefined) {
      throw new Error(obstacle);
    }
    const aws = await startAwsSandbox();
    return {
      text: `Terraform and the AWS SDKs find an AWS with real servers by:\n\n${exportLine(aws.environment)}`,
      stop: () => aws.stop(),
    };
  } catch (error) {
    return { text: `There is no AWS side: ${(error as Error).message}`, stop: () => Promise.resolve() };
  }
}

function exportLine(variables: Readonly<Record<string, string>>): string {
  return `export ${Object.entries(variables)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ")}`;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
