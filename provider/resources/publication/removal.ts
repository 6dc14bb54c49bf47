import { setTimeout as sleep } from "node:timers/promises";
import { DiagnosticError } from "../../framework/diagnostics";
import type { DeleteOperation } from "../../framework/resource";
import { PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, lit, type Sql, sql } from "../../postgres/sql";
import { databaseObjectLabel } from "../shared/database-object";
import { asMemberOf } from "../shared/membership";
import { publicationQuery, type PublicationRow } from "./catalog";
import { MISSED_CHANGES_SUMMARY, missedChangesDetail } from "./missed-changes";
import type { PublicationSchema } from "./schema";
import { mayRead, readerOf, slotList, type SlotReader, type SlotRow, slotsQuery } from "./slots";

const POLL_MS = 500;
/**
 * How long a slot may still read the publication. A subscription's worker uses its new publications after the transaction
 * that it applies, and a subscriber that has lost its connection connects again after 5 s.
 */
const PATIENCE_MS = 60_000;

type Delete = DeleteOperation<PublicationSchema, PostgresServer>;

/**
 * Drops a publication with its former names, once no replication slot reads any of them.
 *
 * @throws DiagnosticError when a slot still reads it after a minute, or after the `delete` timeout if that is shorter. The
 * publication remains.
 */
export async function dropPublication(operation: Delete, database: string): Promise<void> {
  const { provider, state, signal } = operation;
  const session = await provider.session(database, signal);
  if (!state.drop_cascade) await untilUnread(operation, database, session);
  const readers = await provider.transaction(
    database,
    (tx) =>
      asMemberOf(tx, session, state.owner, async () => {
        const [rows, slots] = await tx.queryAll(removalQueries(operation, session));
        const { names, readers } = removalOf(
          rows as unknown as PublicationRow[],
          slots as unknown as SlotRow[],
        );
        const cascade = state.drop_cascade ? sql` CASCADE` : sql``;
        await tx.queryAll(names.map((name) => sql`DROP PUBLICATION ${id(name)}${cascade}`));
        return readers;
      }),
    signal,
  );
  const known = readers.filter(({ publications }) => publications !== null);
  if (known.length === 0) return;
  const what = `${databaseObjectLabel("Publication", state)} was destroyed`;
  operation.warn(MISSED_CHANGES_SUMMARY, missedChangesDetail(what, known, session.version));
}

function removalQueries({ state }: Delete, session: SessionInfo): [Sql, Sql] {
  return [publicationQuery(state.name, session), slotsQuery(session)];
}

interface Removal {
  /** The publication and its former names, as far as they exist. */
  readonly names: readonly string[];
  /** The slots that may read one of them. */
  readonly readers: readonly SlotReader[];
}

function removalOf(rows: readonly PublicationRow[], slots: readonly SlotRow[]): Removal {
  const names = rows.map(({ name }) => name);
  const readers = slots.map(readerOf).filter((slot) => names.some((name) => mayRead(slot, name)));
  return { names, readers };
}

/** Waits until no slot may read the publication. */
async function untilUnread(operation: Delete, database: string, session: SessionInfo): Promise<void> {
  const { provider, state, signal } = operation;
  const deadline = Date.now() + PATIENCE_MS;
  let readers: readonly SlotReader[] = [];
  try {
    for (;;) {
      const [rows, slots] = await provider.selectAll<[PublicationRow[], SlotRow[]]>(
        database,
        removalQueries(operation, session),
        signal,
      );
      ({ readers } = removalOf(rows, slots));
      if (readers.length === 0) return;
      if (Date.now() > deadline) throw inUseError(state, readers, session);
      // An abort ends the sleep, and is reported by the next query.
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } catch (error) {
    if (!(error instanceof PostgresError) || error.kind !== "timeout" || readers.length === 0) throw error;
    throw inUseError(state, readers, session);
  }
}

function inUseError(
  state: Delete["state"],
  slots: readonly SlotReader[],
  { version }: SessionInfo,
): DiagnosticError {
  const known = slots.filter(({ publications }) => publications !== null);
  const inactive = slots.filter(({ publications, active }) => publications === null && !active);
  const hidden = slots.filter(({ publications, active }) => publications === null && active);
  const reasons = [
    ...(known.length > 0
      ? [
          `The reader of ${slotList(known)} uses it. Terraform destroys a publication before it changes a subscription that refers to it, unless the publication has lifecycle { create_before_destroy = true }. ` +
            "So keep the publication in the configuration, remove it from the publications of the subscription, and apply. Then remove the publication, and apply again.",
        ]
      : []),
    ...(inactive.length > 0
      ? [
          `Nothing is connected to ${slotList(inactive)}, so the provider cannot know whether its subscriber uses the publication. Let the subscriber connect. ` +
            `If the subscriber no longer exists, drop the slot at the publisher: ${inactive.map(({ slot }) => `SELECT pg_drop_replication_slot(${lit(slot).text})`).join("; ")}.`,
        ]
      : []),
    ...(hidden.length > 0
      ? [
          `The provider cannot see which publications the reader of ${slotList(hidden)} uses. Wait until the initial copy of its tables is complete, or grant pg_read_all_stats to the provider's user.`,
        ]
      : []),
  ];
  const consequence = version.atLeast(18)
    ? "Subscribers skip every change that is committed after the publication is dropped"
    : "Replication stops at the first change that is committed after the publication is dropped";
  return new DiagnosticError(
    "Publication is still in use",
    `${databaseObjectLabel("Publication", state)} was not dropped. ${consequence}. ${reasons.join("\n\n")}\n\n` +
      `If you are sure that no subscriber needs the publication, run DROP PUBLICATION ${id(state.name).text} yourself, or set drop_cascade = true and apply before you destroy it.`,
  );
}
