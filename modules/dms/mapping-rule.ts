/** What every rule of the table mappings may have. */
export interface MappingRule {
  /**
   * The rule's name, unique in the task. A rule that is known by its name keeps its id when what it says changes.
   *
   * @default - the rule's id
   */
  readonly name?: string;
}

/** A rule as DMS's JSON has it, but for its id and name. */
export interface MappingRuleJson {
  /** What the rule does to what: no other rule of the task may do the same. */
  readonly label: string;
  readonly name: string | undefined;
  readonly body: { readonly "rule-type": string } & Readonly<Record<string, unknown>>;
}

/** What a rule is called in messages. */
export function ruleLabel(name: string | undefined, description: string): string {
  return name === undefined ? description : `${description} (${name})`;
}
