import { DiagnosticError } from "../../framework/diagnostics";
import { formatRelationName, parseRelationName, relationId } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import { list, type Sql, sql, textArray } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import { withRemedies } from "../shared/remedies";

const REMEDIES = {
  [SQLSTATE.DEPENDENT_OBJECTS_STILL_EXIST]:
    "Nothing was dropped. Drop what depends on the tables first, or set drop_on_destroy = false, apply, and destroy again: the tables then stay.",
};

/**
 * Drops tables and the sequences that they own; all of them or, when anything else hangs on one, none.
 *
 * @param tables Names as `schema.table`. That some are gone already is no error.
 * @throws DiagnosticError | PostgresError that names what depends on them.
 */
export async function dropTables(
  server: PostgresServer,
  database: string,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const statement = sql`DROP TABLE IF EXISTS ${list(tables.map((table) => relationId(parseRelationName(table))))}`;
  await withRemedies(REMEDIES, () =>
    server.transaction(
      database,
      async (tx) => {
        const others = await tx.query<PartitionRow>(otherPartitions(tables));
        if (others.length > 0) throw refusal(others);
        await tx.query(statement);
      },
      signal,
    ),
  );
}

interface PartitionRow {
  readonly schema: string;
  readonly name: string;
  readonly parent_schema: string;
  readonly parent: string;
}

/** Partitions go with their table without a word, and somebody else may have made some. */
function otherPartitions(tables: readonly string[]): Sql {
  return sql`
    WITH RECURSIVE dropped AS (
      SELECT pg_catalog.to_regclass(name)::oid AS oid FROM unnest(${textArray(tables.map((table) => relationId(parseRelationName(table)).text))}) AS name
    ),
    partitions AS (
      SELECT i.inhrelid AS oid, i.inhparent AS parent FROM dropped JOIN pg_catalog.pg_inherits i ON i.inhparent = dropped.oid
      UNION
      SELECT i.inhrelid, i.inhparent FROM partitions JOIN pg_catalog.pg_inherits i ON i.inhparent = partitions.oid
    )
    SELECT n.nspname AS schema, c.relname AS name, pn.nspname AS parent_schema, p.relname AS parent
    FROM partitions JOIN pg_catalog.pg_class c ON c.oid = partitions.oid AND c.relispartition
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class p ON p.oid = partitions.parent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
    WHERE partitions.oid NOT IN (SELECT oid FROM dropped WHERE oid IS NOT NULL)
    ORDER BY n.nspname, c.relname`;
}

function refusal(partitions: readonly PartitionRow[]): DiagnosticError {
  const lines = partitions.map(
    ({ schema, name, parent_schema: parentSchema, parent }) =>
      `${formatRelationName({ schema, name })} is a partition of ${formatRelationName({ schema: parentSchema, name: parent })}, and would be dropped with it; this resource has not created it.`,
  );
  return new DiagnosticError(
    "Tables have partitions that are not this resource's",
    `${lines.join("\n")}\n\nNothing was dropped. Detach or drop such partitions first, or set drop_on_destroy = false, apply, and destroy again: the tables then stay.`,
  );
}
