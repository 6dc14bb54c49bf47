import { DiagnosticError } from "../../framework/diagnostics";
import { PostgresError } from "../../postgres/errors";
import { formatRelationName, relationId, type RelationName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import { id, list, type Sql, sql, verbatim } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";

/**
 * What is wrong with a row filter, as the end of a sentence; null when it can be sent.
 *
 * A filter is SQL that the user writes, so nothing in it can be bound or quoted. It can do no harm if it stays inside of
 * the parentheses of `WHERE (…)`: PostgreSQL then has to read all of it as one expression, or refuse it. It stays inside
 * if its own parentheses match and nothing in it hides one from this scanner or from PostgreSQL's: so comments, dollar
 * quotes and statement separators are refused. So is a backslash before a quote, which ends a string or does not,
 * depending on standard_conforming_strings.
 */
export function filterComplaint(filter: string): string | null {
  if (filter.trim() === "") return "is empty. Leave it out to publish all rows.";
  let depth = 0;
  for (let rest = filter; rest !== "";) {
    const [token] = TOKEN.exec(rest) ?? [];
    if (token === undefined) {
      return "contains a quote that is not closed, or a backslash before a quote. Write a quote within quotes twice.";
    }
    const complaint = FORBIDDEN[token];
    if (complaint !== undefined) return complaint;
    if (token === "(") depth += 1;
    if (token === ")") depth -= 1;
    if (depth < 0) return "closes a parenthesis that it has not opened.";
    rest = rest.slice(token.length);
  }
  return depth > 0 ? "opens a parenthesis that it does not close." : null;
}

/** A string, a quoted identifier, or something short outside of both. */
const TOKEN = /^(?:'(?:[^'\\]|''|\\[^'])*'|"(?:[^"]|"")*"|--|\/\*|[^'"])/su;

const COMMENT = "contains a comment. Put it beside the filter.";
const FORBIDDEN: Readonly<Record<string, string>> = {
  "--": COMMENT,
  "/*": COMMENT,
  ";": "contains a semicolon outside of quotes. It must be one SQL expression.",
  $: "contains a dollar sign outside of quotes. Write strings in single quotes, and put a name that contains a dollar sign in double quotes.",
  "\0": "contains a NUL character, which PostgreSQL cannot store.",
};

/** A row filter in its parentheses. */
export function filterClause(filter: string): Sql {
  const complaint = filterComplaint(filter);
  if (complaint !== null) throw new RangeError(`The row filter ${JSON.stringify(filter)} ${complaint}`);
  return sql`WHERE (${verbatim(filter)})`;
}

/** A row filter of one table, or of one of its partitions, and what it may refer to. */
export interface FilterSubject {
  readonly table: RelationName;
  readonly where: string;
  /** The columns of the replica identity, if updates or deletes are published and need them; null for all columns. */
  readonly identity: readonly string[] | null;
}

/**
 * Lets the server parse row filters, without evaluating them.
 *
 * @throws DiagnosticError that names the filter, and says what is wrong with it.
 */
export async function checkFilters(
  server: PostgresServer,
  database: string,
  filters: readonly FilterSubject[],
  signal: AbortSignal,
): Promise<void> {
  for (const { table, where, identity } of filters) {
    const error = await parseError(server, database, table, where, null, signal);
    if (error !== null) {
      throw new DiagnosticError(
        "Invalid row filter",
        `PostgreSQL cannot read the row filter ${JSON.stringify(where)} of table ${formatRelationName(table)}: ${error.message}${error.hint === undefined ? "" : ` (${error.hint})`}. Correct where.`,
        ["table"],
      );
    }
    if (identity === null) continue;
    const missing = await parseError(server, database, table, where, identity, signal);
    if (missing?.sqlState === SQLSTATE.UNDEFINED_COLUMN) {
      throw new DiagnosticError(
        "Row filter uses columns outside of the replica identity",
        `The row filter ${JSON.stringify(where)} of table ${formatRelationName(table)} may only use the columns of its replica identity (${identity.join(", ")}) because updates or deletes are published, and without them ${missing.message}. ` +
          "PostgreSQL would refuse every UPDATE and DELETE on the table.\n\n" +
          'Use other columns, publish inserts only (publish_param = ["insert"]), or include the column in the replica identity: ALTER TABLE … REPLICA IDENTITY USING INDEX …, or FULL, which sends and compares whole rows.',
        ["table"],
      );
    }
  }
}

/** PREPARE parses and resolves names, and neither plans nor runs anything. */
async function parseError(
  server: PostgresServer,
  database: string,
  table: RelationName,
  where: string,
  columns: readonly string[] | null,
  signal: AbortSignal,
): Promise<PostgresError | null> {
  const from =
    columns === null
      ? sql`ONLY ${relationId(table)}`
      : sql`(SELECT ${list(columns.map((column) => id(column)))} FROM ONLY ${relationId(table)}) AS ${id(table.name)}`;
  const statements = [
    sql`PREPARE publication_row_filter AS SELECT FROM ${from} ${filterClause(where)}`,
    sql`DEALLOCATE publication_row_filter`,
  ];
  try {
    await server.selectAll(database, statements, signal);
    return null;
  } catch (error) {
    if (error instanceof PostgresError && error.kind === "server") return error;
    throw error;
  }
}
