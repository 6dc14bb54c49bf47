import {
  computed,
  defaulted,
  optional,
  optionalComputed,
  required,
  type Schema,
} from "../../framework/schema";
import type { State, View } from "../../framework/values";
import { bool, listOf, mapOf, setOf, string } from "../../framework/value-type";
import { tablesComplaint } from "../../postgres/relation-name";
import { databaseAttribute } from "../shared/database-object";
import { identifierComplaint } from "../shared/identifier";
import { publicationOptions } from "./options";
import { filterComplaint } from "./row-filter";
import { sameTables } from "./tables";

/** The schema of postgresql_publication. */
export const publicationSchema = {
  description:
    "A publication: the tables, and the operations on them, that subscribers can replicate. Every change but one of the database is made in place and in one transaction, so subscribers miss no row. " +
    "A publication is dropped only when no replication slot reads it, see `drop_cascade`. To replace a publication by another one in a single apply, set `lifecycle { create_before_destroy = true }` on both before: otherwise Terraform destroys the old one before it changes the subscription. " +
    "Describe the tables with one or several of `tables`, `table` blocks and `tables_in_schema`, or set `all_tables`.",
  attributes: {
    name: required(string, {
      description:
        "The publication's name. Renamed in place. If the database has a replication slot for the plugin `pgoutput`, the publication also remains under its former name, see `former_names`.",
      validate: publicationNameComplaint,
    }),
    database: databaseAttribute,
    owner: optionalComputed(string, {
      description: "The role that owns the publication (default: the provider's user).",
      validate: identifierComplaint,
    }),
    tables: optionalComputed(setOf(string), {
      description:
        'Tables to publish with all of their columns and rows, as `schema.table`. Names are case-sensitive. Put a part that contains a dot in double quotes: `"my.schema".table`. Tables that inherit from a table are published with it. An empty set publishes nothing. To move a table to another publication of the same subscription, add it there and apply, then remove it here and apply again: in a single apply, rows that are written between the two changes are not replicated. Without `tables`, `table`, `tables_in_schema` and `all_tables = true`, whole tables that are published stay as they are. If updates or deletes are published, every table needs a replica identity, such as a primary key; see `allow_missing_replica_identity`.',
      validate: tablesComplaint,
      equivalent: sameTables,
    }),
    all_tables: optionalComputed(bool, {
      description:
        "Whether to publish all tables of the database, including future ones (default: `false`). Until a subscriber has such a future table, it stops at the first change of it. Requires a superuser. Changed in place: if the database has a replication slot for the plugin `pgoutput`, all writes to the database wait for a moment meanwhile, so that subscribers miss no row.",
    }),
    tables_in_schema: optional(setOf(string), {
      description:
        "Schemas whose tables to publish, all of them, including future ones (default: none). Until a subscriber has such a future table, it stops at the first change of it. Requires PostgreSQL 15 or later, and a superuser.",
      validate: (schemas) => schemas.map(identifierComplaint).find((complaint) => complaint !== null) ?? null,
    }),
    ...publicationOptions,
    allow_missing_replica_identity: defaulted(bool, false, {
      description:
        "Whether to only warn about a table in `tables` or `table` that has no replica identity, while its updates or deletes are published (default: `false`: the plan fails). PostgreSQL refuses every UPDATE and DELETE on such a table. Set it to `true` for tables that only ever receive rows.",
    }),
    drop_cascade: defaulted(bool, false, {
      description:
        "Whether to drop the publication although replication slots read it (default: `false`). By default, a destroy fails while a slot reads the publication, or is inactive and may need it; it waits for up to a minute until none does. With `true`, Terraform drops the publication at once, with `CASCADE`, and subscribers that use it miss changes.",
    }),
    former_names: computed(setOf(string), {
      description:
        "Former names under which the publication still exists. A subscriber needs the name that it subscribes to until it has received every change that was committed before the renaming, so a renamed publication remains under its former name as well, as a publication of its own with the same tables and options. When no replication slot reads it any more, the next plan removes it.",
    }),
    published_tables: computed(listOf(string), {
      description:
        "The tables whose changes PostgreSQL sends, as `schema.table`, sorted: what `tables`, `table`, `tables_in_schema` and `all_tables` amount to now. Use it in the `refresh_triggers` of what depends on the publication.",
    }),
    row_filters: computed(mapOf(string), {
      description:
        "The row filters as PostgreSQL stores them, by table. PostgreSQL writes an expression in its own way; `table` keeps yours.",
    }),
  },
  blocks: {
    table: {
      nesting: "set",
      description:
        "A table to publish in part: some of its columns, some of its rows, or both. Repeat the block for each table. `columns` and `where` require PostgreSQL 15 or later.",
      attributes: {
        name: required(string, {
          description: "The table, as in `tables`.",
          validate: (name) => tablesComplaint([name]),
        }),
        columns: optional(setOf(string), {
          description:
            "The columns to publish (default: all). If updates or deletes are published, they must include the columns of the replica identity. Not possible beside `tables_in_schema`. Two publications with different columns of the same table cannot share a subscription.",
          validate: (columns) =>
            columns.length === 0
              ? "is empty. Leave it out to publish all columns."
              : (columns.map(identifierComplaint).find((complaint) => complaint !== null) ?? null),
        }),
        where: optional(string, {
          description:
            "The row filter: an SQL expression over the columns of one row, such as `country = 'DE' AND id > 100` (default: all rows). If updates or deletes are published, it may only use columns of the replica identity. It must not contain comments, dollar signs or semicolons outside of quotes.",
          validate: filterComplaint,
        }),
      },
    },
  },
} satisfies Schema;

export type PublicationSchema = typeof publicationSchema;
export type PublicationState = State<PublicationSchema>;
export type PublicationView = View<PublicationSchema>;
/** One `table` block. */
export type TableBlock = PublicationState["table"][number];

/** A subscriber puts the name into a command of the replication protocol, which has no way to quote a backslash. */
function publicationNameComplaint(name: string): string | null {
  return name.includes("\\")
    ? `is ${JSON.stringify(name)}. No server can subscribe to a publication whose name contains a backslash: choose another name.`
    : identifierComplaint(name);
}

/**
 * Whether a configuration describes any tables, and so all of them: a table that it does not describe is not published. A
 * configuration that describes none leaves the tables that are published whole as they are.
 */
export function describesTables(
  config: Pick<PublicationView, "tables" | "table" | "tables_in_schema" | "all_tables">,
): boolean {
  const mayHaveItems = (list: readonly unknown[] | null | undefined): boolean =>
    list === undefined || (list !== null && list.length > 0);
  return (
    config.tables !== null ||
    config.all_tables === true ||
    mayHaveItems(config.table) ||
    mayHaveItems(config.tables_in_schema)
  );
}
