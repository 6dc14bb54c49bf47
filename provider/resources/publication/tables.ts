import {
  formatRelationName,
  parseRelationName,
  relationId,
  type RelationName,
} from "../../postgres/relation-name";
import { type Sql, sql, textArray } from "../../postgres/sql";

/** The first table that is named twice; null when there is none. Takes names that can be read. */
export function repeatedTable(tables: readonly string[]): string | null {
  const names = new Set<string>();
  for (const table of tables) {
    const name = formatRelationName(parseRelationName(table));
    if (names.has(name)) return name;
    names.add(name);
  }
  return null;
}

/** Whether two lists may name the same tables. An unqualified name stands for a table in any schema. */
export function sameTables(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  const others = byName(other.map(parseRelationName), (table) => table);
  return one.map(parseRelationName).every((table) => others(table).some((other) => sameTable(table, other)));
}

/** Groups items by the name of their table, without its schema: there may be thousands of them. */
export function byName<T>(
  items: readonly T[],
  tableOf: (item: T) => RelationName,
): (table: Pick<RelationName, "name">) => readonly T[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const { name } = tableOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return ({ name }) => groups.get(name) ?? [];
}

/** Whether both may name the same table. */
export function sameTable(one: RelationName, other: RelationName): boolean {
  return (
    one.name === other.name && (one.schema === null || other.schema === null || one.schema === other.schema)
  );
}

/** A table that a configuration names and the database does not have. */
export interface MissingTable {
  readonly reference: string;
  /** A sentence about a table that may have been meant, with a space before it; otherwise empty. */
  readonly hint: string;
}

/** What the server finds by a table's name. */
export interface ResolutionRow {
  readonly reference: string;
  readonly schema: string | null;
  readonly name: string | null;
  readonly partitioned: boolean;
  /** The tables that inherit from it, at any depth. Partitions do not count. */
  readonly descendants: readonly RelationName[];
  /** A table whose name differs in upper and lower case only. */
  readonly similar_schema: string | null;
  readonly similar_name: string | null;
}

/** Finds each table by name, as the server would; one row for each reference. */
export function resolutionQuery(tables: readonly string[]): Sql {
  const references = textArray(tables);
  const quoted = textArray(tables.map((table) => relationId(parseRelationName(table)).text));
  const names = textArray(tables.map((table) => parseRelationName(table).name));
  return sql`SELECT r.reference, n.nspname AS schema, c.relname AS name, coalesce(c.relkind = 'p', false) AS partitioned,
                    CASE WHEN c.relkind = 'r' AND c.relhassubclass THEN ${DESCENDANTS} ELSE '[]' END AS descendants,
                    sn.nspname AS similar_schema, s.relname AS similar_name
             FROM ROWS FROM (unnest(${references}), unnest(${quoted}), unnest(${names})) AS r (reference, quoted, name)
             LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(r.quoted)
             LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             LEFT JOIN LATERAL (SELECT relname, relnamespace FROM pg_catalog.pg_class
                                WHERE c.oid IS NULL AND relkind IN ('r', 'p') AND lower(relname) = lower(r.name)
                                ORDER BY oid LIMIT 1) s ON true
             LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace`;
}

const DESCENDANTS = sql`(
  WITH RECURSIVE tree AS (
    SELECT i.inhrelid AS oid FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid
    UNION
    SELECT i.inhrelid FROM tree JOIN pg_catalog.pg_inherits i ON i.inhparent = tree.oid
  )
  SELECT coalesce(json_agg(json_build_object('schema', dn.nspname, 'name', d.relname)), '[]')
  FROM tree JOIN pg_catalog.pg_class d ON d.oid = tree.oid JOIN pg_catalog.pg_namespace dn ON dn.oid = d.relnamespace
  WHERE d.relkind = 'r' AND d.relpersistence = 'p')`;

/** The tables that the server has not found. */
export function missingTables(rows: readonly ResolutionRow[]): MissingTable[] {
  return rows
    .filter((row) => row.name === null)
    .map(({ reference, similar_schema: similarSchema, similar_name: similarName }) => ({
      reference,
      hint:
        similarSchema !== null && similarName !== null
          ? ` The database has ${formatRelationName({ schema: similarSchema, name: similarName })}: names are case-sensitive.`
          : "",
    }));
}

/** Two names of the same table, which only the server can tell; null when there are none. */
export function repeatedReferences(rows: readonly ResolutionRow[]): readonly [string, string] | null {
  const first = new Map<string, string>();
  for (const { reference, schema, name } of rows) {
    if (name === null) continue;
    const key = formatRelationName({ schema, name });
    const former = first.get(key);
    if (former !== undefined) return [former, reference];
    first.set(key, reference);
  }
  return null;
}

export const REPEATED_TABLE_SUMMARY = "Table named twice";

/** The error for two names of one table. */
export function repeatedTableDetail(one: string, other: string): string {
  return `${JSON.stringify(one)} and ${JSON.stringify(other)} name the same table. Name each table once, either in tables or in one table block.`;
}
