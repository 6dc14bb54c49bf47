import type { ServerVersion } from "../server-version";
import { list, lit, type Sql, sql } from "../sql";

/** What {@link catalogQuery} returns: one row, each part of it a list. */
export interface CatalogRow {
  readonly tables: readonly TableRow[];
  readonly columns: readonly ColumnRow[];
  readonly constraints: readonly ConstraintRow[];
  readonly indexes: readonly IndexRow[];
  readonly sequences: readonly SequenceRow[];
  readonly types: readonly TypeRow[];
  readonly references: readonly ReferenceRow[];
}

export interface TableRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly replica_identity: string;
  readonly replica_identity_index: string | null;
  readonly partition_key: string | null;
  readonly partition_columns: readonly string[];
  readonly parent_schema: string | null;
  readonly parent_name: string | null;
  readonly bound: string | null;
  readonly parents: readonly { schema: string; name: string }[];
  readonly statistics: readonly string[];
  readonly cluster_index: string | null;
  readonly of_type: string | null;
}

export interface ColumnRow {
  readonly table: number;
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly collation: string | null;
  readonly not_null: boolean;
  readonly not_null_not_valid: boolean;
  readonly identity: string;
  readonly generated: string;
  readonly default: string | null;
  readonly is_local: boolean;
  readonly storage: string | null;
  readonly compression: string | null;
}

export interface ConstraintRow {
  readonly oid: number;
  readonly table: number;
  readonly name: string;
  readonly kind: string;
  readonly definition: string;
  readonly columns: readonly string[];
  readonly target_schema: string | null;
  readonly target_name: string | null;
  readonly target_columns: readonly string[];
  readonly is_local: boolean;
}

export interface IndexRow {
  readonly oid: number;
  readonly table: number;
  readonly name: string;
  readonly unique: boolean;
  readonly definition: string;
  readonly columns: readonly string[];
  readonly of_constraint: boolean;
}

export interface SequenceRow {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cache: string;
  readonly cycle: boolean;
  /** The column that it belongs to: as its identity, or by OWNED BY. */
  readonly owner_table: number | null;
  readonly owner_column: number | null;
  readonly owner_schema: string | null;
  readonly owner_table_name: string | null;
  readonly owner_column_name: string | null;
  readonly of_identity: boolean;
}

export interface TypeRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly attributes: readonly { name: string; type: string; collation: string | null }[];
  readonly base: string | null;
  readonly collation: string | null;
  readonly not_null: boolean;
  readonly default: string | null;
  readonly checks: readonly { name: string; definition: string }[];
  readonly subtype: string | null;
  readonly subtype_opclass: string | null;
  readonly subtype_diff: string | null;
  readonly canonical: string | null;
  readonly multirange: string | null;
}

export interface ReferenceRow {
  readonly kind: "type" | "sequence" | "function" | "collation" | "extension";
  readonly schema: string;
  readonly name: string;
  readonly identity: string;
  /** Which part of what needs it: a column's type or default, a constraint, an index, a partition key, a type. */
  readonly part: "column" | "default" | "constraint" | "index" | "key" | "type";
  /** The OID of the table or type. */
  readonly owner: number;
  /** The column's number, or the constraint's or index's OID. */
  readonly member: number;
}

const SETTINGS = {
  // With nothing in the search path, every name is printed with its schema.
  search_path: "",
  quote_all_identifiers: "off",
  DateStyle: "ISO, YMD",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  extra_float_digits: "3",
  // Compiling a query of this size takes longer than running it.
  jit: "off",
};

/**
 * Makes PostgreSQL write definitions in the same way on every server, and read them so, until the transaction ends.
 * Goes before {@link catalogQuery} and before what is made of its answer.
 */
export const CATALOG_SETTINGS: Sql = sql`
  SELECT pg_catalog.set_config(s.name, wanted.value, true)
  FROM (VALUES ${list(Object.entries(SETTINGS).map(([name, value]) => sql`(${lit(name)}, ${lit(value)})`))}) AS wanted (name, value)
  JOIN pg_catalog.pg_settings s ON s.name = wanted.name`;

