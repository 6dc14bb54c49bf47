import type { SessionInfo } from "../../postgres/session";
import { id, list, lit, type Sql, sql, textArray, verbatim } from "../../postgres/sql";
import { splitTypes } from "../shared/argument-types";
import type { ObjectType } from "../shared/privileges";

/** What a grant is about: the attributes that say who and which objects. */
export interface GrantScope {
  readonly role: string;
  readonly object_type: string;
  readonly database: string;
  readonly schema: string | null;
  /** Null or empty: all of the type in the schema. */
  readonly objects: readonly string[] | null;
  readonly columns: readonly string[] | null;
}

/** A privilege that the role holds on a target. */
export interface HeldPrivilege {
  readonly grantable: boolean;
  readonly grantors: readonly string[];
}

/** One object, or one column, that the role may hold privileges on. */
export interface GrantTarget {
  /** The element of `objects` that named it; null when none was needed. */
  readonly reference: string | null;
  readonly name: string;
  /** The types of a routine's arguments, `(integer, text)`; null for anything else. */
  readonly signature: string | null;
  readonly column: string | null;
  readonly owner: string;
  readonly held: Readonly<Record<string, HeldPrivilege>>;
}

/** What is on the server of a grant. */
export interface GrantFindings {
  readonly role_exists: boolean;
  /** True where objects of the type are in no schema. */
  readonly schema_exists: boolean;
  readonly targets: readonly GrantTarget[];
}

/** The name that stands for every role, as upstream has it. */
export const PUBLIC = "public";

/** PostgreSQL's words for the types whose objects are in no schema. */
const SCHEMALESS: readonly ObjectType[] = ["database", "foreign_data_wrapper", "foreign_server"];

export function needsSchema(type: ObjectType): boolean {
  return !SCHEMALESS.includes(type);
}

export function isRoutine(type: ObjectType): type is "function" | "procedure" | "routine" {
  return type === "function" || type === "procedure" || type === "routine";
}

/** Reads what the role holds on the objects concerned, and on nothing else: one row. */
export function findingsQuery(scope: GrantScope, type: ObjectType, session: SessionInfo): Sql {
  const schemaExists = needsSchema(type)
    ? sql`EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ${lit(scope.schema)})`
    : sql`true`;
  const grantee =
    scope.role === PUBLIC
      ? sql`SELECT 0::oid AS oid`
      : sql`SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${lit(scope.role)}`;
  return sql`WITH grantee AS (${grantee}),
                  target AS (${targetsQuery(scope, type, session)})
             SELECT EXISTS (SELECT FROM grantee) AS role_exists, ${schemaExists} AS schema_exists,
                    coalesce((SELECT json_agg(json_build_object(
                                       'reference', reference, 'name', name, 'signature', signature, 'column', "column",
                                       'owner', pg_catalog.pg_get_userbyid(owner), 'held', coalesce(held, '{}'))
                                     ORDER BY name, signature, "column")
                              FROM target
                              LEFT JOIN LATERAL (
                                SELECT json_object_agg(privilege_type, json_build_object('grantable', grantable, 'grantors', grantors)) AS held
                                FROM (SELECT privilege_type, bool_or(is_grantable) AS grantable,
                                             json_agg(DISTINCT pg_catalog.pg_get_userbyid(grantor)) AS grantors
                                      FROM pg_catalog.aclexplode(acl)
                                      WHERE grantee = (SELECT oid FROM grantee)
                                      GROUP BY privilege_type) AS privilege) AS privileges ON true), '[]') AS targets`;
}

/** The parts of a row of targets; what is left out is NULL. */
interface TargetRow {
  readonly reference?: Sql;
  readonly name: Sql;
  readonly signature?: Sql;
  readonly column?: Sql;
  readonly owner: Sql;
  /** NULL stands for what `acldefault` says for this kind of object. */
  readonly acl: Sql;
  readonly kind: Sql;
}

function targetRow({ name, owner, acl, kind, ...rest }: TargetRow): Sql {
  const { reference = sql`NULL`, signature = sql`NULL`, column = sql`NULL` } = rest;
  return sql`${reference}::text AS reference, ${name}::text AS name, ${signature}::text AS signature, ${column}::text AS "column",
             ${owner} AS owner, coalesce(${acl}, pg_catalog.acldefault(${kind}, ${owner})) AS acl`;
}

