import { computed, optional, optionalComputed, required, type Schema } from "../framework/schema";
import { bool, listOf, mapOf, number, objectOf, string } from "../framework/value-type";
import { DiagnosticError } from "../framework/diagnostics";
import { tablesComplaint } from "../postgres/relation-name";
import { rowCounts } from "../postgres/row-counts";
import { define } from "./define";

const schema = {
  description:
    "Row counts of tables, and their comparison with the other side of a replication. Each side is counted with its own provider configuration; pass the publisher's `row_counts` to the subscriber's data source as `other_row_counts`. " +
    "All tables are counted as of the same moment. The server reads each table in full. For large tables, raise `timeouts { read }`, which limits the whole count (default: `5m`).",
  attributes: {
    database: optionalComputed(string, {
      description: "Database of the tables (default: the provider's `database`).",
    }),
    tables: required(listOf(string), {
      description:
        'Tables to count, as `schema.table`. Names are case-sensitive. Put a part that contains a dot in double quotes: `"my.schema".table`. The count includes the rows of partitions and of tables that inherit, as in a SELECT.',
      validate: tablesComplaint,
    }),
    other_row_counts: optional(mapOf(number), {
      description: "`row_counts` of the other side, with the names in `tables` (default: no comparison).",
    }),
    row_counts: computed(mapOf(number), {
      description: "Number of rows by table, with the names in `tables`.",
    }),
    comparison: computed(
      listOf(objectOf({ table: string, row_count: number, other_row_count: number, equal: bool })),
      {
        description:
          "Tables in the order of `tables`, each with its row count on both sides and whether they are equal. Null without `other_row_counts`.",
      },
    ),
    equal: computed(bool, {
      description:
        "Whether all tables have the same row count on both sides. Null without `other_row_counts`.",
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
    // Report missing counts before counting, which can take long.
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
