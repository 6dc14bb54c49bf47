/** PostgreSQL cuts longer names off, silently (NAMEDATALEN - 1). */
const MAX_IDENTIFIER_BYTES = 63;

/** What is wrong with the name of a PostgreSQL object, as the end of a sentence; null when it can be one. */
export function identifierComplaint(name: string): string | null {
  if (name === "") return "is empty. Give it a name.";
  if (name.includes("\0")) return "contains a NUL character, which no name may.";
  const bytes = Buffer.byteLength(name);
  return bytes > MAX_IDENTIFIER_BYTES
    ? `is ${bytes} bytes long (${JSON.stringify(name)}). PostgreSQL keeps ${MAX_IDENTIFIER_BYTES} bytes of a name: choose a shorter one.`
    : null;
}

/** What is wrong with the first wrong one of several names, as the end of a sentence; null when all can be names. */
export function identifiersComplaint(names: readonly string[]): string | null {
  const complaint = names.map(identifierComplaint).find((found) => found !== null) ?? null;
  return complaint === null ? null : `contains a name that ${complaint}`;
}

/** What is wrong with the name of a replication slot, as the end of a sentence; null when it can be one. */
export function slotNameComplaint(name: string): string | null {
  return /^[a-z0-9_]{1,63}$/.test(name)
    ? null
    : `is ${JSON.stringify(name)}. The name of a replication slot has 1 to 63 lower-case letters, digits and underscores.`;
}