/**
 * Reads the definitions of tables, and of all types, in one statement, however many there are. Needs no privilege
 * but to connect.
 *
 * @param selected Common table expressions; one named `selected` has the OIDs of the tables in its column `oid`.
 */
export function catalogQuery(selected: Sql, version: ServerVersion): Sql {
  return sql`
    WITH RECURSIVE ${selected},
    user_types AS (
      SELECT t.oid, t.typrelid FROM pg_type t LEFT JOIN pg_class r ON r.oid = t.typrelid
      -- Not a table's row type; and below 16384 are the system's own.
      WHERE t.typtype IN ('e', 'd', 'r', 'c') AND (t.typtype <> 'c' OR r.relkind = 'c') AND t.oid >= 16384
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
    ),
    needs AS (${referencesQuery(version)})
    SELECT ${rows(TABLES)} AS tables, ${rows(columnsQuery(version))} AS columns,
           ${rows(constraintsQuery(version))} AS constraints, ${rows(INDEXES)} AS indexes,
           ${rows(SEQUENCES)} AS sequences, ${rows(typesQuery(version))} AS types,
           ${rows(sql`SELECT kind, schema, name, identity, part, owner, member FROM needs`)} AS references`;
}

/** A query's rows as one JSON array, which arrives as objects. */
export function rows(query: Sql): Sql {
  return sql`(SELECT coalesce(json_agg(q), '[]') FROM (${query}) q)`;
}

const TABLES = sql`
  SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.relreplident AS replica_identity,
         (SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
          WHERE x.indrelid = c.oid AND x.indisreplident) AS replica_identity_index,
         CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
         (SELECT coalesce(json_agg(a.attname), '[]') FROM pg_partitioned_table k
          JOIN pg_attribute a ON a.attrelid = k.partrelid AND a.attnum = ANY (k.partattrs)
          WHERE k.partrelid = c.oid) AS partition_columns,
         pn.nspname AS parent_schema, p.relname AS parent_name, pg_get_expr(c.relpartbound, c.oid) AS bound,
         (SELECT coalesce(json_agg(json_build_object('schema', hn.nspname, 'name', h.relname) ORDER BY hi.inhseqno), '[]')
          FROM pg_inherits hi JOIN pg_class h ON h.oid = hi.inhparent JOIN pg_namespace hn ON hn.oid = h.relnamespace
          WHERE hi.inhrelid = c.oid AND NOT c.relispartition) AS parents,
         (SELECT coalesce(json_agg(e.stxname ORDER BY e.stxname), '[]')
          FROM pg_statistic_ext e WHERE e.stxrelid = c.oid) AS statistics,
         (SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
          WHERE x.indrelid = c.oid AND x.indisclustered) AS cluster_index,
         CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type
  FROM selected JOIN pg_class c ON c.oid = selected.oid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_inherits i ON c.relispartition AND i.inhrelid = c.oid
  LEFT JOIN pg_class p ON p.oid = i.inhparent LEFT JOIN pg_namespace pn ON pn.oid = p.relnamespace
  ORDER BY n.nspname, c.relname`;

function columnsQuery(version: ServerVersion): Sql {
  const generated = version.atLeast(12) ? sql`a.attgenerated` : sql`''`;
  const notValid = version.atLeast(18)
    ? sql`EXISTS (SELECT FROM pg_constraint con WHERE con.conrelid = a.attrelid AND con.contype = 'n'
                  AND con.conkey = ARRAY[a.attnum] AND NOT con.convalidated)`
    : sql`false`;
  const compression = version.atLeast(14)
    ? sql`CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END`
    : sql`NULL`;
  return sql`
    SELECT a.attrelid AS "table", a.attnum AS number, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
           ${collation(sql`a.attcollation`, sql`a.atttypid`)} AS collation,
           a.attnotnull AND NOT ${notValid} AS not_null, ${notValid} AS not_null_not_valid,
           a.attidentity AS identity, ${generated} AS generated, pg_get_expr(d.adbin, d.adrelid) AS "default",
           a.attislocal AS is_local, ${compression} AS compression,
           CASE WHEN a.attstorage <> t.typstorage THEN
             CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' WHEN 'x' THEN 'EXTENDED' END
           END AS storage
    FROM selected JOIN pg_attribute a ON a.attrelid = selected.oid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum`;
}

