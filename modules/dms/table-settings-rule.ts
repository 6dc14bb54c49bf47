import { requireInteger } from "../validation";
import { exactName } from "./mapping-names";
import { type MappingRule, type MappingRuleJson, ruleName } from "./mapping-rule";

/**
 * How DMS loads one table.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Tablesettings.html
 */
export interface TableSettingsRule extends MappingRule {
  /** Exact name of the schema. */
  readonly schemaName: string;
  /** Exact name of the table. */
  readonly tableName: string;
  /**
   * Ranges of the table to load in parallel.
   *
   * @default - none: DMS loads the table as one part
   */
  readonly parallelLoad?: {
    /** Type of the parallel load. DMS supports no other for PostgreSQL tables that are not partitioned. */
    readonly type: "ranges";
    /** Columns of the ranges, at most 10. They should be indexed and must not be LOBs. */
    readonly columns: readonly string[];
    /** Boundaries between ranges, in ascending order: one value for each column. */
    readonly boundaries: readonly (readonly (string | number)[])[];
  };
  /**
   * How to load the LOBs of the table. Overrides the settings of the task.
   *
   * @default - as the settings of the task say
   */
  readonly lobSettings?:
    | {
        /** "limited" truncates LOBs at the size; "unlimited" loads entire LOBs, and those up to the size with their row. */
        readonly mode: "limited" | "unlimited";
        /** Size, in KB. */
        readonly bulkMaxSize: number;
      }
    | {
        /** Omits LOBs. */
        readonly mode: "none";
      };
}

/**
 * DMS's JSON for a table's settings.
 *
 * @throws Error if a name contains a wildcard, the rule has no settings, or the ranges are invalid.
 */
export function tableSettingsRule(rule: TableSettingsRule): MappingRuleJson {
  const { schemaName, tableName, name, parallelLoad, lobSettings } = rule;
  const label = `table settings "${schemaName}.${tableName}"`;
  const errorName = ruleName(name, label);
  if (parallelLoad === undefined && lobSettings === undefined) {
    throw new Error(`${errorName}: parallelLoad or lobSettings is required. Got neither.`);
  }
  return {
    label,
    name,
    body: {
      "rule-type": "table-settings",
      "object-locator": {
        "schema-name": exactName(errorName, "schemaName", schemaName),
        "table-name": exactName(errorName, "tableName", tableName),
      },
      ...(parallelLoad && { "parallel-load": ranges(errorName, parallelLoad) }),
      ...(lobSettings && { "lob-settings": lobs(errorName, lobSettings) }),
    },
  };
}

function ranges(
  rule: string,
  { type, columns, boundaries }: NonNullable<TableSettingsRule["parallelLoad"]>,
): object {
  const fail = (expected: string, got: string) => {
    throw new Error(`${rule}: parallelLoad.${expected}. Got ${got}.`);
  };
  // JavaScript callers bypass the types.
  if (String(type) !== "ranges") fail('type must be "ranges" for PostgreSQL', JSON.stringify(type));
  if (columns.length < 1 || columns.length > 10 || new Set(columns).size < columns.length) {
    fail("columns must be 1 to 10 unique columns", columns.length === 0 ? "none" : columns.join(", "));
  }
  if (boundaries.length === 0) fail("boundaries must contain at least one boundary", "none");
  const incomplete = boundaries.find((boundary) => boundary.length !== columns.length);
  if (incomplete)
    fail(
      `boundaries must have ${columns.length} values each, one for each column`,
      JSON.stringify(incomplete),
    );
  const notAscending = boundaries.findIndex((boundary, index) => {
    const before = boundaries[index - 1];
    return before !== undefined && !ascends(before, boundary);
  });
  if (notAscending >= 0) {
    fail(
      "boundaries must be in ascending order",
      JSON.stringify(boundaries.slice(notAscending - 1, notAscending + 1)),
    );
  }
  return { type, columns, boundaries: boundaries.map((boundary) => boundary.map(String)) };
}

/** Whether numbers ascend. The order of texts depends on the collation of the column, which is unknown here. */
function ascends(before: readonly (string | number)[], after: readonly (string | number)[]): boolean {
  for (const [index, low] of before.entries()) {
    const high = after[index];
    if (typeof low !== "number" || typeof high !== "number")
      return JSON.stringify(before) !== JSON.stringify(after);
    if (low !== high) return low < high;
  }
  return false;
}

function lobs(rule: string, settings: NonNullable<TableSettingsRule["lobSettings"]>): object {
  if (settings.mode === "none") return { mode: settings.mode };
  const { mode, bulkMaxSize } = settings;
  requireInteger(`${rule}: lobSettings.bulkMaxSize`, bulkMaxSize, { min: 1, unit: "KB" });
  return { mode, "bulk-max-size": String(bulkMaxSize) };
}
