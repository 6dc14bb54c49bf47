import { Token } from "cdktf";
import type { PublicationConfig } from "../../bindings/publication";

/** A table that is published in part. */
export interface PublishedTable {
  /** The table, as `schema.table`. Put a part that contains a dot in double quotes. */
  readonly name: string;
  /**
   * The columns to publish. They must include the columns of the replica identity, such as the primary key. Requires
   * PostgreSQL 15 or later.
   *
   * @default - all columns
   */
  readonly columns?: string[];
  /**
   * The rows to publish: an SQL expression over the columns of the replica identity, such as `id > 100`. Requires
   * PostgreSQL 15 or later.
   *
   * @default - all rows
   */
  readonly where?: string;
}

/** What a publication publishes. */
export interface PublishedTablesProps {
  /**
   * The tables to publish: each as `schema.table`, or in part. Put a part of a name that contains a dot in double quotes.
   * Later, you can add and remove tables.
   */
  readonly tables: (string | PublishedTable)[];
  /**
   * Schemas whose tables are all published, including future ones. At the first change of a future table, replication stops
   * until the next deployment creates the table at the subscriber. Columns cannot be selected beside schemas. Requires
   * PostgreSQL 15 or later, and a superuser as the publisher's user.
   *
   * @default - none
   */
  readonly tablesInSchema?: string[];
  /**
   * Which generated columns are published of tables without `columns`: "none" or "stored". Requires PostgreSQL 18 or
   * later.
   *
   * @default - the server's default, "none"
   */
  readonly publishGeneratedColumns?: string;
}

/** The names of the tables. */
export function namesOf(tables: PublishedTablesProps["tables"]): string[] {
  return tables.map((table) => (typeof table === "string" ? table : table.name));
}

/** The names of the tables that are published with all of their rows. */
export function namesOfWholeTables(tables: PublishedTablesProps["tables"]): string[] {
  return namesOf(tables.filter((table) => typeof table === "string" || table.where === undefined));
}

/** The attributes of a publication. */
export function publishedTables({
  tables,
  tablesInSchema,
  publishGeneratedColumns,
}: PublishedTablesProps): Pick<
  PublicationConfig,
  "tables" | "table" | "tablesInSchema" | "publishGeneratedColumns"
> {
  const parts = tables.filter((table) => typeof table !== "string");
  return {
    tables: tables.filter((table) => typeof table === "string"),
    ...(parts.length > 0 && { table: parts }),
    tablesInSchema,
    publishGeneratedColumns,
  };
}

/**
 * Refuses column lists beside schemas, which PostgreSQL does not allow.
 *
 * @throws Error
 */
export function requireNoColumnsBesideSchemas({ tables, tablesInSchema }: PublishedTablesProps): void {
  if (tablesInSchema === undefined || tablesInSchema.length === 0 || Token.isUnresolved(tables)) return;
  const part = tables.find((table) => typeof table !== "string" && table.columns !== undefined);
  if (part === undefined) return;
  throw new Error(
    `tables must not select columns beside tablesInSchema: PostgreSQL allows only one of the two in a publication. Got ${JSON.stringify(part)}.`,
  );
}
