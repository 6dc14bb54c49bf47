import { DiagnosticError } from "../../framework/diagnostics";
import { formatRelationName, relationId, type RelationName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import { list, lit, type Sql, sql, textArray } from "../../postgres/sql";
import { MAX_LISTED_NAMES, nameList } from "../shared/name-list";

/** Each table takes a place in the server's lock table until the query ends. */
const TABLES_PER_QUERY = 500;

/** Which of some tables already contain rows. */
export interface ExistingRows {
  readonly filled: readonly RelationName[];
  /** Tables that this user may not read. */
  readonly unreadable: readonly RelationName[];
}

/** Looks for rows in those of the tables that exist in this database. */
export async function existingRows(
  server: PostgresServer,
  database: string,
  tables: readonly RelationName[],
  signal: AbortSignal,
): Promise<ExistingRows> {
  if (tables.length === 0) return { filled: [], unreadable: [] };
  const existing = await server.select<ExistingTable>(database, existingTablesQuery(tables), signal);
  const readable = existing.filter((table) => table.readable);
  const filled: RelationName[] = [];
  for (let start = 0; start < readable.length; start += TABLES_PER_QUERY) {
    const queries = readable.slice(start, start + TABLES_PER_QUERY).map(filledQuery);
    filled.push(...(await server.select<RelationName>(database, list(queries, "\nUNION ALL\n"), signal)));
  }
  return { filled, unreadable: existing.filter((table) => !table.readable) };
}

/** Those of the tables that are not partitioned in this database: a partitioned table may already be replicated as its partitions. */
export async function plainTables(
  server: PostgresServer,
  database: string,
  tables: readonly RelationName[],
  signal: AbortSignal,
): Promise<RelationName[]> {
  if (tables.length === 0) return [];
  const existing = await server.select<ExistingTable>(database, existingTablesQuery(tables), signal);
  return existing.filter(({ partitioned }) => !partitioned).map(({ schema, name }) => ({ schema, name }));
}

/** The error for a copy that would meet rows. */
export function rowsExistError(label: string, { filled }: ExistingRows): DiagnosticError {
  const one = filled.length === 1;
  return new DiagnosticError(
    `Table${one ? "" : "s"} to copy already contain${one ? "s" : ""} rows`,
    `${label} would copy every row of the publisher into ${names(filled)}, which already contain${one ? "s" : ""} rows here. ` +
      "The copy would duplicate them, or fail on a unique key and never finish. Nothing was changed.\n\n" +
      `If the rows may go, empty the table${one ? "" : "s"} first: TRUNCATE ${list(filled.slice(0, MAX_LISTED_NAMES).map(relationId)).text}.\n` +
      "If they are the publisher's rows, and no row was written there since, set copy_data = false.\n" +
      `If the table${one ? " is" : "s are"} not needed here, drop ${one ? "it" : "them"}, or take ${one ? "it" : "them"} out of the publication.`,
    ["copy_data"],
  );
}

/** A sentence about tables that could not be checked. */
export function unreadableWarning(label: string, { unreadable }: ExistingRows): string {
  return (
    `${label} copies the publisher's rows into ${names(unreadable)}. The provider's user may not read ` +
    `${unreadable.length === 1 ? "this table" : "these tables"}, so it could not check for rows that the copy would duplicate. ` +
    "Grant it SELECT to have this checked."
  );
}

function names(tables: readonly RelationName[]): string {
  return nameList(tables.map(formatRelationName));
}

interface ExistingTable extends RelationName {
  readonly readable: boolean;
  readonly partitioned: boolean;
}

function existingTablesQuery(tables: readonly RelationName[]): Sql {
  // No schema has an empty name.
  const schemas = textArray(tables.map(({ schema }) => schema ?? ""));
  return sql`
    SELECT DISTINCT n.nspname AS schema, c.relname AS name, c.relkind = 'p' AS partitioned,
           pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable
    FROM ROWS FROM (unnest(${schemas}), unnest(${textArray(tables.map(({ name }) => name))})) AS t (schema, name)
    JOIN pg_catalog.pg_class c ON c.relname = t.name AND c.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      AND (n.nspname = t.schema OR t.schema = '' AND pg_catalog.pg_table_is_visible(c.oid))
    ORDER BY 1, 2`;
}

function filledQuery({ schema, name }: RelationName): Sql {
  return sql`SELECT ${lit(schema)} AS schema, ${lit(name)} AS name WHERE EXISTS (SELECT FROM ${relationId({ schema, name })})`;
}
