import type { ServerVersion } from "../../postgres/server-version";
import { slotList, type SlotReader } from "./slots";

export const MISSED_CHANGES_SUMMARY = "Subscribers may miss changes";

/** What happens to subscribers of a publication that does not exist for a while, and what the user can do. */
export function missedChangesDetail(
  what: string,
  slots: readonly SlotReader[],
  version: ServerVersion,
): string {
  const readers = `${slotList(slots)} ${slots.some(({ publications }) => publications !== null) ? (slots.length === 1 ? "reads" : "read") : "may read"} it`;
  return version.atLeast(18)
    ? `${what}, and ${readers}. Subscribers skip every change that is committed while the publication does not exist, and PostgreSQL reports no error.\n\n` +
        "Afterwards, compare the tables of both sides, for example with the data source postgresql_table_comparison, and copy those again that differ."
    : `${what}, and ${readers}. At the first change that is committed while the publication does not exist, replication stops with an error, and does not continue when the publication exists again.\n\n` +
        "If a subscription stops, replace it, which copies its tables again. Or move its slot beyond the gap with pg_replication_slot_advance (PostgreSQL 11 or later), compare the tables of both sides, and copy those again that differ.";
}
