import { id, keyword, list, type Sql, sql } from "../../postgres/sql";
import { type GrantScope, type GrantTarget, targetId, targetLabel, TYPE_KEYWORDS } from "./targets";
import type { ObjectType } from "../shared/privileges";

/** What a role is to hold on a target, and nothing else. */
export interface WantedPrivileges {
  readonly names: ReadonlySet<string>;
  readonly grantable: boolean;
}

type Action = "GRANT" | "GRANT WITH GRANT OPTION" | "REVOKE" | "REVOKE GRANT OPTION FOR";

/** One thing to do to one target. */
export interface PrivilegeChange {
  readonly action: Action;
  readonly privileges: readonly string[];
  readonly target: GrantTarget;
}

/** What makes the role hold on a target exactly what is wanted. */
export function changesTo(target: GrantTarget, { names, grantable }: WantedPrivileges): PrivilegeChange[] {
  const held = Object.entries(target.held);
  const missing = [...names].filter((name) => {
    const privilege = target.held[name];
    return privilege === undefined || (grantable && !privilege.grantable);
  });
  const tooGrantable = held.filter(([name, is]) => names.has(name) && is.grantable && !grantable);
  return changes(target, [
    [grantable ? "GRANT WITH GRANT OPTION" : "GRANT", missing],
    ["REVOKE GRANT OPTION FOR", tooGrantable.map(([name]) => name)],
    ["REVOKE", held.map(([name]) => name).filter((name) => !names.has(name))],
  ]);
}

function changes(target: GrantTarget, steps: readonly (readonly [Action, string[]])[]): PrivilegeChange[] {
  return steps
    .filter(([, privileges]) => privileges.length > 0)
    .map(([action, privileges]) => ({ action, privileges: privileges.sort(), target }));
}

/** As few statements as do all changes: one for all targets that the same is done to. Grants come first. */
export function changeStatements(
  wanted: readonly PrivilegeChange[],
  scope: GrantScope,
  type: ObjectType,
): Sql[] {
  const groups = new Map<string, PrivilegeChange[]>();
  for (const change of wanted) {
    // The columns of one statement are those of one table.
    const table = change.target.column === null ? "" : change.target.name;
    const key = [change.action, change.privileges.join(), table].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const keys = [...groups.keys()].sort();
  return keys.map((key) => changeStatement(groups.get(key) ?? [], scope, type));
}

function changeStatement(
  [first, ...others]: readonly PrivilegeChange[],
  scope: GrantScope,
  type: ObjectType,
): Sql {
  if (first === undefined) throw new Error("a statement without a target");
  const targets = [first, ...others].map(({ target }) => target);
  const columns = targets.flatMap(({ column }) => (column === null ? [] : [id(column)]));
  const privileges = list(
    first.privileges.map((name) =>
      columns.length > 0 ? sql`${keyword(name)} (${list(columns)})` : keyword(name),
    ),
  );
  const names = columns.length > 0 ? targets.slice(0, 1) : targets;
  const on = sql`ON ${TYPE_KEYWORDS[type]} ${list(names.map((target) => targetId(target, scope, type)))}`;
  const role = id(scope.role);
  switch (first.action) {
    case "GRANT":
      return sql`GRANT ${privileges} ${on} TO ${role}`;
    case "GRANT WITH GRANT OPTION":
      return sql`GRANT ${privileges} ${on} TO ${role} WITH GRANT OPTION`;
    case "REVOKE":
      return sql`REVOKE ${privileges} ${on} FROM ${role}`;
    case "REVOKE GRANT OPTION FOR":
      return sql`REVOKE GRANT OPTION FOR ${privileges} ${on} FROM ${role}`;
  }
}

/** Says of a change that should have been made that it was not. */
export function describeFailure(
  { action, privileges, target }: PrivilegeChange,
  scope: GrantScope,
  type: ObjectType,
): string {
  const what = `${privileges.join(", ")} on ${targetLabel(target, scope, type)}`;
  const role = JSON.stringify(scope.role);
  if (action === "GRANT") return `role ${role} was not granted ${what}.`;
  if (action === "GRANT WITH GRANT OPTION") return `role ${role} was not granted ${what} with grant option.`;
  const grantors = new Set(privileges.flatMap((name) => target.held[name]?.grantors ?? []));
  const by = [...grantors].map((name) => JSON.stringify(name)).join(", ");
  const option = action === "REVOKE" ? "" : "the grant option for ";
  return `role ${role} still has ${option}${what}, granted by ${by}: only the grantor can revoke it.`;
}
