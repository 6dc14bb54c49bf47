import { id, list, type Sql, sql } from "../../postgres/sql";

/** A `policy` block: what a role may do with a schema. */
export interface SchemaPolicy {
  /** Empty for PUBLIC. */
  readonly role: string;
  readonly create: boolean;
  readonly create_with_grant: boolean;
  readonly usage: boolean;
  readonly usage_with_grant: boolean;
}

/** An entry of a schema's access control list; `role` is empty for PUBLIC. */
export interface AclEntry {
  readonly role: string;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** How much of a privilege a role has: nothing, the privilege, or that with the right to grant it to others. */
const [NO, YES, WITH_GRANT] = [0, 1, 2];

interface Privileges {
  readonly create: number;
  readonly usage: number;
}

const NOTHING: Privileges = { create: NO, usage: NO };

/**
 * The policies as the server has them: those that hold stay as they are written; those of a role whose privileges are
 * others become one that says what these are.
 */
export function policiesInForce(
  policies: readonly SchemaPolicy[],
  acl: readonly AclEntry[],
): readonly SchemaPolicy[] {
  const granted = privilegesInAcl(acl);
  return [...privilegesInPolicies(policies)].flatMap(([role, wanted]) => {
    const actual = granted.get(role) ?? NOTHING;
    return wanted.create === actual.create && wanted.usage === actual.usage
      ? policies.filter((policy) => roleOf(policy) === role)
      : [policyOf(role, actual)];
  });
}

/**
 * The statements that give each role of `planned` what it says and nothing else, and take everything from a role that
 * only `prior` speaks of.
 */
export function policyStatements(
  schema: string,
  acl: readonly AclEntry[],
  prior: readonly SchemaPolicy[],
  planned: readonly SchemaPolicy[],
): Sql[] {
  const granted = privilegesInAcl(acl);
  const wanted = privilegesInPolicies(planned);
  const roles = new Set([...prior.map(roleOf), ...wanted.keys()]);
  return [...roles].flatMap((role) => {
    const [before, after] = [granted.get(role) ?? NOTHING, wanted.get(role) ?? NOTHING];
    return [
      ...changeStatements(sql`CREATE`, schema, role, before.create, after.create),
      ...changeStatements(sql`USAGE`, schema, role, before.usage, after.usage),
    ];
  });
}

function changeStatements(
  privilege: Sql,
  schema: string,
  role: string,
  before: number,
  after: number,
): Sql[] {
  if (before === after) return [];
  const [what, who] = [sql`${privilege} ON SCHEMA ${id(schema)}`, role === "" ? sql`PUBLIC` : id(role)];
  if (after > before) {
    const option = after === WITH_GRANT ? [sql`WITH GRANT OPTION`] : [];
    return [list([sql`GRANT ${what} TO ${who}`, ...option], " ")];
  }
  return [after === NO ? sql`REVOKE ${what} FROM ${who}` : sql`REVOKE GRANT OPTION FOR ${what} FROM ${who}`];
}

/** PostgreSQL takes the name public for PUBLIC too: no role can have it. */
function roleOf({ role }: SchemaPolicy): string {
  return role === "public" ? "" : role;
}

/** Several policies of one role add up. */
function privilegesInPolicies(policies: readonly SchemaPolicy[]): Map<string, Privileges> {
  const level = (yes: boolean, withGrant: boolean): number => (withGrant ? WITH_GRANT : yes ? YES : NO);
  return addUp(
    policies.map((policy) => [
      roleOf(policy),
      {
        create: level(policy.create, policy.create_with_grant),
        usage: level(policy.usage, policy.usage_with_grant),
      },
    ]),
  );
}

/** A role can have the same privilege from several grantors. */
function privilegesInAcl(acl: readonly AclEntry[]): Map<string, Privileges> {
  return addUp(
    acl.map(({ role, privilege, grantable }) => {
      const level = grantable ? WITH_GRANT : YES;
      return [
        role,
        { create: privilege === "CREATE" ? level : NO, usage: privilege === "USAGE" ? level : NO },
      ];
    }),
  );
}

function addUp(entries: readonly (readonly [string, Privileges])[]): Map<string, Privileges> {
  const sums = new Map<string, Privileges>();
  for (const [role, { create, usage }] of entries) {
    const sum = sums.get(role) ?? NOTHING;
    sums.set(role, { create: Math.max(sum.create, create), usage: Math.max(sum.usage, usage) });
  }
  return sums;
}

function policyOf(role: string, { create, usage }: Privileges): SchemaPolicy {
  return {
    role,
    create: create === YES,
    create_with_grant: create === WITH_GRANT,
    usage: usage === YES,
    usage_with_grant: usage === WITH_GRANT,
  };
}
