import { DiagnosticError } from "../../framework/diagnostics";
import type { CreateOperation } from "../../framework/resource";
import { computed, optional, required, type Schema } from "../../framework/schema";
import { mapOf, number, setOf, string } from "../../framework/value-type";
import type { State } from "../../framework/values";
import { tablesComplaint } from "../../postgres/relation-name";
import { rowCounts } from "../../postgres/row-counts";
import type { PostgresServer } from "../../postgres/server";
import { databaseAttribute, databaseOf, planDatabase } from "../shared/database-object";
import { define } from "../shared/define";
import { parseJsonImportId } from "../shared/json-import-id";

const schema = {
  description:
    "Row counts of tables at a moment that you choose: when the resource is created, and again when `tables` or `triggers` change. " +
    "Plans do not count rows, and a refresh does not connect to the server. To count in every plan, use the data source `postgresql_table_comparison`.\n\n" +
    "To compare both sides of a replication, use one resource for each. The two sides are counted at different moments: while applications write, the numbers can differ although every row arrives. " +
    "All tables of one resource are counted as of the same moment. The server reads each table in full; `timeouts` limit the whole count.",
  attributes: {
    database: databaseAttribute,
    tables: required(setOf(string), {
      description:
        'Tables to count, as `schema.table`. Names are case-sensitive. Put a part that contains a dot in double quotes: `"my.schema".table`. The count includes the rows of partitions and of tables that inherit, as in a SELECT.',
      validate: tablesComplaint,
    }),
    triggers: optional(mapOf(string), {
      description: "Arbitrary values. When they change, the next apply counts the rows again.",
    }),
    row_counts: computed(mapOf(number), {
      description: "Number of rows by table, with the names in `tables`.",
    }),
    counted_at: computed(string, {
      description:
        "Time of the count by the server's clock, in RFC 3339 and UTC: `2024-01-31T12:00:00.000Z`.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;

const EXAMPLE = '{"database":"shop","tables":["public.orders"]}';

/** `postgresql_row_count`: ID `database.table,…`. Imported by a JSON object with these two, and counted by the next apply. */
export const rowCount = define({
  typeName: "postgresql_row_count",
  displayName: "row count",
  schema,
  identify: ({ database, tables }) =>
    typeof database === "string" && tables !== undefined
      ? `${database}.${[...tables].sort().join(",")}`
      : undefined,
  describe: ({ database }) =>
    typeof database === "string" ? `the row count in database ${JSON.stringify(database)}` : "the row count",

  modifyPlan(operation) {
    planDatabase(operation);
    const { prior, plan } = operation;
    if (prior === null) return;
    const isSame =
      prior.row_counts !== null &&
      plan.tables !== undefined &&
      plan.triggers !== undefined &&
      sorted(plan.tables) === sorted(prior.tables) &&
      JSON.stringify(plan.triggers) === JSON.stringify(prior.triggers);
    if (isSame) return;
    operation.setUnknown("row_counts");
    operation.setUnknown("counted_at");
  },

  create: (operation) => count(operation, "create"),

  read: ({ provider, state }) => Promise.resolve({ ...state, database: databaseOf(state, provider) }),

  async update(operation) {
    const { planned, provider } = operation;
    const { row_counts: counts, counted_at: countedAt } = planned;
    if (counts === undefined || countedAt === undefined) return count(operation, "update");
    return { ...planned, database: databaseOf(planned, provider), row_counts: counts, counted_at: countedAt };
  },

  /** The resource has no object on the server. */
  delete: () => Promise.resolve(),

  importState(importId) {
    const { database, tables } = parseJsonImportId(importId, {
      required: ["database"],
      optional: [],
      lists: ["tables"],
      example: EXAMPLE,
    });
    if (tables === null) {
      throw new DiagnosticError(
        "Invalid import ID",
        `The import ID does not name any tables. Write, for example, ${EXAMPLE}`,
      );
    }
    return { database, tables };
  },
});

async function count(
  { provider, planned, signal }: CreateOperation<S, PostgresServer>,
  step: "create" | "update",
): Promise<State<S>> {
  const { tables } = planned;
  const database = databaseOf(planned, provider);
  const { counts, countedAt } = await rowCounts(provider, database, tables, step, signal);
  return {
    ...planned,
    database,
    row_counts: Object.fromEntries(tables.map((table, index) => [table, counts[index] ?? 0])),
    counted_at: countedAt,
  };
}

function sorted(tables: readonly string[]): string {
  return JSON.stringify([...tables].sort());
}
