import { formatRelationName, parseRelationName, type RelationName } from "../../postgres/relation-name";
import { type Sql, sql, textArray } from "../../postgres/sql";
import { nameList } from "../shared/name-list";
import type { TableBlock } from "./schema";
import { byName, sameTable } from "./tables";

/** What a publication publishes; null and undefined stand for the server's defaults. */
export interface Published {
  readonly tables: readonly string[] | null | undefined;
  readonly table: readonly TableBlock[] | undefined;
  readonly tables_in_schema: readonly string[] | null | undefined;
  readonly all_tables: boolean | null | undefined;
  readonly publish_param: readonly string[] | null | undefined;
}

/** A table that a configuration names, and how much of it is published. */
export interface NamedTable {
  readonly name: RelationName;
  readonly columns: readonly string[] | null;
  readonly where: string | null;
}

/** What is published after a change and was not before. */
export interface Gain {
  /** Whether updates or deletes are among the operations, which need a replica identity. */
  readonly needsIdentity: boolean;
  readonly tables: readonly NamedTable[];
  readonly schemas: readonly string[];
  readonly all: boolean;
}

/** The tables whose rows or columns, or whose updates or deletes, a change publishes for the first time. Null stands for a new publication. */
export function gainOf(before: Published | null, after: Published): Gain {
  const operations = operationsOnOldRows(after);
  const former = before === null ? [] : operationsOnOldRows(before);
  const isNew = before === null || operations.some((operation) => !former.includes(operation));
  const known = byName(isNew ? [] : namedTables(before), ({ name }) => name);
  const knownSchemas = isNew ? [] : (before.tables_in_schema ?? []);
  return {
    needsIdentity: operations.length > 0,
    tables: namedTables(after).filter((table) => !isAmong(table, known(table.name))),
    schemas: (after.tables_in_schema ?? []).filter((schema) => !knownSchemas.includes(schema)),
    all: after.all_tables === true && (isNew || before.all_tables !== true),
  };
}

function namedTables({ tables, table }: Published): NamedTable[] {
  return [
    ...(tables ?? []).map((name) => ({ name: parseRelationName(name), columns: null, where: null })),
    ...(table ?? []).map(({ name, columns, where }) => ({ name: parseRelationName(name), columns, where })),
  ];
}

function isAmong(table: NamedTable, known: readonly NamedTable[]): boolean {
  return known.some(
    (other) =>
      sameTable(table.name, other.name) &&
      table.where === other.where &&
      sameColumns(table.columns, other.columns),
  );
}

function sameColumns(one: readonly string[] | null, other: readonly string[] | null): boolean {
  return JSON.stringify(one && [...one].sort()) === JSON.stringify(other && [...other].sort());
}

/** The published operations that need to tell subscribers which row they concern. */
function operationsOnOldRows({ publish_param: operations }: Published): readonly string[] {
  const needy = ["update", "delete"];
  return operations ? needy.filter((operation) => operations.includes(operation)) : needy;
}

/** A table with rows of its own, and what tells one of its rows from another. */
export interface IdentityRow {
  readonly schema: string;
  readonly name: string;
  /** The index in {@link Gain.tables} of the table that brings it along; null if its schema or the database does. */
  readonly position: number | null;
  readonly identity: "none" | "full" | "columns";
  /** The columns of the identity, if it consists of columns and the table is published in part. */
  readonly columns: readonly string[] | null;
}

/**
 * Finds the tables that have no replica identity, and the identities of those that are published in part, by the server's
 * own rule, which is in RelationGetReplicaIndex: a table has one by its primary key, unless REPLICA IDENTITY says otherwise
 * or the key is deferrable; by the index that REPLICA IDENTITY names; or by the whole row. Of a partitioned table the
 * partitions count, whatever publish_via_partition_root says. Tables that inherit from a table are published with it.
 */
