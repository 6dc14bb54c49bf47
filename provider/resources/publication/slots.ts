import type { SessionInfo } from "../../postgres/session";
import { type Sql, sql } from "../../postgres/sql";

/** A replication slot of the database, for the plugin that reads publications. */
export interface SlotReader {
  readonly slot: string;
  readonly active: boolean;
  /** The publications that its present reader has asked for; null if that cannot be seen. */
  readonly publications: readonly string[] | null;
}

/** What {@link slotsQuery} returns for each slot. */
export interface SlotRow {
  readonly slot: string;
  readonly active: boolean;
  /** The command that the reader runs. Users without pg_read_all_stats get a placeholder. */
  readonly command: string | null;
}

/** The slots that can still be read. */
export function slotsQuery({ version }: SessionInfo): Sql {
  const lost = version.atLeast(13) ? sql`coalesce(s.wal_status = 'lost', false)` : sql`false`;
  return sql`SELECT s.slot_name AS slot, s.active, a.query AS command
             FROM pg_catalog.pg_replication_slots s LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid
             WHERE s.plugin = 'pgoutput' AND s.database = current_database() AND NOT ${lost}
             ORDER BY s.slot_name`;
}

/** Who reads a slot, and what. */
export function readerOf({ slot, active, command }: SlotRow): SlotReader {
  return { slot, active, publications: active ? publicationsOf(command ?? "") : null };
}

/** Whether a slot's reader may need the publication of this name. */
export function mayRead({ publications }: SlotReader, publication: string): boolean {
  return publications === null || publications.includes(publication);
}

/**
 * The value of publication_names in START_REPLICATION, read as the server does: names are separated by commas, and
 * folded to lower case unless they are quoted. Null when the text has none, or is cut off in the middle.
 */
function publicationsOf(command: string): readonly string[] | null {
  const value = /^\s*START_REPLICATION\b.*\bpublication_names"?\s+'((?:[^']|'')*)'/is.exec(command)?.[1];
  if (value === undefined) return null;
  const names = value.replaceAll("''", "'").match(/"(?:[^"]|"")*"|[^,\s]+/g) ?? [];
  return names.map((name) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase(),
  );
}

/** `slot "a" and slot "b"`, for a sentence. */
export function slotList(slots: readonly SlotReader[]): string {
  const names = slots.map(({ slot }) => JSON.stringify(slot)).join(", ");
  return slots.length === 1 ? `slot ${names}` : `slots ${names}`;
}