/** A collation, qualified and quoted, where it is not the type's own. */
function collation(actual: Sql, type: Sql): Sql {
  return sql`(SELECT format('%I.%I', cn.nspname, co.collname)
              FROM pg_type ct, pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
              WHERE ct.oid = ${type} AND co.oid = ${actual} AND co.oid <> ct.typcollation)`;
}

/** The columns of a table on which an object depends, expressions of the object included. */
function neededColumns(table: Sql, object: Sql): Sql {
  return sql`(SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
              WHERE a.attrelid = ${table} AND a.attnum IN (
                SELECT d.refobjsubid FROM pg_depend d
                WHERE (d.classid, d.objid) IN (${object}) AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ${table}))`;
}

function constraintsQuery(version: ServerVersion): Sql {
  // The foreign keys of a partition that come from its partitioned table come again with that.
  const own = version.atLeast(11) ? sql`AND NOT (con.contype = 'f' AND con.conparentid <> 0)` : sql``;
  const object = sql`('pg_constraint'::regclass, con.oid), ('pg_class'::regclass, CASE con.contype WHEN 'f' THEN 0 ELSE con.conindid END)`;
  return sql`
    SELECT con.oid, con.conrelid AS "table", con.conname AS name, con.contype AS kind,
           pg_get_constraintdef(con.oid) AS definition, ${neededColumns(sql`con.conrelid`, object)} AS columns,
           tn.nspname AS target_schema, t.relname AS target_name,
           (SELECT coalesce(json_agg(a.attname), '[]') FROM pg_attribute a
            WHERE a.attrelid = con.confrelid AND a.attnum = ANY (con.confkey)) AS target_columns,
           con.conislocal AS is_local
    FROM selected JOIN pg_constraint con ON con.conrelid = selected.oid
    LEFT JOIN pg_class t ON t.oid = con.confrelid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
    WHERE con.contype IN ('p', 'u', 'c', 'x', 'f') ${own}
    ORDER BY con.conrelid, con.conname`;
}

// pg_get_indexdef() has the names of index and table in front, which are known: what they are long is cut off.
const INDEXES = sql`
  SELECT x.indexrelid AS oid, x.indrelid AS "table", i.relname AS name, x.indisunique AS unique,
         substr(pg_get_indexdef(x.indexrelid), 1 + length(format('CREATE %sINDEX %I ON %s%I.%I ',
           CASE WHEN x.indisunique THEN 'UNIQUE ' END, i.relname, CASE i.relkind WHEN 'I' THEN 'ONLY ' END,
           n.nspname, c.relname))) AS definition,
         ${neededColumns(sql`x.indrelid`, sql`('pg_class'::regclass, x.indexrelid)`)} AS columns,
         EXISTS (SELECT FROM pg_constraint con WHERE con.conindid = x.indexrelid AND con.conrelid = x.indrelid
                 AND con.contype IN ('p', 'u', 'x')) AS of_constraint
  FROM selected JOIN pg_index x ON x.indrelid = selected.oid
  JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  -- What a failed CREATE INDEX CONCURRENTLY left behind is no definition.
  WHERE x.indisvalid
  ORDER BY x.indrelid, i.relname`;

