import { setTimeout as sleep } from "node:timers/promises";
import { DiagnosticError } from "../../framework/diagnostics";
import { PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import { id, type Sql, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import { whileMemberOf } from "../shared/membership";
import { warnOfNotice } from "../shared/notices";
import { findSubscription } from "./catalog";
import { dropSlot, type Step } from "./change";
import { meet } from "./conditions";
import { runAtSubscriber } from "./connect-phase";
import { withSubscriptionRemedy } from "./errors";
import type { SubscriptionState } from "./schema";

const BUSY_POLL_MS = 250;
/** A worker that is about to stop needs this long at most, unless it is in the middle of a large transaction. */
const BUSY_PATIENCE_MS = 30_000;
/** What interrupted work may still take to put things in order. */
const RESTORE_PATIENCE_MS = 30_000;

/** What the executor works with. */
export interface ChangeContext {
  readonly subscriber: PostgresServer;
  /** Null where this machine cannot connect to it. No step may need it then. */
  readonly publisher: PostgresServer | null;
  readonly database: string;
  /** The subscription's name when the change begins. */
  readonly name: string;
  /** The role that owns it then. */
  readonly owner: string;
  /** The slot that it uses then. */
  readonly slotName: string | null;
  readonly label: string;
  /** How long the subscriber's server may take to connect to the publisher. */
  readonly connectTimeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly warn: (summary: string, detail: string) => void;
}

/** How far a change came. */
export interface Progress {
  /** What of the state holds and cannot be read back. */
  readonly sets: Partial<Pick<SubscriptionState, "name" | "password_wo_version" | "conninfo">>;
}

/**
 * Runs the steps of a change in order. If one fails, the executor undoes what must not stay, starts replication again
 * where the change had stopped it, and says in the error what it left behind.
 *
 * @param report receives the progress after every step.
 * @throws PostgresError or DiagnosticError of the step that failed.
 */
export async function execute(
  steps: readonly Step[],
  context: ChangeContext,
  report: (progress: Progress) => void = () => undefined,
): Promise<void> {
  let newSlot: string | undefined;
  let sets: Progress["sets"] = {};
  let stopped = false;
  let changed = false;
  try {
    for (const step of steps) {
      if ("await" in step) {
        await meet(step.await, { ...context, changed });
        continue;
      }
      // From here on the subscription may be disabled, whether or not the answer arrives.
      if (step.replication === "stops") stopped = true;
      try {
        await runStep(step, context);
      } catch (error) {
        if (step.warnOnFailure === undefined) throw error;
        context.warn("Replication slot left behind", `${context.label}: ${step.warnOnFailure}`);
      }
      changed = true;
      newSlot ??= step.createsSlot;
      if (step.replication === "starts") stopped = false;
      // Only the step that drops the former slot has a warning, and it is the last that needs both.
      if (step.warnOnFailure !== undefined) newSlot = undefined;
      sets = { ...sets, ...step.sets };
      report({ sets });
    }
  } catch (error) {
    const left = await restore(newSlot, stopped, context);
    throw left.length === 0 ? error : withOutcome(error, left);
  }
}

async function runStep(step: Exclude<Step, { await: unknown }>, context: ChangeContext): Promise<void> {
  const { subscriber, publisher, database, label, owner, signal } = context;
  const deadline = Date.now() + BUSY_PATIENCE_MS;
  for (;;) {
    try {
      if (step.at === "publisher") {
        await executeAt(publisher, step.run, signal);
      } else {
        await whileMemberOf(subscriber, database, owner, signal, () =>
          runAtSubscriber(step.run, {
            ...context,
            onNotice: (notice) => warnOfNotice(context, label, notice),
          }),
        );
      }
      return;
    } catch (error) {
      const busy = step.retryWhileBusy && isBusy(error) && Date.now() < deadline;
      if (!busy) throw withSubscriptionRemedy(error);
      // An abort ends the sleep, and is reported by the next try.
      await sleep(BUSY_POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function executeAt(
  publisher: PostgresServer | null,
  statement: Sql,
  signal: AbortSignal,
): Promise<void> {
  if (publisher === null) throw new Error("a step needs the publisher, which cannot be reached");
  await publisher.execute(publisher.settings.database, statement, signal);
}

/** A worker, or the process that served it at the publisher, has not ended yet. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof PostgresError)) return false;
  return (
    (error.sqlState === SQLSTATE.OBJECT_NOT_IN_PREREQUISITE_STATE &&
      /worker is still running/.test(error.message)) ||
    error.sqlState === SQLSTATE.OBJECT_IN_USE ||
    /is active for PID/.test(error.message)
  );
}

/** Puts back what a change that failed has interrupted. Says in sentences what holds then. */
async function restore(
  newSlot: string | undefined,
  stopped: boolean,
  context: ChangeContext,
): Promise<string[]> {
  const { subscriber, database, name, owner } = context;
  // The change may have failed because its own signal was aborted.
  const signal = AbortSignal.timeout(RESTORE_PATIENCE_MS);
  const left: string[] = [];
  if (stopped) {
    const enable = sql`ALTER SUBSCRIPTION ${id(name)} ENABLE`;
    try {
      await whileMemberOf(subscriber, database, owner, signal, () =>
        subscriber.execute(database, enable, signal),
      );
      left.push("The change had disabled the subscription. It is enabled again.");
    } catch (error) {
      left.push(
        `The change had disabled the subscription, and it could not be enabled again (${reasonOf(error)}). Replication is stopped. Apply again, or run ${enable.text}.`,
      );
    }
  }
  if (newSlot !== undefined) left.push(...(await dropUnused(newSlot, context, signal)));
  return left;
}

/** Drops the slot that the subscription does not use after all: the statement that failed may have taken effect. */
async function dropUnused(newSlot: string, context: ChangeContext, signal: AbortSignal): Promise<string[]> {
  const { publisher, subscriber, database, name, slotName } = context;
  let unused = newSlot;
  try {
    const found = await findSubscription(subscriber, database, name, signal);
    if (found?.row.slot_name === newSlot) {
      if (slotName === null) return [];
      unused = slotName;
    }
    await executeAt(publisher, dropSlot(unused), signal);
    return [];
  } catch (error) {
    return [
      `Of the replication slots ${JSON.stringify(slotName)} and ${JSON.stringify(newSlot)}, the subscription uses one. The other one could not be dropped (${reasonOf(error)}) and retains WAL at the publisher. Drop it there with ${dropSlot(unused).text}.`,
    ];
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withOutcome(error: unknown, left: readonly string[]): unknown {
  const outcome = left.join("\n");
  if (error instanceof PostgresError) {
    return error.withRemedy(error.remedy === undefined ? outcome : `${error.remedy}\n\n${outcome}`);
  }
  if (error instanceof DiagnosticError) {
    return new DiagnosticError(error.summary, `${error.detail}\n\n${outcome}`, error.path);
  }
  return error;
}
