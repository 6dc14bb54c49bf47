/** The types in a list such as `numeric(10, 2), "a,b"`: it is split at commas outside parentheses and quotes. */
export function splitTypes(types: string): string[] {
  const items = types.match(/(?:"[^"]*"|\([^)]*\)|[^,"(])+/g) ?? [];
  return items.map((item) => item.trim());
}
