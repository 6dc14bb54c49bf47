import { lit, type Sql, sql } from "../../postgres/sql";
import type { DefaultObjectType } from "./privileges";

/** The role name that stands for every role, as in `postgresql_grant`. */
export const PUBLIC = "public";

/** The attributes that identify one entry of default privileges. */
export interface DefaultScope {
  readonly role: string;
  readonly database: string;
  readonly owner: string;
  /** Null or empty for the objects of all schemas. */
  readonly schema: string | null;
  readonly object_type: string;
}

/** The privileges of one grantee: whether each can be granted on. */
export type HeldDefaults = Readonly<Record<string, { readonly grantable: boolean }>>;

/** What the catalog has of one scope. */
export interface DefaultFindings {
  readonly role_exists: boolean;
  readonly owner_exists: boolean;
  /** True without a schema. */
  readonly schema_exists: boolean;
  /** What the role gets on new objects because of this scope. */
  readonly held: HeldDefaults;
  /** What PostgreSQL gives the role in this scope unless the defaults are altered. */
  readonly built_in: HeldDefaults;
  /** In a schema: what the role, or PUBLIC, gets from the defaults for all schemas. Otherwise empty. */
  readonly everywhere: HeldDefaults;
}

/** The letters that `pg_default_acl.defaclobjtype` and `acldefault` have for an object type. */
const LETTERS: Readonly<Record<DefaultObjectType, { readonly catalog: Sql; readonly acl: Sql }>> = {
  table: { catalog: sql`'r'`, acl: sql`'r'` },
  sequence: { catalog: sql`'S'`, acl: sql`'s'` },
  function: { catalog: sql`'f'`, acl: sql`'f'` },
  routine: { catalog: sql`'f'`, acl: sql`'f'` },
  type: { catalog: sql`'T'`, acl: sql`'T'` },
  schema: { catalog: sql`'n'`, acl: sql`'n'` },
};

/**
 * Reads one scope as one row. A scope without a row in `pg_default_acl` has the built-in defaults, which are none within
 * a schema: the entries of a schema only add to those for all schemas.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-default-acl.html
 */
export function defaultsQuery(scope: DefaultScope, type: DefaultObjectType): Sql {
  const { catalog, acl } = LETTERS[type];
  const grantee =
    scope.role === PUBLIC
      ? sql`SELECT 0::oid AS oid`
      : sql`SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${lit(scope.role)}`;
  const namespace = scope.schema
    ? sql`SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ${lit(scope.schema)}`
    : sql`SELECT 0::oid AS oid`;
  const builtIn = sql`pg_catalog.acldefault(${acl}, (SELECT oid FROM owner))`;
  const stored = (schemaOid: Sql): Sql =>
    sql`(SELECT defaclacl FROM pg_catalog.pg_default_acl
         WHERE defaclrole = (SELECT oid FROM owner) AND defaclnamespace = ${schemaOid} AND defaclobjtype = ${catalog})`;
  const global = sql`coalesce(${stored(sql`0`)}, ${builtIn})`;
  const own = scope.schema ? stored(sql`(SELECT oid FROM namespace)`) : global;
  const onlyRole = sql`grantee = (SELECT oid FROM grantee)`;
  return sql`WITH grantee AS (${grantee}),
                  owner AS (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${lit(scope.owner)}),
                  namespace AS (${namespace})
             SELECT EXISTS (SELECT FROM grantee) AS role_exists, EXISTS (SELECT FROM owner) AS owner_exists,
                    EXISTS (SELECT FROM namespace) AS schema_exists,
                    ${heldBy(own, onlyRole)} AS held,
                    ${heldBy(scope.schema ? sql`NULL::aclitem[]` : builtIn, onlyRole)} AS built_in,
                    ${heldBy(scope.schema ? global : sql`NULL::aclitem[]`, sql`(${onlyRole} OR grantee = 0)`)} AS everywhere`;
}

function heldBy(acl: Sql, condition: Sql): Sql {
  return sql`(SELECT coalesce(json_object_agg(privilege_type, json_build_object('grantable', grantable)), '{}')
              FROM (SELECT privilege_type, bool_or(is_grantable) AS grantable
                    FROM pg_catalog.aclexplode(${acl}) WHERE ${condition}
                    GROUP BY privilege_type) AS privilege)`;
}
