/** `npm run demo`: logical replication from nothing to arriving rows and back, on two servers of its own. */
import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { connectionUrl } from "../postgres-endpoint";
import { serverFlags, serverOptions } from "../server-flags";
import { startSandbox } from "../sandbox";
import { watchCopy } from "./copy-progress";
import { Database } from "./database";
import { findLeftovers, findProcesses, postmasterPid } from "./leftovers";
import { LocalStack, requireTerraform } from "./local-stack";
import { say } from "./say";

const usage = `Replicates a table of 10,000 rows between two PostgreSQL servers that it starts, by cdktf deploy, and removes
everything again.

  npm run demo -- [flags]

  --keep                 leave the replication running, and print how to connect, until Ctrl-C
${serverFlags.usage}  --help                 this text
`;

const TABLE = "LogicalReplicationTest";
const FIRST_ROWS = 10_000;
const FURTHER_ROWS = 1_000;

/** Something happened that ends the demo; one line says what, and what to do. */
class Interrupted extends Error {}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...serverFlags.options,
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const servers = serverOptions(values);
  await requireTerraform();

  const cleanUps: (() => Promise<unknown>)[] = [];
  const interruption = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    interruption.signal.addEventListener("abort", () => reject(new Interrupted("Interrupted.")));
  });
  // Whether anybody waits for it depends on when Ctrl-C comes.
  interrupted.catch(() => undefined);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => interruption.abort());
  }

  try {
    await Promise.race([demonstrate(servers, values.keep, interrupted, cleanUps), interrupted]);
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      throw error;
    }
    say("");
    say("Interrupted: stopping what was started.");
    process.exitCode = 130;
  } finally {
    for (const cleanUp of cleanUps.reverse()) {
      await cleanUp();
    }
  }
  if (interruption.signal.aborted) {
    say("Both servers are stopped and their data is removed: nothing is left.");
  }
}

async function demonstrate(
  servers: ReturnType<typeof serverOptions>,
  keep: boolean,
  interrupted: Promise<never>,
  cleanUps: (() => Promise<unknown>)[],
): Promise<void> {
  say("Starting a publisher and a subscriber");
  const starting = startSandbox({ servers });
  cleanUps.push(async () => (await starting.catch(() => undefined))?.stop());
  const sandbox = await starting;
  const { publisher, subscriber } = sandbox.servers;
  say(`  publisher   PostgreSQL ${publisher.major} at ${publisher.host}:${publisher.port}`);
  say(`  subscriber  PostgreSQL ${subscriber.major} at ${subscriber.host}:${subscriber.port}`);

  const source = new Database(publisher);
  const target = new Database(subscriber);
  cleanUps.push(() => Promise.all([source.close(), target.close()]));
  say(`Creating "${TABLE}" (a int PRIMARY KEY) with ${count(FIRST_ROWS)} rows at the publisher`);
  await source.query(`CREATE TABLE "${TABLE}" (a int PRIMARY KEY)`);
  await source.query(`INSERT INTO "${TABLE}" SELECT generate_series(1, ${FIRST_ROWS})`);

  say("cdktf deploy local");
  const stack = await LocalStack.create({ publisher, subscriber });
  cleanUps.push(
    () => rm(stack.directory, { recursive: true, force: true }),
    () => stack.kill(),
  );
  const deployed = stack.run("deploy");
  const copied = watchCopy(source, target);
  // It fails, unheard, when the servers are stopped under it because something else has failed or was interrupted.
  copied.catch(() => undefined);
  await Promise.race([deployed.then(() => copied), interrupted]);

  const [sent, arrived] = await Promise.all([rows(source), rows(target)]);
  say(`Rows: ${count(sent)} at the publisher, ${count(arrived)} at the subscriber`);
  if (sent !== arrived) {
    throw new Error("The subscriber does not have the publisher's rows: the demo has failed.");
  }

  say(`Inserting ${count(FURTHER_ROWS)} further rows at the publisher`);
  await source.query(
    `INSERT INTO "${TABLE}" SELECT generate_series(${FIRST_ROWS + 1}, ${FIRST_ROWS + FURTHER_ROWS})`,
  );
  const committed = performance.now();
  while ((await rows(target)) < FIRST_ROWS + FURTHER_ROWS) {}
  say(`  all of them are at the subscriber ${Math.round(performance.now() - committed)} ms after the commit`);

  if (keep) {
    say("");
    say(`publisher   ${connectionUrl(publisher)}`);
    say(`subscriber  ${connectionUrl(subscriber)}`);
    say("Replication goes on until Ctrl-C, which removes everything.");
    await interrupted;
  }

  say("cdktf destroy local");
  await stack.run("destroy");
  const leftovers = await findLeftovers(source, target);
  say(
    `  the subscriber keeps its ${count(await rows(target))} rows: data is dropped only when that is asked for`,
  );

  const pids = await Promise.all([postmasterPid(source), postmasterPid(target)]);
  await Promise.all([source.close(), target.close()]);
  await sandbox.stop();
  const processes = await findProcesses(pids, stack.directory);
  for (const [what, found] of Object.entries({ ...leftovers, processes })) {
    say(`  ${what} left: ${found.length === 0 ? "none" : found.join(", ")}`);
  }
  if (Object.values({ ...leftovers, processes }).some((found) => found.length > 0)) {
    throw new Error("Something is left behind: the demo has failed.");
  }
}

async function rows(database: Database): Promise<number> {
  const [row] = await database.query<{ count: string }>(`SELECT count(*) FROM "${TABLE}"`);
  return Number(row?.count);
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
