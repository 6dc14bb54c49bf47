import { id } from "../../postgres/sql";
import { mayRead, slotList, type SlotReader } from "./slots";

/** The comment of a publication that exists only because another one had its name. It is how Terraform knows it again. */
export function formerNameComment(name: string): string {
  return `Former name of publication ${JSON.stringify(name)}, kept by Terraform for subscribers that still use it. Removed when no replication slot reads it.`;
}

/** The new name of a publication, by the comment under its former name. */
export function newNameIn(comment: string | null | undefined): string | undefined {
  const [, quoted] = /^Former name of publication (".*"), kept by Terraform /.exec(comment ?? "") ?? [];
  return quoted === undefined ? undefined : (JSON.parse(quoted) as string);
}

/** The former names that a reader may still need, and those that none does. */
export function sortFormerNames(
  names: readonly string[],
  slots: readonly SlotReader[],
): { readonly needed: readonly string[]; readonly unused: readonly string[] } {
  const isNeeded = (name: string): boolean => slots.some((slot) => mayRead(slot, name));
  return { needed: names.filter(isNeeded), unused: names.filter((name) => !isNeeded(name)) };
}

export const FORMER_NAME_SUMMARY = "Publication remains under a former name";

/** Why a former name stays, and what the user can do. */
export function neededDetail(label: string, name: string, slots: readonly SlotReader[]): string {
  const readers = slots.filter((slot) => mayRead(slot, name));
  const seen = readers.filter(({ publications }) => publications !== null);
  const inactive = readers.filter(({ publications, active }) => publications === null && !active);
  const hidden = readers.filter(({ publications, active }) => publications === null && active);
  const reasons = [
    ...(seen.length > 0
      ? [
          `${capitalized(slotList(seen))} still read${seen.length === 1 ? "s" : ""} it: let the subscriber use the new name.`,
        ]
      : []),
    ...(inactive.length > 0
      ? [
          `Nothing is connected to ${slotList(inactive)}, so its publications are unknown: let the subscriber connect, or drop the slot if it is abandoned.`,
        ]
      : []),
    ...(hidden.length > 0
      ? [
          `The publications that ${slotList(hidden)} read${hidden.length === 1 ? "s" : ""} cannot be seen: wait until the first copy of its tables is complete, or grant pg_read_all_stats to the provider's user.`,
        ]
      : []),
  ];
  return (
    `${label} also exists as ${JSON.stringify(name)}, its former name. Without it, subscribers that use it would lose changes or stop. ${reasons.join(" ")} ` +
    `The plan after that removes it. If you are sure that no subscriber needs it, run DROP PUBLICATION ${id(name).text} yourself.`
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
