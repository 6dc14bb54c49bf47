import { setTimeout } from "node:timers/promises";
import { REPEATED_ARRIVALS } from "../support/arrivals";
import { TerraformError } from "../support/terraform";
import { REPLICATOR } from "./configuration";
import type { Database } from "./database";
import { type Model, publishedTables } from "./model";
import { expectedObjects, foundObjects } from "./objects";
import { type Environment, messagesOf } from "./environment";

/** How long rows may take to arrive, and slots to vanish, on a machine that is busy with other things. */
const PATIENCE_MS = 45_000;

/** What a plan says, a line for each change, each warning and each error. */
export async function planOf({ terraform }: Environment): Promise<string[]> {
  try {
    const { actions, changes, diagnostics } = await terraform.plan();
    return [
      ...Object.keys(changes).map((address) => `${address}: ${actions[address]}`),
      ...messagesOf(diagnostics),
    ];
  } catch (error) {
    if (!(error instanceof TerraformError)) throw error;
    return messagesOf(error.diagnostics);
  }
}

/** Everything that must be true after every step. @throws Error that says what is not. */
export async function verify(environment: Environment, model: Model): Promise<void> {
  await becomes("objects", () => foundObjects(environment, model), expectedObjects(model));
  if (model.subscription.enabled) await verifyRows(environment, model);
  const messages = (await planOf(environment)).filter((line) => !isExpected(line, model));
  if (messages.length > 0) throw new Error(`The plan should be empty. It reports ${messages.join("\n")}`);
}

/** While a subscription is disabled, a renamed publication must keep its former name, and every plan says so. */
function isExpected(line: string, { subscription }: Model): boolean {
  return !subscription.enabled && line.startsWith("warning: Publication remains under a former name");
}

/** A change that was refused has renamed and removed nothing, and has taken no table out of a publication. */
export async function verifyRefused({ publisher }: Environment, { publications }: Model): Promise<void> {
  const found = await publisher.column("SELECT concat(pubname, '.', tablename) FROM pg_publication_tables");
  const missing = Object.values(publications)
    .flatMap(({ name, tables }) => tables.map((table) => `${name}.${table}`))
    .filter((each) => !found.includes(each));
  if (missing.length > 0) throw new Error(`The refused change has removed ${missing.join(", ")}.`);
}

/**
 * Every row that was written so far is at the subscriber, as it is at the publisher, and arrived once.
 *
 * @param whileEqual - work to be done before another row is written.
 */
export async function verifyRows(
  environment: Environment,
  model: Model,
  whileEqual?: () => Promise<void>,
): Promise<void> {
  const { publisher, subscriber, writer } = environment;
  await writer.stop();
  try {
    // The barrier: unless replication works, this row never arrives.
    await writer.write();
    const tables = publishedTables(model);
    const expected = await digests(publisher, tables);
    await becomes("rows at the subscriber", () => digests(subscriber, tables), expected);
    const twice = await subscriber.column(REPEATED_ARRIVALS);
    // A worker that has failed before is watched for longer by every plan.
    if (model.majors.subscriber >= 15)
      await subscriber.query("SELECT pg_stat_reset_subscription_stats(NULL)");
    if (twice.length > 0) throw new Error(`Rows arrived more than once: ${twice.join(", ")}`);
    await whileEqual?.();
  } finally {
    writer.start();
  }
}

/** Each table's number of rows, and a hash of them. */
async function digests(database: Database, tables: readonly string[]): Promise<string[]> {
  if (tables.length === 0) return [];
  const queries = tables.map(
    (table) =>
      `SELECT concat('${table}: ', count(*), ' rows, ', md5(string_agg(concat(id, ' ', v), ',' ORDER BY id, v))) FROM public.${table}`,
  );
  return database.column(queries.join(" UNION ALL "));
}

/** Nothing is left of what Terraform has created, but the tables. */
export async function verifyDestroyed({ publisher, subscriber }: Environment): Promise<void> {
  const left = async (): Promise<string[]> => [
    ...(await publisher.column(
      `SELECT 'publication ' || pubname FROM pg_publication UNION ALL SELECT 'slot ' || slot_name FROM pg_replication_slots
       UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname = '${REPLICATOR}'`,
    )),
    ...(await subscriber.column(
      "SELECT 'subscription ' || subname FROM pg_subscription UNION ALL SELECT 'origin ' || roname FROM pg_replication_origin",
    )),
  ];
  await becomes("remains of a destroy", left, []);
}

/** Asks until the answer is the expected one. @throws Error with what is missing, and what should not be there. */
async function becomes(
  what: string,
  ask: () => Promise<readonly string[]>,
  expected: readonly string[],
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await ask();
    if (found.join("\n") === expected.join("\n")) return;
    if (Date.now() > deadline) {
      const missing = expected.filter((line) => !found.includes(line)).map((line) => `- ${line}`);
      const surplus = found.filter((line) => !expected.includes(line)).map((line) => `+ ${line}`);
      throw new Error(`Wrong ${what}:\n${[...missing, ...surplus].join("\n")}`);
    }
    await setTimeout(100);
  }
}
