import { exactName } from "./mapping-names";
import { type MappingRule, type MappingRuleJson, ruleLabel } from "./mapping-rule";

/** How one table is loaded. */
export interface TableSettingsRule extends MappingRule {
  /** The schema's name, to the letter. */
  readonly schemaName: string;
  /** The table's name, to the letter. */
  readonly tableName: string;
  /**
   * Parts of the table that are loaded at once.
   *
   * @default - the table is loaded in one part
   */
  readonly parallelLoad?: {
    /** DMS has no other type for tables of PostgreSQL that are not partitioned. */
    readonly type: "ranges";
    /** The columns that the ranges are of, at most 10: indexed, and no LOBs. */
    readonly columns: readonly string[];
    /** Where one range ends and the next one begins: a value for each column, in ascending order. */
    readonly boundaries: readonly (readonly (string | number)[])[];
  };
  /**
   * How the table's LOBs are taken, whatever the task's settings say.
   *
   * @default - as the task's settings say
   */
  readonly lobSettings?:
    | {
        /** Cut off at the size, or taken whole and, up to the size, with their row. */
        readonly mode: "limited" | "unlimited";
        /** In KB. */
        readonly bulkMaxSize: number;
      }
    | {
        /** Left out. */
        readonly mode: "none";
      };
}

/**
 * DMS's JSON for a table's settings.
 *
 * @throws Error when a name has a wildcard, there is nothing to set, or the ranges make no sense.
 */
export function tableSettingsRule(rule: TableSettingsRule): MappingRuleJson {
  const { schemaName, tableName, name, parallelLoad, lobSettings } = rule;
  const label = `table settings "${schemaName}.${tableName}"`;
  const called = ruleLabel(name, label);
  if (parallelLoad === undefined && lobSettings === undefined) {
    throw new Error(`${called}: parallelLoad or lobSettings must be given. Got neither.`);
  }
  return {
    label,
    name,
    body: {
      "rule-type": "table-settings",
      "object-locator": {
        "schema-name": exactName(called, "schemaName", schemaName),
        "table-name": exactName(called, "tableName", tableName),
      },
      ...(parallelLoad && { "parallel-load": ranges(called, parallelLoad) }),
      ...(lobSettings && { "lob-settings": lobs(called, lobSettings) }),
    },
  };
}

function ranges(
  called: string,
  { type, columns, boundaries }: NonNullable<TableSettingsRule["parallelLoad"]>,
): object {
  const complain = (expected: string, got: string) => {
    throw new Error(`${called}: parallelLoad.${expected}. Got ${got}.`);
  };
  // Types do not hold for who calls from JavaScript.
  if (String(type) !== "ranges") complain('type must be "ranges" for PostgreSQL', JSON.stringify(type));
  if (columns.length < 1 || columns.length > 10 || new Set(columns).size < columns.length) {
    complain(
      "columns must be 1 to 10 columns, each once",
      columns.length === 0 ? "none" : columns.join(", "),
    );
  }
  if (boundaries.length === 0) complain("boundaries must be at least one", "none");
  const odd = boundaries.find((boundary) => boundary.length !== columns.length);
  if (odd) complain(`boundaries must have ${columns.length} values each, one a column`, JSON.stringify(odd));
  const notAscending = boundaries.findIndex((boundary, index) => {
    const before = boundaries[index - 1];
    return before !== undefined && !ascends(before, boundary);
  });
  if (notAscending >= 0) {
    complain(
      "boundaries must be in ascending order",
      JSON.stringify(boundaries.slice(notAscending - 1, notAscending + 1)),
    );
  }
  return { type, columns, boundaries: boundaries.map((boundary) => boundary.map(String)) };
}

/** Whether numbers ascend; the order of texts depends on the column's collation, which nobody knows here. */
function ascends(before: readonly (string | number)[], after: readonly (string | number)[]): boolean {
  for (const [index, low] of before.entries()) {
    const high = after[index];
    if (typeof low !== "number" || typeof high !== "number")
      return JSON.stringify(before) !== JSON.stringify(after);
    if (low !== high) return low < high;
  }
  return false;
}

function lobs(called: string, settings: NonNullable<TableSettingsRule["lobSettings"]>): object {
  if (settings.mode === "none") return { mode: settings.mode };
  const { mode, bulkMaxSize } = settings;
  if (!Number.isInteger(bulkMaxSize) || bulkMaxSize < 1) {
    throw new Error(
      `${called}: lobSettings.bulkMaxSize must be a whole number of KB, 1 or more. Got ${bulkMaxSize}.`,
    );
  }
  return { mode, "bulk-max-size": String(bulkMaxSize) };
}