function targetsQuery(scope: GrantScope, type: ObjectType, session: SessionInfo): Sql {
  const objects = textArray(scope.objects ?? []);
  switch (type) {
    case "database": {
      const row = { name: sql`datname`, owner: sql`datdba`, acl: sql`datacl`, kind: sql`'d'` };
      return sql`SELECT ${targetRow(row)} FROM pg_catalog.pg_database WHERE datname = ${lit(scope.database)}`;
    }
    case "schema": {
      const row = { name: sql`nspname`, owner: sql`nspowner`, acl: sql`nspacl`, kind: sql`'n'` };
      return sql`SELECT ${targetRow(row)} FROM pg_catalog.pg_namespace WHERE nspname = ${lit(scope.schema)}`;
    }
    case "foreign_data_wrapper": {
      const name = sql`fdwname`;
      const row = { reference: name, name, owner: sql`fdwowner`, acl: sql`fdwacl`, kind: sql`'F'` };
      return sql`SELECT ${targetRow(row)} FROM pg_catalog.pg_foreign_data_wrapper WHERE fdwname = ANY (${objects})`;
    }
    case "foreign_server": {
      const name = sql`srvname`;
      const row = { reference: name, name, owner: sql`srvowner`, acl: sql`srvacl`, kind: sql`'S'` };
      return sql`SELECT ${targetRow(row)} FROM pg_catalog.pg_foreign_server WHERE srvname = ANY (${objects})`;
    }
    case "table":
      return relationsQuery(scope, TABLES, sql`'r'`);
    case "sequence":
      return relationsQuery(scope, sql`'S'`, sql`'s'`);
    case "column": {
      const name = sql`relname`;
      const [column, owner, acl] = [sql`attname`, sql`relowner`, sql`attacl`];
      return sql`SELECT ${targetRow({ reference: name, name, column, owner, acl, kind: sql`'c'` })}
                 FROM pg_catalog.pg_class c
                 JOIN pg_catalog.pg_attribute a ON attrelid = c.oid AND NOT attisdropped
                 WHERE relnamespace = ${namespaceOid(scope)} AND relkind IN (${TABLES})
                   AND relname = ANY (${objects}) AND attname = ANY (${textArray(scope.columns ?? [])})`;
    }
    case "function":
    case "procedure":
    case "routine":
      return routinesQuery(scope, type, session);
  }
}

/** What ALL TABLES IN SCHEMA means: tables, partitioned and foreign ones too, views, and materialized views. */
const TABLES = sql`'r', 'p', 'v', 'm', 'f'`;

function namespaceOid({ schema }: GrantScope): Sql {
  return sql`(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ${lit(schema)})`;
}

function relationsQuery(scope: GrantScope, kinds: Sql, kind: Sql): Sql {
  const name = sql`relname`;
  const named = isAll(scope) ? sql`` : sql` AND relname = ANY (${textArray(scope.objects ?? [])})`;
  return sql`SELECT ${targetRow({ reference: name, name, owner: sql`relowner`, acl: sql`relacl`, kind })}
             FROM pg_catalog.pg_class
             WHERE relnamespace = ${namespaceOid(scope)} AND relkind IN (${kinds})${named}`;
}

function routinesQuery(
  scope: GrantScope,
  type: "function" | "procedure" | "routine",
  { version }: SessionInfo,
): Sql {
  // Before 11 there were functions only.
  const kinds = { function: sql`prokind <> 'p'`, procedure: sql`prokind = 'p'`, routine: sql`true` };
  const isOfType = version.atLeast(11) ? kinds[type] : sql`true`;
  const row = {
    name: sql`proname`,
    signature: sql`('(' || pg_catalog.oidvectortypes(proargtypes) || ')')`,
    owner: sql`proowner`,
    acl: sql`proacl`,
    kind: sql`'f'`,
  };
  const where = sql`WHERE pronamespace = ${namespaceOid(scope)} AND ${isOfType}`;
  if (isAll(scope)) return sql`SELECT ${targetRow(row)} FROM pg_catalog.pg_proc ${where}`;
  const wanted = list((scope.objects ?? []).map(routineReference));
  return sql`SELECT ${targetRow({ ...row, reference: sql`reference` })}
             FROM pg_catalog.pg_proc
             JOIN (VALUES ${wanted}) AS wanted (reference, name, types)
               ON proname = wanted.name AND coalesce(proargtypes::text = wanted.types, true)
             ${where}`;
}

