import { DiagnosticError } from "../../framework/diagnostics";
import type { CreateOperation } from "../../framework/resource";
import { isUnavailable, PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import { databaseObjectLabel, databaseOf } from "../shared/database-object";
import { whileMemberOf } from "../shared/membership";
import { warnOfNotice } from "../shared/notices";
import { withPublisher } from "../shared/publisher";
import { type FoundSubscription, findSubscription } from "./catalog";
import { ownerStatement } from "./change";
import { runAtSubscriber } from "./connect-phase";
import { connectTimeoutSeconds, effectiveConninfo } from "./connection";
import { dropSubscription } from "./destroy";
import { withSubscriptionRemedy } from "./errors";
import { existingRows, rowsExistError, unreadableWarning } from "./existing-rows";
import { optionSettings, optionsOf } from "./options";
import { requireUsableOwner } from "./owner";
import { isUnusable, publisherAccess, publisherFacts, type PublisherFacts } from "./publisher";
import type { SubscriptionSchema, SubscriptionState } from "./schema";
import { stateOf } from "./state";

/** What finishing or cleaning up may still take after an interrupt. */
const FINISH_PATIENCE_MS = 30_000;

type Create = CreateOperation<SubscriptionSchema, PostgresServer>;

/**
 * Creates the subscription disabled, does everything that can fail, and enables it last. Until then no row has been
 * copied, so that a failure can drop it again: Terraform marks a half-created resource as tainted, and would replace
 * it, which copies every row once more.
 */
export async function createSubscription(operation: Create): Promise<SubscriptionState> {
  const { provider, planned, signal } = operation;
  const database = databaseOf(planned, provider);
  const label = databaseObjectLabel("subscription", { ...planned, database });
  const session = await provider.session(database, signal);
  await requireUsableOwner(operation, database, session.user);
  requirePublisher(await askPublisher(operation, session), operation, label);

  const unfinished = await findSubscription(provider, database, planned.name, signal);
  if (unfinished !== undefined) await continueCreation(operation, database, label, unfinished, session);
  else await runCreate(operation, database, label);
  try {
    return await finish(operation, database, label, session);
  } catch (error) {
    await cleanUp(operation, database, label, session);
    throw error;
  }
}

/** What a subscription that an interrupted apply left looks like: it has never replicated anything. */
export function isUnfinished(
  { row, status }: FoundSubscription,
  planned: {
    readonly enabled: boolean | null | undefined;
    readonly slot_name: string | null | undefined;
    readonly publications: readonly string[] | undefined;
  },
): boolean {
  return (
    planned.enabled === true &&
    !row.enabled &&
    !status.worker_running &&
    status.received_lsn === null &&
    row.slot_name === planned.slot_name &&
    [...row.publications].sort().join("\0") === [...(planned.publications ?? [])].sort().join("\0") &&
    status.tables.length > 0 &&
    status.tables.every(({ state }) => state === "initializing")
  );
}

async function askPublisher(
  operation: Create,
  { version: subscriberVersion }: SessionInfo,
): Promise<PublisherFacts | undefined> {
  const { planned, config, signal } = operation;
  const access = publisherAccess(planned, config.password_wo);
  if (access === undefined) return undefined;
  const subject = {
    slotName: planned.slot_name ?? null,
    publications: planned.publications,
    subscriberVersion,
  };
  try {
    return await withPublisher(access, (publisher) => publisherFacts(publisher, subject, signal));
  } catch (error) {
    // Only the subscriber's server has to reach it. Whether it does is for CREATE SUBSCRIPTION to find out.
    if (isUnavailable(error) || isUnusable(error)) return undefined;
    throw error;
  }
}

/** Refuses what PostgreSQL accepts and what would never replicate. */
function requirePublisher(facts: PublisherFacts | undefined, { planned }: Create, label: string): void {
  if (facts === undefined) return;
  const missing = planned.publications.filter((name) => !facts.publications.includes(name));
  if (missing.length > 0) {
    throw new DiagnosticError(
      "Publication does not exist",
      `${label} cannot subscribe to ${missing.map((name) => JSON.stringify(name)).join(", ")}: the publisher's database ${JSON.stringify(facts.database)} does not have it. Nothing was created. ` +
        "Create the publication first, let the subscription depend on it, or correct the name or dbname in conninfo.",
      ["publications"],
    );
  }
  if (!planned.create_slot && facts.slot === null) {
    throw new DiagnosticError(
      "Replication slot does not exist",
      `${label} has create_slot = false, and the publisher has no slot ${JSON.stringify(planned.slot_name)}. Nothing was created. Create it with a postgresql_replication_slot (plugin = "pgoutput") at the publisher, or let create_slot be true.`,
      ["slot_name"],
    );
  }
}

async function runCreate(operation: Create, database: string, label: string): Promise<void> {
  const { provider, planned, signal } = operation;
  const publications = list([...planned.publications].sort().map((name) => id(name)));
  const options = [
    sql`create_slot = ${lit(planned.create_slot)}`,
    sql`enabled = FALSE`,
    sql`copy_data = ${lit(planned.copy_data)}`,
    ...(planned.slot_name ? [sql`slot_name = ${lit(planned.slot_name)}`] : []),
    ...optionSettings(null, planned),
  ];
  const statement = sql`CREATE SUBSCRIPTION ${id(planned.name)} CONNECTION ${lit(effectiveConninfo(operation))} PUBLICATION ${publications} WITH (${list(options)})`;
  try {
    await atSubscriber(operation, database, label, statement, signal);
  } catch (error) {
    // The answer may have been lost on the way, and the statement may have succeeded.
    const isLost =
      error instanceof PostgresError && error.kind === "unreachable" && error.sqlState === undefined;
    const found =
      isLost && (await findSubscription(provider, database, planned.name, signal).catch(() => undefined));
    if (!found) throw error;
  }
}

async function continueCreation(
  operation: Create,
  database: string,
  label: string,
  found: FoundSubscription,
  session: SessionInfo,
): Promise<void> {
  const { provider, planned, warn, signal } = operation;
  const { owner } = found.row;
  if (
    !isUnfinished(found, { ...planned, slot_name: planned.slot_name ?? null }) ||
    ![session.user, planned.owner].includes(owner)
  ) {
    throw new DiagnosticError(
      "Object exists already",
      `${label} exists, and was created since the plan. Nothing was changed. Import it with terraform import, or choose another name.`,
      ["name"],
    );
  }
  warn(
    "Interrupted creation is continued",
    `${label} exists and has never been enabled: an earlier apply was interrupted while it created the subscription. This apply completes it.`,
  );
  const settings = optionSettings(optionsOf(found.row, {}), planned);
  const alter = (tail: Sql): Sql => sql`ALTER SUBSCRIPTION ${id(planned.name)} ${tail}`;
  await whileMemberOf(provider, database, owner, signal, async () => {
    const connection = alter(sql`CONNECTION ${lit(effectiveConninfo(operation))}`);
    await atSubscriber(operation, database, label, connection, signal);
    for (const setting of settings)
      await atSubscriber(operation, database, label, alter(sql`SET (${setting})`), signal);
  });
}

/** Everything after CREATE SUBSCRIPTION. */
async function finish(
  operation: Create,
  database: string,
  label: string,
  session: SessionInfo,
): Promise<SubscriptionState> {
  const { provider, planned, warn, signal } = operation;
  const { name } = planned;
  const created = await requireFound(provider, database, name, signal);
  // From here on there is something to lose track of.
  operation.saveState(createdState(operation, database, session, created));
  if (planned.copy_data) {
    const found = await existingRows(provider, database, created.status.tables, signal);
    if (found.filled.length > 0) throw rowsExistError(label, found);
    if (found.unreadable.length > 0)
      warn("Tables were not checked for rows", unreadableWarning(label, found));
  }
  const owner = planned.owner ?? session.user;
  if (owner !== created.row.owner) {
    await whileMemberOf(provider, database, owner, signal, () =>
      atSubscriber(operation, database, label, ownerStatement(name, owner), signal),
    );
  }
  const state = createdState(
    operation,
    database,
    session,
    await requireFound(provider, database, name, signal),
  );
  if (!planned.enabled) return state;
  await enable(operation, database, owner);
  return { ...state, enabled: true };
}

/** The point of no return: it is done even after an interrupt, and repeated when the connection was lost meanwhile. */
async function enable({ provider, planned }: Create, database: string, owner: string): Promise<void> {
  const signal = AbortSignal.timeout(FINISH_PATIENCE_MS);
  const statement = sql`ALTER SUBSCRIPTION ${id(planned.name)} ENABLE`;
  const run = () =>
    whileMemberOf(provider, database, owner, signal, () => provider.execute(database, statement, signal));
  try {
    await run();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    await run();
  }
}

/** Drops a subscription that has never been enabled, with its slot. Says so when it could not. */
async function cleanUp(
  operation: Create,
  database: string,
  label: string,
  session: SessionInfo,
): Promise<void> {
  const { provider, planned, warn } = operation;
  const signal = AbortSignal.timeout(FINISH_PATIENCE_MS);
  try {
    const found = await findSubscription(provider, database, planned.name, signal);
    if (found?.row.enabled === true) return;
    if (found !== undefined) {
      const state = createdState(operation, database, session, found);
      await dropSubscription({ ...operation, signal, state }, database, label);
    }
    operation.saveState(null);
  } catch (error) {
    warn(
      "Unfinished subscription left behind",
      `${label} was created and not enabled, and could not be dropped: ${error instanceof Error ? error.message : String(error)}. No row was copied. Apply again to replace it.`,
    );
  }
}

async function atSubscriber(
  { provider, planned, warn }: Create,
  database: string,
  label: string,
  statement: Sql,
  signal: AbortSignal,
): Promise<void> {
  try {
    await runAtSubscriber(statement, {
      subscriber: provider,
      database,
      signal,
      connectTimeoutSeconds: connectTimeoutSeconds(planned.conninfo),
      onNotice: (notice) => warnOfNotice({ warn }, label, notice),
    });
  } catch (error) {
    throw withSubscriptionRemedy(error);
  }
}

async function requireFound(
  server: PostgresServer,
  database: string,
  name: string,
  signal: AbortSignal,
): Promise<FoundSubscription> {
  const found = await findSubscription(server, database, name, signal);
  if (found !== undefined) return found;
  throw new DiagnosticError(
    "Subscription is gone",
    `Something else has dropped the subscription ${JSON.stringify(name)} just after it was created.`,
  );
}

function createdState(
  { planned }: Create,
  database: string,
  session: SessionInfo,
  found: FoundSubscription,
): SubscriptionState {
  const unknown = { owner: session.user, slot_name: null, ...optionsOf(found.row, planned) };
  return stateOf(found, database, { ...planned, ...unknown });
}
