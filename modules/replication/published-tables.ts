import { Token } from "cdktf";
import type { PublicationConfig } from "../../bindings/publication";

/** A table with only some of its columns or rows published. */
export interface PublishedTable {
  /** Table, as `schema.table`. Put a part that contains a dot in double quotes. */
  readonly name: string;
  /**
   * Columns to publish. They must include the columns of the replica identity, such as the primary key. Requires
   * PostgreSQL 15 or later.
   *
   * @default - all columns
   * @see https://www.postgresql.org/docs/current/logical-replication-col-lists.html
   */
  readonly columns?: string[];
  /**
   * Rows to publish: an SQL expression over the columns of the replica identity, such as `id > 100`. Requires
   * PostgreSQL 15 or later.
   *
   * @default - all rows
   * @see https://www.postgresql.org/docs/current/logical-replication-row-filter.html
   */
  readonly where?: string;
}

/** Tables of a publication. */
export interface PublishedTablesProps {
  /**
   * Tables to publish: each as `schema.table`, or with some of its columns or rows. Put a part of a name that contains a
   * dot in double quotes. You can add and remove tables later.
   */
  readonly tables: (string | PublishedTable)[];
  /**
   * Schemas whose tables are all published, including future ones. At the first change of a future table, replication stops
   * until the next deployment creates the table at the subscriber. Columns cannot be selected beside schemas. Requires
   * PostgreSQL 15 or later, and a superuser as the publisher's user.
   *
   * @default - none
   * @see https://www.postgresql.org/docs/current/sql-createpublication.html
   */
  readonly tablesInSchema?: string[];
  /**
   * Generated columns to publish of tables without `columns`: "none" or "stored". Requires PostgreSQL 18 or later.
   *
   * @default - the server's default, "none"
   * @see https://www.postgresql.org/docs/current/logical-replication-gencols.html
   */
  readonly publishGeneratedColumns?: string;
}

/** Names of the tables. */
export function namesOf(tables: PublishedTablesProps["tables"]): string[] {
  return tables.map((table) => (typeof table === "string" ? table : table.name));
}

/** Names of the tables with all rows published. */
export function namesOfWholeTables(tables: PublishedTablesProps["tables"]): string[] {
  return namesOf(tables.filter((table) => typeof table === "string" || table.where === undefined));
}

/** Arguments of a publication. */
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
 * Rejects column lists together with schemas, which PostgreSQL does not allow.
 *
 * @throws Error if there are both.
 * @see https://www.postgresql.org/docs/current/logical-replication-col-lists.html
 */
export function requireNoColumnsBesideSchemas({ tables, tablesInSchema }: PublishedTablesProps): void {
  if (tablesInSchema === undefined || tablesInSchema.length === 0 || Token.isUnresolved(tables)) return;
  const part = tables.find((table) => typeof table !== "string" && table.columns !== undefined);
  if (part === undefined) return;
  throw new Error(
    `tables must not set columns together with tablesInSchema: PostgreSQL allows only one of the two in a publication. Got ${JSON.stringify(part)}.`,
  );
}
