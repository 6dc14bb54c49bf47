import type { ServerVersion } from "../../postgres/server-version";
import { MAINTAIN_VERSION, PRIVILEGES, privilegeName } from "../shared/privileges";

/** The object types that default privileges exist for, and the privileges of each. `routine` covers functions too. */
const DEFAULTABLE = {
  table: PRIVILEGES.table,
  sequence: PRIVILEGES.sequence,
  function: PRIVILEGES.function,
  routine: PRIVILEGES.routine,
  type: ["USAGE"],
  schema: PRIVILEGES.schema,
} as const;

/** An object type that `ALTER DEFAULT PRIVILEGES` accepts. */
export type DefaultObjectType = keyof typeof DEFAULTABLE;

/** The names of all object types, for messages. */
export const DEFAULT_OBJECT_TYPES: readonly string[] = Object.keys(DEFAULTABLE);

/** Whether default privileges exist for this object type. */
export function isDefaultObjectType(text: string): text is DefaultObjectType {
  return Object.hasOwn(DEFAULTABLE, text);
}

/** What is wrong with a privilege for an object type, as a sentence; null when the privilege exists. */
export function defaultPrivilegeComplaint(text: string, type: DefaultObjectType): string | null {
  const known: readonly string[] = DEFAULTABLE[type];
  const name = privilegeName(text);
  return name === "ALL" || known.includes(name)
    ? null
    : `PostgreSQL has no privilege ${JSON.stringify(text)} on a ${type}. Use ALL, ${known.join(", ")}.`;
}

/** The privileges that a list stands for: ALL is every privilege of the server's version. */
export function expandDefaultPrivileges(
  names: readonly string[],
  type: DefaultObjectType,
  version: ServerVersion,
): ReadonlySet<string> {
  const wanted = names.map(privilegeName);
  if (!wanted.includes("ALL")) return new Set(wanted);
  return new Set(
    DEFAULTABLE[type].filter((name) => name !== "MAINTAIN" || version.atLeast(MAINTAIN_VERSION)),
  );
}
