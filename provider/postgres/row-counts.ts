import { DiagnosticError } from "../framework/diagnostics";
import { DEFAULT_TIMEOUTS, type TimedStep } from "../framework/timeouts";
import { PostgresError } from "./errors";
import { parseRelationName, relationId } from "./relation-name";
import type { PostgresServer } from "./server";
import { sql, type Sql, textArray } from "./sql";
import { SQLSTATE } from "./sqlstate";

/** The server's word for a table that cannot be counted, of which it names the first only. */
const NOT_COUNTABLE: ReadonlySet<string | undefined> = new Set([
  SQLSTATE.UNDEFINED_TABLE,
  SQLSTATE.INVALID_SCHEMA_NAME,
  SQLSTATE.INSUFFICIENT_PRIVILEGE,
]);

/** The rows of tables, all as of the same moment. */
export interface RowCounts {
  /** A number for each table, in their order. */
  readonly counts: readonly number[];
  /** The moment by the server's clock: RFC 3339, in UTC. */
  readonly countedAt: string;
}

/**
 * Counts the rows of tables, all as of the same moment, in one round trip.
 *
 * @param step The step of a resource or data source that counts.
 * @throws DiagnosticError that names every table that is missing or may not be read.
 * @throws PostgresError
 */
export async function rowCounts(
  server: PostgresServer,
  database: string,
  tables: readonly string[],
  step: TimedStep,
  signal: AbortSignal,
): Promise<RowCounts> {
  const count = (table: string): Sql =>
    sql`SELECT count(*) AS row_count FROM ${relationId(parseRelationName(table))}`;
  try {
    const [, [start], ...results] = await server.selectAll<[unknown[], StartRow[], ...CountRow[][]]>(
      database,
      [EVERY_ROW, START, ...tables.map(count)],
      signal,
    );
    return {
      counts: results.map((rows) => rows[0]?.row_count ?? 0),
      countedAt: start?.counted_at ?? "",
    };
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    if (error.kind === "timeout" && signal.aborted) {
      throw error.withRemedy(
        `Count fewer tables, VACUUM them first, which makes counting by an index cheap, or set timeouts { ${step} = "…" } to a longer time (default: ${DEFAULT_TIMEOUTS[step]}).`,
      );
    }
    if (NOT_COUNTABLE.has(error.sqlState)) await explain(server, database, tables, error, signal);
    throw error;
  }
}

/** With row security on, a number that leaves rows out would pass for the whole; so it is an error. */
const EVERY_ROW = sql`SELECT pg_catalog.set_config('row_security', 'off', true)`;

const START = sql`
  SELECT pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS counted_at`;

interface StartRow {
  readonly counted_at: string;
}

interface CountRow {
  readonly row_count: number;
}

interface ObstacleRow {
  readonly reference: string;
  readonly exists: boolean;
  readonly may_use_schema: boolean | null;
  readonly may_select: boolean | null;
}

/** Throws what there is to say about each table that cannot be counted; returns when all can be. */
async function explain(
  server: PostgresServer,
  database: string,
  tables: readonly string[],
  cause: PostgresError,
  signal: AbortSignal,
): Promise<void> {
  const rows = await server.select<ObstacleRow>(database, obstaclesQuery(tables), signal);
  const { user } = await server.session(database, signal);
  const obstacles = rows.flatMap(({ reference, exists, may_use_schema: mayUse, may_select: maySelect }) => {
    if (!exists) return [`table ${reference} does not exist`];
    if (mayUse === false) return [`role ${JSON.stringify(user)} lacks USAGE on the schema of ${reference}`];
    if (maySelect === false) return [`role ${JSON.stringify(user)} lacks SELECT on ${reference}`];
    return [];
  });
  if (obstacles.length === 0) {
    // A row security policy, most likely: the server's message names the table.
    if (cause.sqlState !== SQLSTATE.INSUFFICIENT_PRIVILEGE) return;
    throw cause.withRemedy(
      `Count as a role that sees all rows: the table's owner, or one with BYPASSRLS. Policies would hide some from role ${JSON.stringify(user)}.`,
    );
  }
  throw new DiagnosticError(
    "Table cannot be counted",
    `In database ${JSON.stringify(database)}: ${obstacles.join("; ")}. ` +
      "Correct the names, which are taken to the letter, upper case included; grant what is missing.",
    ["tables"],
  );
}

/** By name, and not by the server's own look-up, which fails at the first schema that it may not use. */
function obstaclesQuery(tables: readonly string[]): Sql {
  const names = tables.map(parseRelationName);
  // No schema has an empty name.
  const schemas = textArray(names.map(({ schema }) => schema ?? ""));
  return sql`
    SELECT r.reference, c.oid IS NOT NULL AS "exists",
           pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE') AS may_use_schema,
           pg_catalog.has_any_column_privilege(c.oid, 'SELECT') AS may_select
    FROM ROWS FROM (unnest(${textArray(tables)}), unnest(${schemas}), unnest(${textArray(names.map(({ name }) => name))}))
         WITH ORDINALITY AS r (reference, schema, name, position)
    LEFT JOIN (pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace)
      ON c.relname = r.name AND (n.nspname = r.schema OR r.schema = '' AND pg_catalog.pg_table_is_visible(c.oid))
    ORDER BY r.position`;
}
