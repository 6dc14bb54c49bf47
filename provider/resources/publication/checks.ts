import type { AttributePath, Diagnostics } from "../../framework/diagnostics";
import type { RelationName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import type { ServerVersion } from "../../postgres/server-version";
import { formatRelationName, parseRelationName } from "../../postgres/relation-name";
import { requireVersion } from "../shared/plan-check";
import { requireOptionVersions } from "./options";
import {
  COLUMN_LIST_SUMMARY,
  columnListComplaint,
  type Gain,
  type IdentityRow,
  NO_REPLICA_IDENTITY_SUMMARY,
  noReplicaIdentityDetail,
  withoutIdentity,
} from "./replica-identity";
import { checkFilters, type FilterSubject } from "./row-filter";
import type { PublicationView } from "./schema";
import { REPEATED_TABLE_SUMMARY, repeatedTable, repeatedTableDetail } from "./tables";

/** The newest major version whose publications this provider knows completely. */
const NEWEST_KNOWN_VERSION = 18;

/** Where complaints go: into a plan, or into the error of an apply. */
export type Reporter = Pick<Diagnostics, "error" | "warn">;

/** Complains about what contradicts itself within a configuration. */
export function checkConfiguration(config: PublicationView, diagnostics: Reporter): void {
  const { tables, table, tables_in_schema: schemas } = config;
  const conflicts = [
    ...((tables?.length ?? 0) > 0 ? ["tables"] : []),
    ...((table?.length ?? 0) > 0 ? ["table"] : []),
    ...((schemas?.length ?? 0) > 0 ? ["tables_in_schema"] : []),
  ];
  if (config.all_tables === true && conflicts.length > 0) {
    diagnostics.error(
      "Conflicting attributes",
      `all_tables = true publishes every table, and cannot be combined with ${conflicts.join(" and ")}. Remove one of them.`,
      ["all_tables"],
    );
  }
  const names = [...(tables ?? []), ...(table ?? []).map(({ name }) => name)].filter(isReadable);
  const repeated = repeatedTable(names);
  if (repeated !== null) {
    const path = (table ?? []).some(
      ({ name }) => isReadable(name) && formatRelationName(parseRelationName(name)) === repeated,
    )
      ? "table"
      : "tables";
    diagnostics.error(REPEATED_TABLE_SUMMARY, repeatedTableDetail(repeated, repeated), [path]);
  }
  for (const { name, columns } of table ?? []) {
    if (columns !== null && (schemas?.length ?? 0) > 0) {
      diagnostics.error(
        "Conflicting attributes",
        `PostgreSQL allows no column list beside tables_in_schema, and the table block of ${name} has columns. Remove columns, or publish the schemas in a publication of their own.`,
        ["table"],
      );
    }
  }
}

function isReadable(name: string): boolean {
  try {
    parseRelationName(name);
    return true;
  } catch {
    // The attribute's own validation says what is wrong with it.
    return false;
  }
}

/** Complains about everything in the configuration that the server is too old for. */
export function checkVersions(
  config: PublicationView,
  version: ServerVersion,
  diagnostics: Diagnostics,
): void {
  requireOptionVersions(config, version, diagnostics);
  const blocks = config.table ?? [];
  if (blocks.some(({ columns }) => columns !== null))
    requireVersion(diagnostics, version, 15, "table", "columns");
  if (blocks.some(({ where }) => where !== null)) requireVersion(diagnostics, version, 15, "table", "where");
  if ((config.tables_in_schema?.length ?? 0) > 0)
    requireVersion(diagnostics, version, 15, "tables_in_schema");
}

/** Why a publication cannot be created anew from its present definition on this server; null when it can. */
export function copyComplaint(label: string, version: ServerVersion): string | null {
  return version.atLeast(NEWEST_KNOWN_VERSION + 1)
    ? `${label} would have to be created anew for this change, and the server's version ${version.toString()} is newer than this provider, which knows publications up to PostgreSQL ${NEWEST_KNOWN_VERSION}: settings that it does not know would be lost. Nothing was changed. Use a newer version of the provider, or make this change with SQL.`
    : null;
}

export const COPY_SUMMARY = "Server is newer than the provider";

/** Complains about tables whose updates and deletes would fail on the publisher once they are published. */
export function checkIdentities(
  gain: Gain,
  rows: readonly IdentityRow[],
  label: string,
  allowMissing: boolean,
  reporter: Reporter,
): void {
  if (!gain.needsIdentity) return;
  const { named, brought } = withoutIdentity(rows);
  const report = (severity: "error" | "warn", tables: readonly RelationName[], path: AttributePath): void => {
    if (tables.length > 0)
      reporter[severity](NO_REPLICA_IDENTITY_SUMMARY, noReplicaIdentityDetail(label, tables), path);
  };
  report(allowMissing ? "warn" : "error", named, ["tables"]);
  report("warn", brought, [gain.all ? "all_tables" : "tables_in_schema"]);
  const columnList = columnListComplaint(gain, rows);
  if (columnList !== null) reporter.error(COLUMN_LIST_SUMMARY, columnList, ["table"]);
}

/**
 * Complains about row filters that PostgreSQL cannot read, or that would make updates and deletes fail.
 *
 * @throws DiagnosticError
 */
export async function checkRowFilters(
  gain: Gain,
  rows: readonly IdentityRow[],
  server: PostgresServer,
  database: string,
  signal: AbortSignal,
): Promise<void> {
  const subjects = rows.flatMap((row): FilterSubject[] => {
    const where = row.position === null ? null : (gain.tables[row.position]?.where ?? null);
    const identity = gain.needsIdentity && row.identity === "columns" ? row.columns : null;
    return where === null ? [] : [{ table: row, where, identity }];
  });
  await checkFilters(server, database, subjects, signal);
}