const SEQUENCES = sql`
  SELECT n.nspname AS schema, c.relname AS name, format_type(s.seqtypid, NULL) AS type,
         s.seqstart::text AS start, s.seqincrement::text AS increment, s.seqmin::text AS minimum,
         s.seqmax::text AS maximum, s.seqcache::text AS cache, s.seqcycle AS cycle,
         d.refobjid AS owner_table, d.refobjsubid AS owner_column, ot.nspname AS owner_schema,
         o.relname AS owner_table_name, a.attname AS owner_column_name, coalesce(d.deptype = 'i', false) AS of_identity
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_class'::regclass
    AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_class o ON o.oid = d.refobjid LEFT JOIN pg_namespace ot ON ot.oid = o.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE (d.deptype = 'i' AND d.refobjid IN (SELECT oid FROM selected))
     OR s.seqrelid IN (SELECT object FROM needs WHERE kind = 'sequence')
  ORDER BY n.nspname, c.relname`;

function typesQuery(version: ServerVersion): Sql {
  const multirange = version.atLeast(14)
    ? sql`(SELECT format('%I.%I', mn.nspname, m.typname) FROM pg_type m JOIN pg_namespace mn ON mn.oid = m.typnamespace
           WHERE m.oid = g.rngmultitypid)`
    : sql`NULL`;
  return sql`
    SELECT t.oid, n.nspname AS schema, t.typname AS name, t.typtype AS kind,
           (SELECT coalesce(json_agg(e.enumlabel ORDER BY e.enumsortorder), '[]')
            FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
           (SELECT coalesce(json_agg(json_build_object(
                     'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                     'collation', ${collation(sql`a.attcollation`, sql`a.atttypid`)}) ORDER BY a.attnum), '[]')
            FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes,
           CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base,
           CASE t.typtype WHEN 'd' THEN ${collation(sql`t.typcollation`, sql`t.typbasetype`)}
                          WHEN 'r' THEN ${collation(sql`g.rngcollation`, sql`g.rngsubtype`)} END AS collation,
           t.typnotnull AS not_null, pg_get_expr(t.typdefaultbin, 0) AS "default",
           (SELECT coalesce(json_agg(json_build_object('name', con.conname, 'definition', pg_get_constraintdef(con.oid))
                            ORDER BY con.conname), '[]')
            FROM pg_constraint con WHERE con.contypid = t.oid AND con.contype = 'c') AS checks,
           format_type(g.rngsubtype, NULL) AS subtype,
           (SELECT format('%I.%I', opn.nspname, op.opcname) FROM pg_opclass op
            JOIN pg_namespace opn ON opn.oid = op.opcnamespace
            WHERE op.oid = g.rngsubopc AND NOT op.opcdefault) AS subtype_opclass,
           nullif(g.rngsubdiff, 0)::regproc::text AS subtype_diff,
           nullif(g.rngcanonical, 0)::regproc::text AS canonical, ${multirange} AS multirange
    FROM user_types u JOIN pg_type t ON t.oid = u.oid JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_range g ON g.rngtypid = t.oid
    ORDER BY n.nspname, t.typname`;
}

/**
 * What tables and types need, by pg_depend. Of what belongs to an extension the extension is named; array and
 * multirange types stand for their elements; the system's own objects are left out, but for collations, which each
 * server takes from its operating system.
 */
