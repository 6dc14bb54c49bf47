import type { ServerVersion } from "../../postgres/server-version";
import { type GrantFindings, type GrantScope, type GrantTarget, isOpenEnded } from "./targets";
import { expandPrivileges, type ObjectType, sameSet } from "../shared/privileges";

/** The attributes of a grant that the state keeps. Right after an import, null is what was not part of the import ID. */
interface KnownGrant extends GrantScope {
  readonly privileges: readonly string[] | null;
  readonly with_grant_option: boolean | null;
}

/** A grant as the state keeps it. */
export interface GrantValues extends GrantScope {
  readonly privileges: readonly string[];
  readonly with_grant_option: boolean;
}

/**
 * What the server has of a grant; null when nothing is left of it. Where all is as it was before, it is spelt as before.
 * Where it is not, the difference is one that a plan shows: `objects` and `columns` without what is gone; `privileges`
 * as all objects have them when something is missing, or as any of them has when something is too much.
 */
export function grantState(
  { role_exists: roleExists, schema_exists: schemaExists, targets }: GrantFindings,
  before: KnownGrant,
  type: ObjectType,
  version: ServerVersion,
): GrantValues | null {
  if (!roleExists || !schemaExists) return null;
  if (targets.length === 0 && !isOpenEnded(before, type)) return null;
  const isThere = (object: string, column: string | null): boolean =>
    targets.some((target) => target.reference === object && (column === null || target.column === column));
  const objects = before.objects?.filter((object) => isThere(object, null)) ?? null;
  const hasColumn = (column: string): boolean => objects?.every((object) => isThere(object, column)) ?? false;
  return {
    role: before.role,
    database: before.database,
    schema: before.schema,
    object_type: before.object_type,
    objects,
    columns: before.columns?.filter(hasColumn) ?? null,
    privileges: privilegesOf(targets, before, type, version),
    with_grant_option: isGrantable(targets, before),
  };
}

function privilegesOf(
  targets: readonly GrantTarget[],
  { privileges: before }: KnownGrant,
  type: ObjectType,
  version: ServerVersion,
): readonly string[] {
  const [first, ...others] = targets.map(({ held }) => new Set(Object.keys(held)));
  if (first === undefined) return before ?? [];
  const common = new Set([...first].filter((name) => others.every((names) => names.has(name))));
  if (before === null) return [...common].sort();
  const any = new Set([first, ...others].flatMap((names) => [...names]));
  const expected = expandPrivileges(before, type, version);
  if (!sameSet(common, expected)) return [...common].sort();
  return sameSet(any, expected) ? before : [...any].sort();
}

function isGrantable(targets: readonly GrantTarget[], { with_grant_option: before }: KnownGrant): boolean {
  const flags = targets.flatMap(({ held }) => Object.values(held).map(({ grantable }) => grantable));
  if (flags.length === 0) return before ?? false;
  return before ? flags.every(Boolean) : flags.some(Boolean);
}
