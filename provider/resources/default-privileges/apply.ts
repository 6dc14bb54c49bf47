import { DiagnosticError } from "../../framework/diagnostics";
import type { SessionInfo } from "../../postgres/session";
import { id, keyword, list, lit, type Sql, sql } from "../../postgres/sql";
import type { Transaction } from "../../postgres/transaction";
import { asMemberOf } from "../shared/membership";
import { type DefaultFindings, type DefaultScope, defaultsQuery, type HeldDefaults, PUBLIC } from "./catalog";
import type { DefaultObjectType } from "./privileges";

/** The privileges that a role should get by default, and no others. */
export interface WantedDefaults {
  readonly names: ReadonlySet<string>;
  readonly grantable: boolean;
}

/**
 * Alters the defaults of a scope so that the role gets exactly the wanted privileges.
 *
 * @returns The catalog's entry afterwards.
 * @throws DiagnosticError when the role, the owner or the schema does not exist.
 */
export async function establishDefaults(
  tx: Transaction,
  session: SessionInfo,
  scope: DefaultScope,
  type: DefaultObjectType,
  wanted: WantedDefaults,
): Promise<DefaultFindings> {
  const before = await lockAndFind(tx, scope, type);
  requireNames(before, scope);
  await alter(tx, session, scope, defaultChanges(scope, type, before.held, wanted));
  return find(tx, scope, type);
}

/** Gives the scope PostgreSQL's built-in defaults for the role again. Missing roles and schemas have nothing to restore. */
export async function restoreDefaults(
  tx: Transaction,
  session: SessionInfo,
  scope: DefaultScope,
  type: DefaultObjectType,
): Promise<void> {
  const { held, built_in: builtIn, ...found } = await lockAndFind(tx, scope, type);
  if (!found.role_exists || !found.owner_exists || !found.schema_exists) return;
  const wanted = { names: new Set(Object.keys(builtIn)), grantable: false };
  await alter(tx, session, scope, defaultChanges(scope, type, held, wanted));
}

/** Without a lock, two resources of one owner would insert or update the same row of pg_default_acl at once. */
async function lockAndFind(
  tx: Transaction,
  scope: DefaultScope,
  type: DefaultObjectType,
): Promise<DefaultFindings> {
  await tx.query(
    sql`SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('postgresql_default_privileges'), pg_catalog.hashtext(${lit(scope.owner)}))`,
  );
  return find(tx, scope, type);
}

async function find(tx: Transaction, scope: DefaultScope, type: DefaultObjectType): Promise<DefaultFindings> {
  const [findings] = await tx.query<DefaultFindings>(defaultsQuery(scope, type));
  if (findings === undefined) throw new Error("the query of default privileges returned no row");
  return findings;
}

function requireNames(findings: DefaultFindings, { role, owner, schema }: DefaultScope): void {
  const missing = [
    ...(findings.role_exists ? [] : [`the role ${JSON.stringify(role)}`]),
    ...(findings.owner_exists ? [] : [`the owner ${JSON.stringify(owner)}`]),
    ...(findings.schema_exists ? [] : [`the schema ${JSON.stringify(schema)}`]),
  ];
  if (missing.length === 0) return;
  throw new DiagnosticError(
    "Role or schema does not exist",
    `Default privileges cannot be altered: the server does not have ${missing.join(" and ")}. Create it first, or correct the name.`,
  );
}

async function alter(
  tx: Transaction,
  session: SessionInfo,
  { owner }: DefaultScope,
  statements: readonly Sql[],
): Promise<void> {
  if (statements.length === 0) return;
  await asMemberOf(tx, session, owner, () => tx.query(list(statements, ";\n")));
}

/** The statements that turn the held privileges into the wanted ones. */
function defaultChanges(
  scope: DefaultScope,
  type: DefaultObjectType,
  held: HeldDefaults,
  { names, grantable }: WantedDefaults,
): Sql[] {
  const missing = [...names].filter((name) => {
    const privilege = held[name];
    return privilege === undefined || (grantable && !privilege.grantable);
  });
  const excessOption = Object.keys(held).filter(
    (name) => names.has(name) && !grantable && held[name]?.grantable,
  );
  const excess = Object.keys(held).filter((name) => !names.has(name));
  const role = scope.role === PUBLIC ? sql`PUBLIC` : id(scope.role);
  const place = scope.schema ? sql` IN SCHEMA ${id(scope.schema)}` : sql``;
  const statement = (action: Sql, privileges: readonly string[], tail: Sql): Sql[] =>
    privileges.length === 0
      ? []
      : [
          sql`ALTER DEFAULT PRIVILEGES FOR ROLE ${id(scope.owner)}${place} ${action} ${list([...privileges].sort().map(keyword))} ON ${OBJECTS[type]} ${tail}`,
        ];
  return [
    ...statement(sql`GRANT`, missing, sql`TO ${role}${grantable ? sql` WITH GRANT OPTION` : sql``}`),
    ...statement(sql`REVOKE GRANT OPTION FOR`, excessOption, sql`FROM ${role}`),
    ...statement(sql`REVOKE`, excess, sql`FROM ${role}`),
  ];
}

/** PostgreSQL's plural words. FUNCTIONS and ROUTINES mean the same here; PostgreSQL 10 knows only the former. */
const OBJECTS: Readonly<Record<DefaultObjectType, Sql>> = {
  table: sql`TABLES`,
  sequence: sql`SEQUENCES`,
  function: sql`FUNCTIONS`,
  routine: sql`FUNCTIONS`,
  type: sql`TYPES`,
  schema: sql`SCHEMAS`,
};
