import type { StateOperation } from "../../framework/resource";
import { parseConninfo } from "../../postgres/conninfo";
import { PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import { id, lit, type Sql, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import { asMemberOf, whileMemberOf } from "../shared/membership";
import { warnOfNotice } from "../shared/notices";
import { type FoundSubscription, findSubscription } from "./catalog";
import { runAtSubscriber } from "./connect-phase";
import { connectTimeoutSeconds } from "./connection";
import { publisherIsUnreachable, slotIsGone, unreachableRemedy, withSubscriptionRemedy } from "./errors";
import type { SubscriptionSchema } from "./schema";

/** How long a publisher that is connected may take to drop a slot: wal_sender_timeout ends a stale reader after 60 s. */
const DROP_SLOT_SECONDS = 70;

/** A worker that waits for a silent publisher keeps its locks until the connection is found dead. */
const LOCK_TIMEOUT = "30s";

const WORKER_REMEDY =
  "A worker of the subscription waits for an answer of the publisher, and PostgreSQL cannot end it before the connection is found dead. Nothing was changed. Destroy again after some minutes, or restart the subscriber. In conninfo, keepalives_idle and tcp_user_timeout shorten this wait.";

type Destroy = StateOperation<SubscriptionSchema, PostgresServer>;

/**
 * Drops the subscription, and its slot if Terraform created it. Interrupted at any moment, it leaves either a
 * subscription that works as before, or nothing.
 */
export async function dropSubscription(operation: Destroy, database: string, label: string): Promise<void> {
  const { provider, state, signal, warn } = operation;
  const found = await findSubscription(provider, database, state.name, signal);
  if (found === undefined) return;
  const { slot_name: slot, owner } = found.row;
  if (!state.create_slot || slot === null) {
    await detach(operation, database, found);
    return;
  }
  try {
    await whileMemberOf(provider, database, owner, signal, () =>
      runAtSubscriber(sql`DROP SUBSCRIPTION ${id(state.name)}`, {
        subscriber: provider,
        database,
        signal,
        connectTimeoutSeconds: connectTimeoutSeconds(state.conninfo),
        answerTimeoutSeconds: DROP_SLOT_SECONDS,
        onNotice: (notice) => warnOfNotice({ warn }, label, notice),
      }),
    );
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    if (slotIsGone(error)) {
      await detach(operation, database, found);
    } else if (publisherIsUnreachable(error)) {
      if (!state.detach_if_unreachable) throw error.withRemedy(unreachableRemedy(slot));
      await detach(operation, database, found, [slot]).catch((failure: unknown) => {
        throw failure instanceof PostgresError && failure.sqlState === SQLSTATE.LOCK_NOT_AVAILABLE
          ? failure.withRemedy(WORKER_REMEDY)
          : failure;
      });
    } else {
      throw withSubscriptionRemedy(error);
    }
  }
}

/**
 * Drops the subscription and leaves the publisher alone, in one transaction: a subscription that was only disabled, or
 * has lost its slot name, would be a dead one that looks alive.
 */
async function detach(
  { provider, state, signal, warn }: Destroy,
  database: string,
  found: FoundSubscription,
  orphans: readonly string[] = [],
): Promise<void> {
  const session = await provider.session(database, signal);
  const alter = (tail: Sql): Sql => sql`ALTER SUBSCRIPTION ${id(state.name)} ${tail}`;
  const left = [...orphans, ...(await copySlots(provider, database, found, signal))];
  await provider.transaction(
    database,
    (tx) =>
      asMemberOf(tx, session, found.row.owner, async () => {
        if (orphans.length > 0) await tx.query(sql`SET LOCAL lock_timeout = ${lit(LOCK_TIMEOUT)}`);
        if (found.row.enabled) await tx.query(alter(sql`DISABLE`));
        if (found.row.slot_name !== null) await tx.query(alter(sql`SET (slot_name = NONE)`));
        await tx.query(sql`DROP SUBSCRIPTION ${id(state.name)}`);
      }),
    signal,
  );
  if (left.length > 0) {
    const publisher = parseConninfo(state.conninfo);
    const drops = left.map((slot) => `SELECT pg_drop_replication_slot(${lit(slot).text});`).join("\n");
    warn(
      `Replication slot${left.length === 1 ? "" : "s"} left behind`,
      `The subscription ${JSON.stringify(state.name)} was dropped without its publisher. If the publisher at ${publisher.get("host") ?? publisher.get("hostaddr") ?? "its host"} still exists, it retains WAL for ` +
        `${left.map((slot) => JSON.stringify(slot)).join(", ")} until its storage is full. Drop ${left.length === 1 ? "the slot" : "the slots"} there:\n${drops}`,
    );
  }
}

/**
 * The slots that the copies of single tables use at the publisher, by the names that PostgreSQL gives them. Before
 * version 14 such a slot is temporary, and ends with its connection.
 */
async function copySlots(
  server: PostgresServer,
  database: string,
  { row }: FoundSubscription,
  signal: AbortSignal,
): Promise<string[]> {
  const { version } = await server.session(database, signal);
  if (!version.atLeast(14)) return [];
  const query = sql`
    SELECT format('pg_%s_sync_%s_%s', srsubid, srrelid, (SELECT system_identifier FROM pg_catalog.pg_control_system())) AS name
    FROM pg_catalog.pg_subscription_rel
    WHERE srsubid IN (SELECT subid FROM pg_catalog.pg_stat_subscription WHERE subname = ${lit(row.name)})
      AND srsubstate NOT IN ('i', 'r')`;
  return (await server.select<{ name: string }>(database, query, signal)).map(({ name }) => name);
}
