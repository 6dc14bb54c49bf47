import { exactName, namePattern } from "./mapping-names";
import { type MappingRule, type MappingRuleJson, ruleLabel } from "./mapping-rule";
import { filterJson, type RowFilter } from "./row-filter";

/** @inline */
interface Selected extends MappingRule {
  /** The schema's name; `%` stands for any characters, except in an explicit rule. */
  readonly schemaName: string;
  /** The table's name; `%` stands for any characters, except in an explicit rule. */
  readonly tableName: string;
}

/** @inline */
interface Taken extends Selected {
  /**
   * When the table is loaded: those with a higher number first.
   *
   * @default - after those with a number
   */
  readonly loadOrder?: number;
  /**
   * The rows that are taken: those that pass every filter.
   *
   * @default - all
   */
  readonly filters?: readonly RowFilter[];
}

/** Which tables a task migrates: those that are included, less those that are excluded, and those named explicitly. */
export type SelectionRule =
  | (Taken & {
      readonly ruleAction: "include";
      /**
       * Views can be loaded only, not followed.
       *
       * @default "table"
       */
      readonly tableType?: "table" | "view" | "all";
    })
  | (Taken & { readonly ruleAction: "explicit" })
  | (Selected & { readonly ruleAction: "exclude" });

/**
 * DMS's JSON for a selection.
 *
 * @throws Error when a name, a filter or the load order makes no sense.
 */
export function selectionRule(rule: SelectionRule): MappingRuleJson {
  const { ruleAction, schemaName, tableName, name } = rule;
  const label = `selection "${ruleAction} ${schemaName}.${tableName}"`;
  const called = ruleLabel(name, label);
  const read = ruleAction === "explicit" ? exactName : namePattern;
  return {
    label,
    name,
    body: {
      "rule-type": "selection",
      "object-locator": {
        "schema-name": read(called, "schemaName", schemaName),
        "table-name": read(called, "tableName", tableName),
        ...(ruleAction === "include" && rule.tableType !== undefined && { "table-type": rule.tableType }),
      },
      "rule-action": ruleAction,
      ...(ruleAction !== "exclude" && {
        ...(rule.loadOrder !== undefined && { "load-order": loadOrder(called, rule.loadOrder) }),
        filters: (rule.filters ?? []).map((filter) => filterJson(called, filter)),
      }),
    },
  };
}

function loadOrder(rule: string, order: number): number {
  if (Number.isInteger(order) && order >= 1 && order <= 2_147_483_647) return order;
  throw new Error(`${rule}: loadOrder must be a whole number from 1 to 2147483647. Got ${order}.`);
}
