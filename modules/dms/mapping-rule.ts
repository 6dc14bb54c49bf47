/** Properties that all rules of the table mappings have in common. */
export interface MappingRule {
  /**
   * Name of the rule, unique in the task. A rule with a name keeps its ID when its content changes.
   *
   * @default - the ID of the rule
   */
  readonly name?: string;
}

/** A rule in DMS's JSON, without its ID and name. */
export interface MappingRuleJson {
  /** Action and object of the rule. No other rule of the task may have the same. */
  readonly label: string;
  readonly name: string | undefined;
  readonly body: { readonly "rule-type": string } & Readonly<Record<string, unknown>>;
}

/** Name of a rule in error messages. */
export function ruleName(name: string | undefined, description: string): string {
  return name === undefined ? description : `${description} (${name})`;
}
