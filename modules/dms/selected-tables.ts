import type { TableMappings } from "./table-mappings";

/** Tables by schema; "all" stands for all that a schema has. */
export type TablesBySchema = Readonly<Record<string, readonly string[] | "all">>;

/**
 * The tables that a task may select: what its user needs privileges on. Privileges are for a table or for all of a schema,
 * so a pattern of tables counts as all.
 *
 * @throws Error when the name of a schema has a wildcard.
 */
export function selectedTables({ selection }: TableMappings): TablesBySchema {
  const selected: Record<string, readonly string[] | "all"> = {};
  for (const { ruleAction, schemaName, tableName } of selection) {
    if (ruleAction === "exclude") continue;
    if (schemaName.includes("%")) {
      throw new Error(
        `tableMappings.selection must include schemas by name, each with a rule: DMS's user gets its privileges schema by schema. Got ${JSON.stringify(schemaName)}.`,
      );
    }
    const others = selected[schemaName] ?? [];
    selected[schemaName] =
      others === "all" || tableName.includes("%") ? "all" : [...new Set([...others, tableName])];
  }
  return selected;
}
