import { DiagnosticError } from "../../framework/diagnostics";
import {
  formatRelationName,
  parseRelationName,
  relationId,
  type RelationName,
} from "../../postgres/relation-name";
import { id, list, type Sql, sql, textArray } from "../../postgres/sql";
import type { Transaction } from "../../postgres/transaction";

export { tablesComplaint } from "../../postgres/relation-name";

/** An unqualified name means the table of that name which the server found by its search_path. */
export function sameTables(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  const others = other.map(parseRelationName);
  return one.map(parseRelationName).every((table) => others.some((candidate) => sameTable(table, candidate)));
}

/** Whether both may name the same table. */
export function sameTable(one: RelationName, other: RelationName): boolean {
  return (
    one.name === other.name && (one.schema === null || other.schema === null || one.schema === other.schema)
  );
}

/** A table that was named and is not there. */
export interface MissingTable {
  readonly reference: string;
  /** What may have been meant, as a sentence of its own with a space before it. */
  readonly hint: string;
}

/** What the server finds by a table's name. */
export interface ResolutionRow {
  readonly reference: string;
  readonly schema: string | null;
  readonly name: string | null;
  /** A table whose name differs in upper and lower case only. */
  readonly similar_schema: string | null;
  readonly similar_name: string | null;
}

/** Finds each table by name, as the server would; a row a reference. */
export function resolutionQuery(tables: readonly string[]): Sql {
  const references = textArray(tables);
  const quoted = textArray(tables.map((table) => relationId(parseRelationName(table)).text));
  const names = textArray(tables.map((table) => parseRelationName(table).name));
  return sql`SELECT r.reference, n.nspname AS schema, c.relname AS name,
                    sn.nspname AS similar_schema, s.relname AS similar_name
             FROM ROWS FROM (unnest(${references}), unnest(${quoted}), unnest(${names})) AS r (reference, quoted, name)
             LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(r.quoted)
             LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             LEFT JOIN LATERAL (SELECT relname, relnamespace FROM pg_catalog.pg_class
                                WHERE c.oid IS NULL AND relkind IN ('r', 'p') AND lower(relname) = lower(r.name)
                                ORDER BY oid LIMIT 1) s ON true
             LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace`;
}

export function missingTables(rows: readonly ResolutionRow[]): MissingTable[] {
  return rows
    .filter((row) => row.name === null)
    .map(({ reference, similar_schema: similarSchema, similar_name: similarName }) => ({
      reference,
      hint:
        similarSchema !== null && similarName !== null
          ? ` There is ${formatRelationName({ schema: similarSchema, name: similarName })}: names are taken to the letter, upper case included.`
          : "",
    }));
}

/** The tables' qualified names. All that are missing are named in one error. */
export async function resolveTables(tx: Transaction, tables: readonly string[]): Promise<RelationName[]> {
  if (tables.length === 0) return [];
  const rows = await tx.query<ResolutionRow>(resolutionQuery(tables));
  const missing = missingTables(rows);
  if (missing.length > 0) {
    throw new DiagnosticError(
      "Table does not exist",
      `The publication cannot publish what is not there: ${missing.map(({ reference, hint }) => `table ${reference} does not exist.${hint}`).join(" ")} Create it first, or correct the name.`,
      ["tables"],
    );
  }
  return rows.map((row) => ({ schema: row.schema, name: row.name ?? row.reference }));
}

/** Adds before it removes, so that a subscriber never finds less than both sets have in common. */
export async function changeTables(
  tx: Transaction,
  publicationName: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const current = before.map(parseRelationName);
  const wanted = await resolveTables(tx, after);
  const added = wanted.filter((table) => !current.some((other) => sameTable(table, other)));
  const removed = current.filter((table) => !wanted.some((other) => sameTable(table, other)));
  if (added.length > 0) {
    await tx.query(sql`ALTER PUBLICATION ${id(publicationName)} ADD TABLE ${list(added.map(relationId))}`);
  }
  if (removed.length > 0) {
    await tx.query(sql`ALTER PUBLICATION ${id(publicationName)} DROP TABLE ${list(removed.map(relationId))}`);
  }
}
