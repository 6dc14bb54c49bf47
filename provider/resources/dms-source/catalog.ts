import { lit, type Sql, sql, textArray } from "../../postgres/sql";
import { AUDIT_TABLE, FUNCTION, TRIGGERS } from "./objects";

/** What is where the audit table should be. */
export interface FoundTable {
  /** `r` for an ordinary table. */
  readonly kind: string;
  /** `p` for a table whose changes are in the WAL. */
  readonly persistence: string;
  readonly owner: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** As in `PRIMARY KEY (c_key)`; null when there is none. */
  readonly primary_key: string | null;
  /** Whether `c_key` fills itself in. */
  readonly numbers_rows: boolean;
  /** The sequences that the columns own. */
  readonly sequences: readonly { readonly schema: string; readonly name: string }[];
  /** Whether PUBLIC has a privilege on the table or such a sequence. */
  readonly open_to_public: boolean;
  /** The roles, other than the owner, that have a privilege on the table themselves. */
  readonly grantees: readonly string[];
}

export interface FoundFunction {
  readonly owner: string;
  readonly returns: string;
  readonly language: string;
  readonly security_definer: boolean;
  readonly settings: readonly string[] | null;
  readonly source: string;
}

export interface FoundTrigger {
  readonly name: string;
  readonly owner: string;
  readonly event: string;
  readonly tags: readonly string[] | null;
  /** `O` is on, `A` always, `R` in replica sessions only, `D` off. */
  readonly enabled: string;
  readonly function_schema: string;
  readonly function_name: string;
}

/** What a role may do; there is one for the DMS user, unless it does not exist, and for the function's owner. */
export interface FoundRole {
  readonly name: string;
  /** Whether it has the privileges that {@link FoundTable} and its sequences are used with; true without a table. */
  readonly uses_table: boolean;
  readonly uses_schema: boolean;
}

/** All that there is of DMS's DDL capture in one schema of a database. */
export interface FoundObjects {
  readonly schema: boolean;
  readonly table: FoundTable | null;
  readonly function: FoundFunction | null;
  readonly triggers: readonly FoundTrigger[];
  readonly roles: readonly FoundRole[];
}

/**
 * One row, {@link FoundObjects}. Event triggers are in no schema; they are found by their names.
 *
 * @param username The DMS user; null while it is not known.
 */
export function objectsQuery(schema: string, username: string | null): Sql {
  const auditTable = sql`
    SELECT c.oid AS table_oid, c.relkind, c.relpersistence, c.relowner, c.relacl
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${lit(schema)} AND c.relname = ${lit(AUDIT_TABLE)}`;
  const interceptFunction = sql`
    SELECT p.proowner, p.prorettype, p.prolang, p.prosecdef, p.proconfig, p.prosrc
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ${lit(schema)} AND p.proname = ${lit(FUNCTION)} AND p.pronargs = 0`;
  return sql`
    SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ${lit(schema)}) AS schema,
           (SELECT row_to_json(x) FROM (${tableRow(auditTable)}) x) AS "table",
           (SELECT row_to_json(x) FROM (${functionRow(interceptFunction)}) x) AS "function",
           (SELECT coalesce(json_agg(x ORDER BY x.name), '[]') FROM (${TRIGGER_ROWS}) x) AS triggers,
           (SELECT coalesce(json_agg(x ORDER BY x.name), '[]')
            FROM (${roleRows(schema, username, auditTable, interceptFunction)}) x) AS roles`;
}

/** The sequences that columns of the table `t` own, of that query which this one is in. */
const OWNED_SEQUENCES = sql`
  SELECT s.oid, s.relname, s.relacl, s.relkind, sn.nspname
  FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class s ON s.oid = d.objid
  JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = d.classid
    AND d.refobjid = t.table_oid AND d.deptype IN ('a', 'i') AND s.relkind = 'S'`;

function tableRow(auditTable: Sql): Sql {
  return sql`
    SELECT t.relkind AS kind, t.relpersistence AS persistence, pg_catalog.pg_get_userbyid(t.relowner) AS owner,
           (SELECT coalesce(json_agg(json_build_object('name', attname, 'type', pg_catalog.format_type(atttypid, atttypmod)) ORDER BY attnum), '[]')
            FROM pg_catalog.pg_attribute WHERE attrelid = t.table_oid AND attnum > 0 AND NOT attisdropped) AS columns,
           (SELECT pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint
            WHERE conrelid = t.table_oid AND contype = 'p') AS primary_key,
           EXISTS (SELECT FROM pg_catalog.pg_attribute
                   WHERE attrelid = t.table_oid AND attname = 'c_key' AND (atthasdef OR attidentity <> '')) AS numbers_rows,
           (SELECT coalesce(json_agg(json_build_object('schema', s.nspname, 'name', s.relname)), '[]')
            FROM (${OWNED_SEQUENCES}) s) AS sequences,
           EXISTS (SELECT FROM (SELECT t.relacl UNION ALL SELECT s.relacl FROM (${OWNED_SEQUENCES}) s) acls (relacl),
                          LATERAL aclexplode(acls.relacl) a
                   WHERE a.grantee = 0) AS open_to_public,
           ARRAY(SELECT DISTINCT r.rolname::text FROM aclexplode(t.relacl) a JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
                 WHERE a.grantee <> t.relowner ORDER BY 1) AS grantees
    FROM (${auditTable}) t`;
}

function functionRow(interceptFunction: Sql): Sql {
  return sql`
    SELECT pg_catalog.pg_get_userbyid(p.proowner) AS owner, pg_catalog.format_type(p.prorettype, NULL) AS returns,
           l.lanname AS language, p.prosecdef AS security_definer, p.proconfig AS settings, p.prosrc AS source
    FROM (${interceptFunction}) p JOIN pg_catalog.pg_language l ON l.oid = p.prolang`;
}

const TRIGGER_ROWS = sql`
  SELECT e.evtname AS name, pg_catalog.pg_get_userbyid(e.evtowner) AS owner, e.evtevent AS event,
         e.evttags AS tags, e.evtenabled AS enabled, n.nspname AS function_schema, p.proname AS function_name
  FROM pg_catalog.pg_event_trigger e JOIN pg_catalog.pg_proc p ON p.oid = e.evtfoid
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE e.evtname = ANY (${textArray(TRIGGERS.map(({ name }) => name))})`;

function roleRows(schema: string, username: string | null, auditTable: Sql, interceptFunction: Sql): Sql {
  // The CASE keeps the server from asking what has_sequence_privilege refuses: about what is no sequence.
  return sql`
    SELECT r.rolname AS name,
           coalesce(pg_catalog.has_table_privilege(r.oid, t.table_oid, 'SELECT')
             AND pg_catalog.has_table_privilege(r.oid, t.table_oid, 'INSERT')
             AND pg_catalog.has_table_privilege(r.oid, t.table_oid, 'DELETE')
             AND NOT EXISTS (SELECT FROM (${OWNED_SEQUENCES}) s
                             WHERE CASE s.relkind WHEN 'S' THEN NOT pg_catalog.has_sequence_privilege(r.oid, s.oid, 'USAGE') END),
             true) AS uses_table,
           coalesce(pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE'), true) AS uses_schema
    FROM pg_catalog.pg_roles r LEFT JOIN (${auditTable}) t ON true
    LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = ${lit(schema)}
    WHERE r.rolname = ${lit(username)} OR r.oid = (SELECT p.proowner FROM (${interceptFunction}) p)`;
}