/** The name of a routine that is referred to with or without the types of its arguments: `f` of `f(int)`. */
export function routineName(reference: string): string {
  return splitReference(reference).name;
}

function splitReference(reference: string): { name: string; types: string | undefined } {
  const [, name, types] = /^([^(]*)\((.*)\)$/s.exec(reference) ?? [];
  return { name: name?.trim() ?? reference, types };
}

/** The reference, the routine's name, and the OIDs of its argument types, NULL when none are given: `f`, `f()`, `f(int, text[])`. */
function routineReference(reference: string): Sql {
  const { name, types } = splitReference(reference);
  if (types === undefined) return sql`(${lit(reference)}, ${lit(name)}, NULL::text)`;
  return sql`(${lit(reference)}, ${lit(name)},
              (SELECT coalesce(string_agg(coalesce(pg_catalog.to_regtype(type)::oid::text, 'none'), ' ' ORDER BY place), '')
               FROM unnest(${textArray(splitTypes(types))}) WITH ORDINALITY AS argument (type, place)))`;
}

/** Whether the objects are named nowhere: all in the schema are meant, or the one that is the schema or database. */
function isAll({ objects }: GrantScope): boolean {
  return objects === null || objects.length === 0;
}

/** Whether all objects of the type in the schema are meant, those to come included. */
export function isOpenEnded(scope: GrantScope, type: ObjectType): boolean {
  return isAll(scope) && type !== "schema" && needsSchema(type);
}

/** The objects and columns that are named and not there, as a diagnostic names them. */
export function missingTargets(
  scope: GrantScope,
  targets: readonly GrantTarget[],
  type: ObjectType,
): string[] {
  const columns = type === "column" ? (scope.columns ?? []) : [null];
  return (scope.objects ?? []).flatMap((object) =>
    columns
      .filter((column) => !targets.some((target) => target.reference === object && target.column === column))
      .map((column) => targetLabel({ name: object, signature: null, column }, scope, type)),
  );
}

/** A target as GRANT and REVOKE name it, columns aside. */
export function targetId(target: GrantTarget, scope: GrantScope, type: ObjectType): Sql {
  if (!needsSchema(type) || type === "schema" || scope.schema === null) return id(target.name);
  const name = id(scope.schema, target.name);
  // PostgreSQL itself wrote the types.
  return target.signature === null ? name : sql`${name}${verbatim(target.signature)}`;
}

/** PostgreSQL's words for the types, between ON and the name. */
export const TYPE_KEYWORDS: Readonly<Record<ObjectType, Sql>> = {
  database: sql`DATABASE`,
  schema: sql`SCHEMA`,
  table: sql`TABLE`,
  column: sql`TABLE`,
  sequence: sql`SEQUENCE`,
  function: sql`FUNCTION`,
  procedure: sql`PROCEDURE`,
  routine: sql`ROUTINE`,
  foreign_data_wrapper: sql`FOREIGN DATA WRAPPER`,
  foreign_server: sql`FOREIGN SERVER`,
};

/** Names a target in a diagnostic: `table public.t`, `column a of table public.t`, `function public.f(integer)`. */
export function targetLabel(
  target: Pick<GrantTarget, "name" | "signature" | "column">,
  scope: GrantScope,
  type: ObjectType,
): string {
  const noun = (type === "column" ? "table" : type).replaceAll("_", " ");
  const inSchema = needsSchema(type) && type !== "schema" ? `${scope.schema ?? ""}.` : "";
  const column = target.column === null ? "" : `column ${JSON.stringify(target.column)} of `;
  return `${column}${noun} ${inSchema}${target.name}${target.signature ?? ""}`;
}
