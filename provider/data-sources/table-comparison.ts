import { computed, optional, optionalComputed, required, type Schema } from "../framework/schema";
import { bool, listOf, mapOf, number, objectOf, string } from "../framework/value-type";
import { DiagnosticError } from "../framework/diagnostics";
import { tablesComplaint } from "../postgres/relation-name";
import { rowCounts } from "../postgres/row-counts";
import { define } from "./define";

const schema = {
  description:
    "How many rows tables have, and whether that is what they have on the other side of a replication: the publisher's counts are given to the subscriber's data source as `other_row_counts`, so each side is counted with its own provider configuration. " +
    "All tables are counted as of the same moment. The server reads each table in full: for large tables set `timeouts { read }`, which limits the whole count (default: `5m`).",
  attributes: {
    database: optionalComputed(string, {
      description: "The database that the tables are in (default: the provider's `database`).",
    }),
    tables: required(listOf(string), {
      description:
        'The tables to count, as `schema.table`; names are taken to the letter, upper case included, and a part with a dot in it is put in double quotes (`"my.schema".table`). The rows of partitions and of tables that inherit count too, as in a SELECT.',
      validate: tablesComplaint,
    }),
    other_row_counts: optional(mapOf(number), {
      description:
        "The `row_counts` of the other side, by the same names as in `tables` (default: nothing is compared).",
    }),
    row_counts: computed(mapOf(number), {
      description: "The number of rows by table, named as in `tables`.",
    }),
    comparison: computed(
      listOf(objectOf({ table: string, row_count: number, other_row_count: number, equal: bool })),
      {
        description:
          "The tables in the order of `tables`, each with its number of rows here and on the other side, and whether they are equal. Null without `other_row_counts`.",
      },
    ),
    equal: computed(bool, {
      description: "Whether all tables have as many rows here as there. Null without `other_row_counts`.",
    }),
  },
  blocks: {},
} satisfies Schema;

/** `postgresql_table_comparison`: ID `database.table,…`. */
export const tableComparison = define({
  typeName: "postgresql_table_comparison",
  displayName: "row counts",
  schema,
  identify: ({ database, tables }) => `${database}.${tables.join(",")}`,
  describe: ({ database }) =>
    database === null ? "the row counts" : `the row counts in database ${JSON.stringify(database)}`,

  async read({ provider, config, signal }) {
    const { tables, other_row_counts: others } = config;
    const database = config.database ?? provider.settings.database;
    // What cannot be compared is said before anything is counted.
    const otherCounts = others && tables.map((table) => otherCountOf(table, others));
    const { counts } = await rowCounts(provider, database, tables, "read", signal);
    const comparison =
      otherCounts &&
      tables.map((table, index) => {
        const [count = 0, other = 0] = [counts[index], otherCounts[index]];
        return { table, row_count: count, other_row_count: other, equal: count === other };
      });
    return {
      database,
      tables,
      other_row_counts: others,
      row_counts: Object.fromEntries(tables.map((table, index) => [table, counts[index] ?? 0])),
      comparison,
      equal: comparison && comparison.every(({ equal }) => equal),
    };
  },
});

function otherCountOf(table: string, others: Readonly<Record<string, number>>): number {
  const count = others[table];
  if (typeof count === "number") return count;
  const names = Object.keys(others).sort();
  throw new DiagnosticError(
    "Table was not counted on the other side",
    `other_row_counts has no number for ${table}, but for ${names.length === 0 ? "no table" : names.join(", ")}. Give both sides the same tables.`,
    ["other_row_counts"],
  );
}
