import { DiagnosticError } from "../../framework/diagnostics";
import type { UpdateOperation } from "../../framework/resource";
import { isUnavailable, PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import { databaseObjectLabel, databaseOf } from "../shared/database-object";
import { withUsablePublisher } from "../shared/publisher";
import { type FoundSubscription, findSubscription } from "./catalog";
import { changeRefusal, changeSteps, type Situation, type Step } from "./change";
import { connectTimeoutSeconds, effectiveConninfo } from "./connection";
import { execute, type Progress } from "./executor";
import { optionsOf } from "./options";
import { requireUsableOwner } from "./owner";
import { publisherAccess, publisherFacts, publisherIsRequired, tablesNotIn } from "./publisher";
import type { SubscriptionSchema, SubscriptionState } from "./schema";
import { stateOf } from "./state";

type Update = UpdateOperation<SubscriptionSchema, PostgresServer>;

/** Changes the subscription in place. */
export async function updateSubscription(operation: Update): Promise<SubscriptionState> {
  const { provider, prior, planned, config, signal, warn } = operation;
  const database = databaseOf(prior, provider);
  const label = databaseObjectLabel("subscription", prior);
  const session = await provider.session(database, signal);
  await requireUsableOwner(operation, database, prior.owner ?? session.user);
  const found = await requireFound(provider, database, prior.name, label, signal);
  const access = publisherAccess(planned, config.password_wo) ?? {
    conninfo: planned.conninfo,
    password: null,
  };
  let sets: Progress["sets"] = {};
  try {
    await withUsablePublisher(access, async (publisher) => {
      const subject = {
        slotName: found.row.slot_name,
        publications: planned.publications,
        subscriberVersion: session.version,
      };
      const facts =
        publisher instanceof Error
          ? publisher
          : await publisherFacts(publisher, subject, signal).catch(unavailable);
      const situation: Situation = {
        subscriberVersion: session.version,
        enabled: found.row.enabled,
        slotName: found.row.slot_name,
        conninfo: found.row.conninfo,
        publisher:
          facts instanceof Error
            ? null
            : {
                version: facts.version,
                newTables: tablesNotIn(facts.tables, found.status.tables),
                goneTables: tablesNotIn(found.status.tables, facts.tables),
              },
      };
      const refusal = changeRefusal(prior, planned, situation);
      if (refusal) {
        throw new DiagnosticError("Change is not possible", `${label} was not changed. ${refusal.reason}`, [
          refusal.attribute,
        ]);
      }
      const steps = changeSteps(prior, planned, situation, effectiveConninfo(operation));
      if (facts instanceof Error && needsPublisher(steps)) throw publisherIsRequired(label, facts);
      if (planned.enabled && prior.enabled && !found.row.enabled) {
        warn(
          "Subscription had disabled itself",
          `${label} was found disabled, as disable_on_error has it after an error. It is enabled again. If the error persists, it disables itself once more: see the subscriber's server log.`,
        );
      }
      const context = {
        subscriber: provider,
        publisher: publisher instanceof Error ? null : publisher,
        database,
        name: prior.name,
        owner: found.row.owner,
        slotName: found.row.slot_name,
        label,
        connectTimeoutSeconds: connectTimeoutSeconds(planned.conninfo),
        signal,
        warn,
      };
      await execute(steps, context, (progress) => (sets = progress.sets));
    });
  } catch (error) {
    // Each statement holds by itself: the state says how far they came.
    const name = sets.name ?? prior.name;
    const left = await findSubscription(provider, database, name, AbortSignal.timeout(10_000)).catch(
      () => undefined,
    );
    if (left) operation.saveState(stateOf(left, database, { ...prior, ...sets }));
    throw error;
  }
  const changed = await requireFound(provider, database, planned.name, label, signal);
  const unknown = { owner: session.user, slot_name: null, ...optionsOf(changed.row, planned) };
  const state = stateOf(changed, database, { ...planned, ...unknown });
  // With disable_on_error it may have disabled itself since. The next plan shows that.
  return { ...state, enabled: planned.enabled };
}

/** A publisher that cannot be reached from here is no error before a step needs it. */
function unavailable(error: unknown): Error {
  if (error instanceof PostgresError && isUnavailable(error)) return error;
  throw error;
}

function needsPublisher(steps: readonly Step[]): boolean {
  return steps.some((step) =>
    "await" in step
      ? !["worker connected", "worker stopped", "tables empty"].includes(step.await.is)
      : step.at === "publisher",
  );
}

async function requireFound(
  server: PostgresServer,
  database: string,
  name: string,
  label: string,
  signal: AbortSignal,
): Promise<FoundSubscription> {
  const found = await findSubscription(server, database, name, signal);
  if (found !== undefined) return found;
  throw new DiagnosticError(
    "Subscription is gone",
    `${label} does not exist any more: something else has dropped it.`,
  );
}
