import { createHash } from "node:crypto";
import type { MappingRuleJson } from "./mapping-rule";
import { type SelectionRule, selectionRule } from "./selection-rule";
import { type TableSettingsRule, tableSettingsRule } from "./table-settings-rule";
import { type TransformationRule, transformationRule } from "./transformation-rule";

/**
 * Table mappings of a DMS task: the tables to migrate, and how to transform and load them.
 *
 * @example
 * ```ts
 * import type { TableMappings } from "aurora-logical-replication/modules/dms";
 *
 * const tableMappings: TableMappings = {
 *   selection: [{ ruleAction: "include", schemaName: "public", tableName: "%" }],
 *   transformation: [
 *     { ruleTarget: "schema", ruleAction: "rename", schemaName: "public", value: "orders" },
 *   ],
 * };
 * ```
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html
 */
export interface TableMappings {
  /** Tables to migrate. At least one rule must include tables. */
  readonly selection: readonly SelectionRule[];
  /**
   * Transformations of schemas, tables and columns.
   *
   * @default - none: names and types do not change
   */
  readonly transformation?: readonly TransformationRule[];
  /**
   * How to load individual tables.
   *
   * @default - as the settings of the task say
   */
  readonly tableSettings?: readonly TableSettingsRule[];
}

/**
 * DMS's JSON for table mappings.
 *
 * The ID of a rule derives from its name or, without a name, from its action and object. So a rule keeps its ID when other
 * rules are added, removed or reordered.
 *
 * @throws Error if a rule is invalid or duplicated, or no rule includes tables. The message names the rule.
 */
export function tableMappingsJson({
  selection,
  transformation = [],
  tableSettings = [],
}: TableMappings): string {
  if (!selection.some(({ ruleAction }) => ruleAction !== "exclude")) {
    throw new Error(
      `tableMappings.selection must have at least one rule that includes tables. Got ${selection.length === 0 ? "no rules" : "only rules that exclude tables"}.`,
    );
  }
  const rules = [
    ...selection.map(selectionRule),
    ...transformation.map(transformationRule),
    ...tableSettings.map(tableSettingsRule),
  ];
  requireUnique(rules.map(({ label }) => label));
  requireUnique(rules.flatMap(({ name }) => (name === undefined ? [] : [`name ${JSON.stringify(name)}`])));
  const usedIds = new Set<number>();
  return JSON.stringify({ rules: rules.map((rule) => withId(rule, usedIds)) });
}

function requireUnique(labels: readonly string[]): void {
  const duplicate = labels.find((label, index) => labels.indexOf(label) !== index);
  if (duplicate !== undefined) {
    throw new Error(`tableMappings must have unique rules. Got ${duplicate} twice: remove one of them.`);
  }
}

function withId({ label, name, body }: MappingRuleJson, usedIds: Set<number>): object {
  const { "rule-type": type, ...rest } = body;
  let id = hash(name ?? label);
  while (usedIds.has(id)) id += 1;
  usedIds.add(id);
  return { "rule-type": type, "rule-id": String(id), "rule-name": name ?? String(id), ...rest };
}

/** Nine digits, as in the DMS console. If two rules collide, the later one gets the next number. */
function hash(text: string): number {
  return 100_000_000 + (createHash("sha256").update(text).digest().readUInt32BE() % 900_000_000);
}