function referencesQuery(version: ServerVersion): Sql {
  const rangeOf = version.atLeast(14)
    ? sql`coalesce((SELECT g.rngtypid FROM pg_range g WHERE g.rngmultitypid = element.oid), element.oid)`
    : sql`element.oid`;
  return sql`
    SELECT DISTINCT coalesce(x.extname, target.name) AS name, coalesce(xn.nspname, tn.nspname) AS schema,
           CASE WHEN x.oid IS NOT NULL THEN 'extension' ELSE target.kind END AS kind,
           CASE WHEN x.oid IS NOT NULL THEN x.extname::text
                WHEN target.kind = 'function' THEN target.oid::regprocedure::text
                ELSE format('%I.%I', tn.nspname, target.name) END AS identity,
           target.oid AS object, owners.part, owners.owner, owners.member
    FROM (
      SELECT 'pg_class'::regclass AS classid, oid AS objid, 'column' AS part, oid AS owner, NULL::int8 AS member FROM selected
      UNION ALL
      SELECT 'pg_attrdef'::regclass, d.oid, 'default', d.adrelid, d.adnum FROM selected JOIN pg_attrdef d ON d.adrelid = selected.oid
      UNION ALL
      SELECT 'pg_constraint'::regclass, c.oid, 'constraint', c.conrelid, c.oid::int8 FROM selected JOIN pg_constraint c ON c.conrelid = selected.oid
      UNION ALL
      SELECT 'pg_class'::regclass, c.conindid, 'constraint', c.conrelid, c.oid::int8 FROM selected JOIN pg_constraint c ON c.conrelid = selected.oid
      WHERE c.contype IN ('p', 'u', 'x')
      UNION ALL
      SELECT 'pg_class'::regclass, x.indexrelid, 'index', x.indrelid, x.indexrelid::int8 FROM selected JOIN pg_index x ON x.indrelid = selected.oid
      UNION ALL
      SELECT 'pg_type'::regclass, oid, 'type', oid, NULL FROM user_types
      UNION ALL
      SELECT 'pg_class'::regclass, typrelid, 'type', oid, NULL FROM user_types WHERE typrelid <> 0
      UNION ALL
      SELECT 'pg_constraint'::regclass, c.oid, 'type', t.oid, NULL FROM user_types t JOIN pg_constraint c ON c.contypid = t.oid
    ) parts
    JOIN pg_depend d ON d.classid = parts.classid AND d.objid = parts.objid
    CROSS JOIN LATERAL (
      SELECT CASE WHEN parts.part = 'column' AND d.objsubid = 0 THEN 'key' ELSE parts.part END AS part,
             parts.owner, coalesce(parts.member, d.objsubid) AS member
    ) owners
    CROSS JOIN LATERAL (
      SELECT 'type' AS kind, 'pg_type'::regclass AS class, t.oid, t.typname AS name, t.typnamespace AS namespace
      FROM pg_type referred
      JOIN pg_type element ON element.oid = CASE WHEN referred.typcategory = 'A' AND referred.typelem <> 0 THEN referred.typelem ELSE referred.oid END
      JOIN pg_type t ON t.oid = ${rangeOf}
      WHERE d.refclassid = 'pg_type'::regclass AND referred.oid = d.refobjid AND t.oid <> parts.owner
      UNION ALL
      SELECT 'sequence', 'pg_class'::regclass, c.oid, c.relname, c.relnamespace FROM pg_class c
      WHERE d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid AND c.relkind = 'S'
      UNION ALL
      SELECT 'function', 'pg_proc'::regclass, p.oid, p.proname, p.pronamespace FROM pg_proc p
      WHERE d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
      UNION ALL
      SELECT 'collation', 'pg_collation'::regclass, c.oid, c.collname, c.collnamespace FROM pg_collation c
      WHERE d.refclassid = 'pg_collation'::regclass AND c.oid = d.refobjid
      UNION ALL
      SELECT NULL, 'pg_opclass'::regclass, o.oid, o.opcname, o.opcnamespace FROM pg_opclass o
      WHERE d.refclassid = 'pg_opclass'::regclass AND o.oid = d.refobjid
      UNION ALL
      SELECT NULL, 'pg_operator'::regclass, o.oid, o.oprname, o.oprnamespace FROM pg_operator o
      WHERE d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
    ) target
    JOIN pg_namespace tn ON tn.oid = target.namespace
    LEFT JOIN pg_depend e ON e.classid = target.class AND e.objid = target.oid AND e.deptype = 'e'
    LEFT JOIN pg_extension x ON x.oid = e.refobjid LEFT JOIN pg_namespace xn ON xn.oid = x.extnamespace
    WHERE (target.oid >= 16384 OR target.kind = 'collation') AND (target.kind IS NOT NULL OR x.oid IS NOT NULL)`;
}