export function identityQuery({ tables, schemas, all }: Gain): Sql {
  // No schema has an empty name.
  const schemaNames = textArray(tables.map(({ name }) => name.schema ?? ""));
  const names = textArray(tables.map(({ name }) => name.name));
  const isPart = tables.some(({ columns, where }) => columns !== null || where !== null);
  const partial = textArray(
    tables.flatMap(({ columns, where }, index) => ((columns ?? where) === null ? [] : [String(index)])),
  );
  // Column lists and row filters came after indnkeyatts.
  const columns = isPart
    ? sql`CASE WHEN published.position::text = ANY (${partial}) THEN (
            SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) END`
    : sql`NULL`;
  return sql`
    WITH RECURSIVE published AS (
      SELECT c.oid, r.position - 1 AS position
      FROM ROWS FROM (unnest(${schemaNames}), unnest(${names})) WITH ORDINALITY AS r (schema, name, position)
      JOIN pg_catalog.pg_class c ON c.relname = r.name
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        AND (n.nspname = r.schema OR r.schema = '' AND pg_catalog.pg_table_is_visible(c.oid))
      UNION
      SELECT c.oid, NULL FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND ${PUBLISHABLE} AND (${all ? sql`true` : sql`n.nspname = ANY (${textArray(schemas)})`})
      UNION
      SELECT i.inhrelid, published.position FROM published JOIN pg_catalog.pg_inherits i ON i.inhparent = published.oid
    )
    SELECT n.nspname AS schema, c.relname AS name, published.position::int4 AS position,
           CASE WHEN c.relreplident = 'f' THEN 'full' WHEN i.indexrelid IS NULL THEN 'none' ELSE 'columns' END AS identity,
           ${columns} AS columns
    FROM published JOIN pg_catalog.pg_class c ON c.oid = published.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
      AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END
    WHERE c.relkind = 'r' AND (i.indexrelid IS NULL AND c.relreplident <> 'f' OR published.position::text = ANY (${partial}))
    ORDER BY n.nspname, c.relname`;
}

/** The system's own tables, which have OIDs below 16384, are not published, nor are temporary and unlogged ones. */
const PUBLISHABLE = sql`c.relpersistence = 'p' AND c.oid >= 16384`;

export const NO_REPLICA_IDENTITY_SUMMARY = "Table without replica identity";

/** The tables that have no replica identity. */
export function withoutIdentity(rows: readonly IdentityRow[]): {
  named: RelationName[];
  brought: RelationName[];
} {
  const lacking = rows.filter(({ identity }) => identity === "none");
  const named = lacking.filter(({ position }) => position !== null);
  const isNamed = (row: IdentityRow): boolean => named.some((other) => sameTable(row, other));
  return { named: distinct(named), brought: lacking.filter((row) => !isNamed(row)) };
}

function distinct(rows: readonly IdentityRow[]): IdentityRow[] {
  return rows.filter((row, index) => rows.findIndex((other) => sameTable(row, other)) === index);
}

/** What publishing updates or deletes of these tables would do, and the ways out. */
export function noReplicaIdentityDetail(label: string, tables: readonly RelationName[]): string {
  return (
    `${label} would publish updates or deletes of ${nameList(tables.map(formatRelationName))}, where nothing tells one row from another. ` +
    "From then on, PostgreSQL would refuse every UPDATE and DELETE on these tables.\n\n" +
    "Add a primary key; or name a unique index on NOT NULL columns with ALTER TABLE … REPLICA IDENTITY USING INDEX …; " +
    "or run ALTER TABLE … REPLICA IDENTITY FULL, which sends and compares whole rows, and is slow for large tables. " +
    'Or publish only new rows: publish_param = ["insert"], with "truncate" from PostgreSQL 11 on. ' +
    "For tables that only ever receive rows, set allow_missing_replica_identity = true."
  );
}

export const COLUMN_LIST_SUMMARY = "Column list does not cover the replica identity";

/** The first column list that leaves out a column of the replica identity, as a detail; null when there is none. */
export function columnListComplaint({ tables }: Gain, rows: readonly IdentityRow[]): string | null {
  for (const row of rows) {
    const published = row.position === null ? null : (tables[row.position]?.columns ?? null);
    if (published === null || row.identity === "none") continue;
    const table = formatRelationName(row);
    const consequence =
      "Updates or deletes are published, so PostgreSQL would refuse every UPDATE and DELETE on the table.";
    if (row.identity === "full") {
      return `The replica identity of table ${table} is FULL, the whole row, and columns names only some. ${consequence} Leave columns out, use another replica identity, or publish inserts only (publish_param = ["insert"]).`;
    }
    const missing = (row.columns ?? []).filter((column) => !published.includes(column));
    if (missing.length > 0) {
      return `The replica identity of table ${table} includes ${missing.map((column) => JSON.stringify(column)).join(", ")}, which columns does not name. ${consequence} Add ${missing.length === 1 ? "it" : "them"} to columns, or publish inserts only (publish_param = ["insert"]).`;
    }
  }
  return null;
}
