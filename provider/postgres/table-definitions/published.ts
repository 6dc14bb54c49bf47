import type { ServerVersion } from "../server-version";
import { type Sql, sql, textArray } from "../sql";
import { rows } from "./catalog-query";
import { type Column, keyOf, type QualifiedName, type SchemaModel, type Table } from "./model";

/** What {@link publicationsQuery} returns: one row. */
export interface PublicationsRow {
  /** Every publication of the database. */
  readonly publications: readonly string[];
  /** What the ones asked for publish, as they send it: partitions or their roots. */
  readonly published: readonly PublishedTable[];
}

export interface PublishedTable extends QualifiedName {
  /** Null before PostgreSQL 15, where all columns are published that are not generated. */
  readonly columns: readonly string[] | null;
}

/** Which publications there are, and which tables and columns the given ones publish. */
export function publicationsQuery(publications: readonly string[], version: ServerVersion): Sql {
  const columns = version.atLeast(15) ? sql`array_to_json(attnames)` : sql`NULL`;
  return sql`
    SELECT (SELECT coalesce(json_agg(pubname ORDER BY pubname), '[]') FROM pg_publication) AS publications,
           ${rows(sql`SELECT schemaname AS schema, tablename AS name, ${columns} AS columns
                      FROM pg_publication_tables WHERE pubname = ANY (${textArray(publications)})`)} AS published`;
}

/**
 * Selects, for catalogQuery, the published tables, and of a published partition or partitioned table its whole tree:
 * rows that change their partition at the publisher find theirs at the subscriber only if all are there.
 */
export function publishedTables(publications: readonly string[]): Sql {
  return sql`
    published AS (
      SELECT c.oid
      FROM pg_publication_tables pt JOIN pg_namespace n ON n.nspname = pt.schemaname
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = pt.tablename
      WHERE pt.pubname = ANY (${textArray(publications)})
    ),
    ancestors AS (
      SELECT oid FROM published
      UNION
      SELECT i.inhparent FROM ancestors JOIN pg_class c ON c.oid = ancestors.oid AND c.relispartition
      JOIN pg_inherits i ON i.inhrelid = c.oid
    ),
    selected AS (
      SELECT oid FROM ancestors
      UNION
      SELECT c.oid FROM selected JOIN pg_inherits i ON i.inhparent = selected.oid
      JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
    )`;
}

/**
 * What of the publisher's tables belongs to the subscriber: the published columns, and the constraints and indexes that
 * need no others. All tables of a partition tree keep the same columns. A generated column whose values are published
 * (PostgreSQL 18) is an ordinary one at the subscriber, which may not generate what it receives.
 */
export function publishedPart(model: SchemaModel, published: readonly PublishedTable[]): SchemaModel {
  const tables = new Map(model.tables.map((table) => [keyOf(table), table]));
  const treeOf = (table: Table): string => {
    const parent = table.partition === null ? undefined : tables.get(keyOf(table.partition.parent));
    return parent === undefined ? keyOf(table) : treeOf(parent);
  };
  const sent = new Map<string, Set<string>>();
  for (const { columns, ...name } of published) {
    const table = tables.get(keyOf(name));
    if (table === undefined || columns === null) continue;
    const tree = treeOf(table);
    sent.set(tree, new Set([...(sent.get(tree) ?? []), ...columns]));
  }
  return {
    ...model,
    tables: model.tables.map((table) => {
      const columns = sent.get(treeOf(table));
      return columns === undefined ? table : publishedColumnsOf(table, columns);
    }),
  };
}

function publishedColumnsOf(table: Table, sent: ReadonlySet<string>): Table {
  // Without a column list, generated columns are not sent, and generated anew at the subscriber.
  const restricted = table.columns.some(({ name, generated }) => generated === null && !sent.has(name));
  const columns = table.columns
    .filter(({ name }) => !restricted || sent.has(name))
    .map((column) => (sent.has(column.name) ? received(column) : column));
  const kept = new Set(columns.map(({ name }) => name));
  const isKept = (part: { readonly columns: readonly string[] }): boolean =>
    part.columns.every((column) => kept.has(column));
  const indexes = table.indexes.filter(isKept);
  const { replicaIdentity } = table;
  return {
    ...table,
    columns,
    indexes,
    constraints: table.constraints.filter(isKept),
    replicaIdentity:
      replicaIdentity.kind === "index" && !indexes.some(({ name }) => name === replicaIdentity.index)
        ? { kind: "default", index: null }
        : replicaIdentity,
  };
}

function received(column: Column): Column {
  return column.generated === null ? column : { ...column, generated: null, default: null };
}
