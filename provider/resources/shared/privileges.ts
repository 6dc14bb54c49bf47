import type { ServerVersion } from "../../postgres/server-version";

/** The kinds of objects that privileges are granted on, and the privileges that there are on each. */
export const PRIVILEGES = {
  database: ["CREATE", "CONNECT", "TEMPORARY"],
  schema: ["CREATE", "USAGE"],
  table: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"],
  column: ["SELECT", "INSERT", "UPDATE", "REFERENCES"],
  sequence: ["USAGE", "SELECT", "UPDATE"],
  function: ["EXECUTE"],
  procedure: ["EXECUTE"],
  routine: ["EXECUTE"],
  foreign_data_wrapper: ["USAGE"],
  foreign_server: ["USAGE"],
} as const;

export type ObjectType = keyof typeof PRIVILEGES;

export function isObjectType(text: string): text is ObjectType {
  return Object.hasOwn(PRIVILEGES, text);
}

/** The version that MAINTAIN came with. */
export const MAINTAIN_VERSION = 17;

/** One spelling for each privilege: upper case, ALL and TEMPORARY in their one form. */
export function privilegeName(text: string): string {
  const name = text.trim().toUpperCase();
  return name === "ALL PRIVILEGES" ? "ALL" : name === "TEMP" ? "TEMPORARY" : name;
}

/** The privileges that a list stands for: ALL is every one that the server's version knows. */
export function expandPrivileges(
  names: readonly string[],
  type: ObjectType,
  version: ServerVersion,
): ReadonlySet<string> {
  const wanted = names.map(privilegeName);
  if (!wanted.includes("ALL")) return new Set(wanted);
  return new Set(PRIVILEGES[type].filter((name) => name !== "MAINTAIN" || version.atLeast(MAINTAIN_VERSION)));
}

/** What is wrong with a privilege on an object of the type, as a sentence; null when there is such a privilege. */
export function privilegeComplaint(text: string, type: ObjectType): string | null {
  const name = privilegeName(text);
  return name === "ALL" || PRIVILEGES[type].some((known) => known === name)
    ? null
    : `There is no privilege ${JSON.stringify(text)} on a ${type.replaceAll("_", " ")}: it can be ALL, ${PRIVILEGES[type].join(", ")}.`;
}

export function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((item) => other.has(item));
}
