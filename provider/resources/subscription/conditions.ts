import { setTimeout as sleep } from "node:timers/promises";
import { DiagnosticError } from "../../framework/diagnostics";
import { isUnavailable, PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import { lit, type Sql, sql } from "../../postgres/sql";
import { subscriptionStatus } from "../../postgres/subscription-status";
import type { Condition } from "./change";
import { existingRows, rowsExistError } from "./existing-rows";

const POLL_MS = 200;
/** How long nothing may read from a slot that has to be read further, in milliseconds. */
const READER_PATIENCE_MS = 30_000;
/** What a worker needs besides connecting: the launcher starts one every 5 s at most. */
const WORKER_START_SECONDS = 8;
const WORKER_STAYS_SECONDS = 5;

/** Where a condition is checked. */
export interface ConditionContext {
  readonly subscriber: PostgresServer;
  /** Null where this machine cannot connect to it. */
  readonly publisher: PostgresServer | null;
  readonly database: string;
  readonly name: string;
  readonly label: string;
  readonly connectTimeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Whether the change has altered anything yet. */
  readonly changed: boolean;
}

/**
 * Checks a condition, and waits until it holds where waiting helps.
 *
 * @throws DiagnosticError that says what does not hold, and what to do.
 */
export async function meet(condition: Condition, context: ConditionContext): Promise<void> {
  switch (condition.is) {
    case "publications exist":
      return requirePublications(condition.publications, context);
    case "slot exists":
      return requireSlot(condition.slot, context);
    case "tables empty": {
      const found = await existingRows(
        context.subscriber,
        context.database,
        condition.tables,
        context.signal,
      );
      if (found.filled.length > 0) throw rowsExistError(context.label, found);
      return;
    }
    case "caught up":
      return untilCaughtUp(condition.slot, context);
    case "slot passed":
      return untilSlotPassed(condition.slot, condition.start, context);
    case "worker stopped":
      return untilWorkerStopped(condition.slot, context);
    case "worker connected":
      return untilWorkerConnected(context);
  }
}

async function requirePublications(
  publications: readonly string[],
  context: ConditionContext,
): Promise<void> {
  const query = sql`SELECT pubname AS name FROM pg_catalog.pg_publication ORDER BY pubname`;
  const existing = (await select<{ name: string }>(query, context)).map(({ name }) => name);
  const missing = publications.filter((name) => !existing.includes(name));
  if (missing.length === 0) return;
  throw new DiagnosticError(
    "Publication does not exist",
    `${context.label} cannot subscribe to ${quoted(missing)}: the publisher's database ${JSON.stringify(requirePublisher(context).settings.database)} has ` +
      `${existing.length === 0 ? "no publication" : quoted(existing)}. ${unchanged(context)} ` +
      "Create the publication first, let the subscription depend on it, or correct the name or dbname in conninfo.",
    ["publications"],
  );
}

interface SlotRow {
  readonly plugin: string | null;
  readonly database: string | null;
  readonly slots: readonly string[];
}

async function requireSlot(slot: string, context: ConditionContext): Promise<void> {
  const { database, host, port } = requirePublisher(context).settings;
  const query = sql`
    SELECT plugin, database, (SELECT json_agg(slot_name ORDER BY slot_name) FROM pg_catalog.pg_replication_slots) AS slots
    FROM (SELECT) AS one LEFT JOIN pg_catalog.pg_replication_slots ON slot_name = ${lit(slot)}`;
  const [row] = await select<SlotRow>(query, context);
  if (row?.plugin === "pgoutput" && row.database === database) return;
  const found =
    row?.plugin == null
      ? `has ${row?.slots ? `the slots ${quoted(row.slots)}, but no slot ${JSON.stringify(slot)}` : "no replication slot"}`
      : `has the slot ${JSON.stringify(slot)}, but for the plugin ${row.plugin} in database ${JSON.stringify(row.database)}`;
  throw new DiagnosticError(
    "Replication slot does not exist at the publisher",
    `${context.label} would read from the slot ${JSON.stringify(slot)}, and the publisher at ${host}:${port}, database ${JSON.stringify(database)}, ${found}. ${unchanged(context)}\n\n` +
      "For another address of the same server, correct conninfo. For another publisher, which has no record of what this subscriber has received, replace the subscription: " +
      "empty its tables and run terraform apply -replace=ADDRESS, which copies them from the new publisher. " +
      "If the new publisher has all rows and nothing is written to it yet, create the slot there first: " +
      `SELECT pg_create_logical_replication_slot(${lit(slot).text}, 'pgoutput'). The slot at the former publisher must then be dropped there.`,
    ["conninfo"],
  );
}

interface PositionRow {
  readonly lsn: string;
  /** The first transaction that has not begun yet. */
  readonly next: string;
  /** The oldest transaction that has not ended. */
  readonly oldest: string;
  readonly busy: readonly { readonly pid: number; readonly since: string }[];
}

const POSITION = sql`
  SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
              ELSE pg_catalog.pg_current_wal_lsn() END::text AS lsn,
         pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())::text AS next,
         pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot())::text AS oldest,
         (SELECT coalesce(json_agg(json_build_object('pid', pid, 'since', xact_start)), '[]')
          FROM (SELECT pid, xact_start FROM pg_catalog.pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY xact_start LIMIT 3) AS oldest) AS busy`;

async function untilCaughtUp(slot: string, context: ConditionContext): Promise<void> {
  const [first] = await select<PositionRow>(POSITION, context);
  if (first === undefined) return;
  let position = first;
  const openEnded = (): boolean => BigInt(position.oldest) >= BigInt(first.next);
  await until(
    context,
    async () => {
      if (openEnded()) return true;
      [position = position] = await select<PositionRow>(POSITION, context);
      return openEnded();
    },
    () =>
      `at the publisher, transactions that began before this change are still open: ${position.busy.map(({ pid, since }) => `process ${pid} since ${since}`).join(", ") || "perhaps prepared ones, see pg_prepared_xacts"}. End them`,
  );
  await untilConfirmed(slot, sql`${lit(position.lsn)}::pg_lsn`, context);
}

async function untilSlotPassed(slot: string, start: string, context: ConditionContext): Promise<void> {
  const query = sql`SELECT confirmed_flush_lsn::text AS lsn FROM pg_catalog.pg_replication_slots WHERE slot_name = ${lit(start)}`;
  const [row] = await select<{ lsn: string | null }>(query, context);
  if (row?.lsn) await untilConfirmed(slot, sql`${lit(row.lsn)}::pg_lsn`, context);
}

interface ConfirmedRow {
  readonly confirmed: boolean;
  readonly active: boolean;
  readonly behind: number;
}

/** Waits until everything before a position has been confirmed by the slot's reader. */
async function untilConfirmed(slot: string, position: Sql, context: ConditionContext): Promise<void> {
  const query = sql`
    SELECT confirmed_flush_lsn >= ${position} AS confirmed, active,
           greatest(pg_catalog.pg_wal_lsn_diff(${position}, confirmed_flush_lsn), 0)::float8 AS behind
    FROM pg_catalog.pg_replication_slots WHERE slot_name = ${lit(slot)}`;
  let readAt = Date.now();
  let behind = 0;
  await until(
    context,
    async () => {
      const [row] = await select<ConfirmedRow>(query, context);
      if (row === undefined)
        throw willNotCatchUp(`the publisher has no slot ${JSON.stringify(slot)} any more`, context);
      if (row.confirmed) return true;
      behind = row.behind;
      if (row.active) readAt = Date.now();
      const { status } = await subscriptionStatus(
        context.subscriber,
        context.database,
        context.name,
        context.signal,
      );
      if (status?.enabled === false)
        throw willNotCatchUp(`the subscription is disabled and ${bytes(behind)} behind`, context);
      if (Date.now() - readAt > READER_PATIENCE_MS) {
        throw willNotCatchUp(
          `nothing reads from the slot ${JSON.stringify(slot)}, which is ${bytes(behind)} behind`,
          context,
        );
      }
      return false;
    },
    () => `the subscription is still ${bytes(behind)} behind the publisher. Wait until it has caught up`,
  );
}

/** The error for a subscription that will not catch up. */
function willNotCatchUp(reason: string, context: ConditionContext): DiagnosticError {
  return new DiagnosticError(
    "Changes in flight would be lost",
    `${context.label} can be changed in this way only after it has received every change that was committed before, and ${reason}. ${unchanged(context)}\n\n` +
      "Enable or repair the subscription, apply, and change it afterwards. If its tables are to be copied again anyway, replace the subscription instead.",
  );
}

async function untilWorkerStopped(slot: string | null, context: ConditionContext): Promise<void> {
  const { subscriber, database, name, signal } = context;
  const workers = sql`
    SELECT count(*)::int4 AS running FROM pg_catalog.pg_stat_subscription w
    JOIN pg_catalog.pg_stat_activity a ON a.pid = w.pid
    WHERE w.subname = ${lit(name)} AND a.datname = current_database()`;
  await until(
    context,
    async () => {
      const [row] = await subscriber.select<{ running: number }>(database, workers, signal);
      return row?.running === 0;
    },
    () => "the subscription's worker has not stopped. Wait until its transaction has ended",
  );
  if (slot === null || context.publisher === null) return;
  const active = sql`SELECT active FROM pg_catalog.pg_replication_slots WHERE slot_name = ${lit(slot)}`;
  await until(
    context,
    async () => {
      try {
        const [row] = await select<{ active: boolean }>(active, context);
        return row?.active !== true;
      } catch (error) {
        // The subscriber's side decides. A publisher that cannot be asked has no reader that we could wait for.
        if (isUnavailable(error)) return true;
        throw error;
      }
    },
    () =>
      `a process at the publisher still reads from the slot ${JSON.stringify(slot)}. Wait until it has ended`,
  );
}

async function untilWorkerConnected(context: ConditionContext): Promise<void> {
  const { subscriber, database, name, label, signal, connectTimeoutSeconds } = context;
  const started = Date.now();
  const elapsed = (): number => (Date.now() - started) / 1_000;
  let reason: string | undefined;
  while (elapsed() < connectTimeoutSeconds + WORKER_START_SECONDS) {
    const { status } = await subscriptionStatus(subscriber, database, name, signal);
    const connected = status?.worker_running === true && status.received_lsn !== null;
    // A worker whose connection string has changed ends within a second. One that stays had the same one before.
    const isNew = status?.worker_seconds != null && status.worker_seconds <= elapsed();
    if (connected && (isNew || elapsed() > WORKER_STAYS_SECONDS)) return;
    if (elapsed() > WORKER_START_SECONDS) {
      reason ??= await connectionProblem(context);
      if (reason !== undefined) break;
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new DiagnosticError(
    "The subscription does not connect",
    `${label} has its new connection string, but no worker has connected to the publisher within ${Math.round(elapsed())} s, so no row arrives. ` +
      (reason === undefined
        ? "Look at the subscriber's side: its route to the publisher, the publisher's security group and pg_hba.conf, and the subscriber's server log."
        : `From this machine, the connection fails as well: ${reason}`),
    ["conninfo"],
  );
}

/** Why the publisher cannot be connected to from here; undefined when it can. */
async function connectionProblem({ publisher, signal }: ConditionContext): Promise<string | undefined> {
  return publisher?.session(publisher.settings.database, signal).then(
    () => undefined,
    (error: unknown) => (error instanceof PostgresError ? error.describe() : String(error)),
  );
}

/** Polls until the condition holds or the operation's time is over. */
async function until(
  context: ConditionContext,
  holds: () => Promise<boolean>,
  reason: () => string,
): Promise<void> {
  const { signal, label } = context;
  try {
    while (!(await holds())) await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  } catch (error) {
    if (!(error instanceof PostgresError) || error.kind !== "timeout" || !signal.aborted) throw error;
    throw new DiagnosticError(
      "Not in time",
      `${label}: ${reason()}, or give the change more time with timeouts { update = "…" }. ${unchanged(context)}`,
    );
  }
}

async function select<Row>(query: Sql, context: ConditionContext): Promise<Row[]> {
  const publisher = requirePublisher(context);
  return publisher.select<Row>(publisher.settings.database, query, context.signal);
}

function requirePublisher({ publisher }: ConditionContext): PostgresServer {
  if (publisher === null) throw new Error("a condition needs the publisher, which cannot be reached");
  return publisher;
}

function unchanged({ changed }: ConditionContext): string {
  return changed ? "What was changed before that stays." : "Nothing was changed.";
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}

function bytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}
