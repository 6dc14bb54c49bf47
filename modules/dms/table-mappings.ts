import { createHash } from "node:crypto";
import type { MappingRuleJson } from "./mapping-rule";
import { type SelectionRule, selectionRule } from "./selection-rule";
import { type TableSettingsRule, tableSettingsRule } from "./table-settings-rule";
import { type TransformationRule, transformationRule } from "./transformation-rule";

/** Which tables a DMS task migrates, and what becomes of them on the way. */
export interface TableMappings {
  /** At least one of them has to include something. */
  readonly selection: readonly SelectionRule[];
  /** @default - everything keeps its name and type */
  readonly transformation?: readonly TransformationRule[];
  /** @default - every table is loaded as the task's settings say */
  readonly tableSettings?: readonly TableSettingsRule[];
}

/**
 * DMS's JSON for table mappings.
 *
 * A rule's id is made from its name or, without one, from what it does to what. So rules keep their ids, and with them the
 * task its rules, when others come, go or change places.
 *
 * @throws Error, which names the rule, when one makes no sense, is there twice, or nothing is selected.
 */
export function tableMappingsJson({
  selection,
  transformation = [],
  tableSettings = [],
}: TableMappings): string {
  if (!selection.some(({ ruleAction }) => ruleAction !== "exclude")) {
    throw new Error(
      `tableMappings.selection must have a rule that includes tables. Got ${selection.length === 0 ? "none" : `${selection.length} that exclude`}.`,
    );
  }
  const rules = [
    ...selection.map(selectionRule),
    ...transformation.map(transformationRule),
    ...tableSettings.map(tableSettingsRule),
  ];
  requireOnce(rules.map(({ label }) => label));
  requireOnce(rules.flatMap(({ name }) => (name === undefined ? [] : [`name ${JSON.stringify(name)}`])));
  const taken = new Set<number>();
  return JSON.stringify({ rules: rules.map((rule) => identified(rule, taken)) });
}

function requireOnce(labels: readonly string[]): void {
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) {
    throw new Error(`tableMappings must have each rule once. Got ${twice} twice: leave one of them out.`);
  }
}

function identified({ label, name, body }: MappingRuleJson, taken: Set<number>): object {
  const { "rule-type": type, ...rest } = body;
  let id = hash(name ?? label);
  while (taken.has(id)) id += 1;
  taken.add(id);
  return { "rule-type": type, "rule-id": String(id), "rule-name": name ?? String(id), ...rest };
}

/** Nine digits, as DMS's console has them; equal ones are no harm, the later rule gets the next number. */
function hash(text: string): number {
  return 100_000_000 + (createHash("sha256").update(text).digest().readUInt32BE() % 900_000_000);
}
