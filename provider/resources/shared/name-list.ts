/** The most names that a message lists. */
export const MAX_LISTED_NAMES = 10;

/** Lists the first ten names, and counts the others: `a, b and 3 more`. */
export function nameList(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED_NAMES).join(", ");
  const more = names.length - MAX_LISTED_NAMES;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
