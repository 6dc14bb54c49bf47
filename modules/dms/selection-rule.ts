import { requireInteger } from "../validation";
import { exactName, namePattern } from "./mapping-names";
import { type MappingRule, type MappingRuleJson, ruleName } from "./mapping-rule";
import { filterJson, type RowFilter } from "./row-filter";

/** Properties that all selection rules have in common. */
export interface TableSelection extends MappingRule {
  /** Name of the schema. `%` matches any characters, except in an explicit rule. */
  readonly schemaName: string;
  /** Name of the table. `%` matches any characters, except in an explicit rule. */
  readonly tableName: string;
}

/** Properties of rules that select tables. */
export interface IncludedTables extends TableSelection {
  /**
   * Order of the load, 1 to 2147483647: tables with a higher number first.
   *
   * @default - after all tables with a number
   */
  readonly loadOrder?: number;
  /**
   * Filters of rows. DMS migrates rows that pass every filter.
   *
   * @default - all rows
   */
  readonly filters?: readonly RowFilter[];
}

/**
 * Tables that a task migrates: all included tables except excluded ones, and all explicit tables.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Selections.html
 */
export type SelectionRule =
  | (IncludedTables & {
      /** Includes the tables. */
      readonly ruleAction: "include";
      /**
       * Type of the tables. DMS can load views, but not replicate their changes.
       *
       * @default "table"
       */
      readonly tableType?: "table" | "view" | "all";
    })
  | (IncludedTables & {
      /** Includes one table, even if other rules exclude it. */
      readonly ruleAction: "explicit";
    })
  | (TableSelection & {
      /** Excludes the tables. */
      readonly ruleAction: "exclude";
    });

/**
 * DMS's JSON for a selection.
 *
 * @throws Error if a name, a filter or the load order is invalid.
 */
export function selectionRule(rule: SelectionRule): MappingRuleJson {
  const { ruleAction, schemaName, tableName, name } = rule;
  const label = `selection "${ruleAction} ${schemaName}.${tableName}"`;
  const errorName = ruleName(name, label);
  const locatorName = ruleAction === "explicit" ? exactName : namePattern;
  return {
    label,
    name,
    body: {
      "rule-type": "selection",
      "object-locator": {
        "schema-name": locatorName(errorName, "schemaName", schemaName),
        "table-name": locatorName(errorName, "tableName", tableName),
        ...(ruleAction === "include" && rule.tableType !== undefined && { "table-type": rule.tableType }),
      },
      "rule-action": ruleAction,
      ...(ruleAction !== "exclude" && {
        ...(rule.loadOrder !== undefined && { "load-order": loadOrder(errorName, rule.loadOrder) }),
        filters: (rule.filters ?? []).map((filter) => filterJson(errorName, filter)),
      }),
    },
  };
}

function loadOrder(rule: string, order: number): number {
  requireInteger(`${rule}: loadOrder`, order, { min: 1 });
  return order;
}
