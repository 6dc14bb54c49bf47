/** Other names that PostgreSQL has for an encoding, without their hyphens and underscores. */
const ALIASES: Readonly<Record<string, string>> = {
  unicode: "utf8",
  iso88591: "latin1",
  iso88592: "latin2",
  iso88593: "latin3",
  iso88594: "latin4",
  iso88599: "latin5",
  iso885910: "latin6",
  iso885913: "latin7",
  iso885914: "latin8",
  iso885915: "latin9",
  iso885916: "latin10",
};

/** Whether two names of a character set mean the same to PostgreSQL: `UTF8`, `utf-8` and `unicode`. */
export function sameEncoding(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function canonical(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/^windows/, "win");
  return ALIASES[plain] ?? plain;
}
