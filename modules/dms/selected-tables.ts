import type { TableMappings } from "./table-mappings";

/** Tables by schema; "all" means all tables of the schema. */
export type TablesBySchema = Readonly<Record<string, readonly string[] | "all">>;

/**
 * Tables that a task can select, which its user needs privileges on. Privileges apply to a table or to all tables of a
 * schema, so a pattern of tables counts as "all".
 *
 * @throws Error if the name of a schema contains a wildcard.
 */
export function selectedTables({ selection }: TableMappings): TablesBySchema {
  const selected: Record<string, readonly string[] | "all"> = {};
  for (const { ruleAction, schemaName, tableName } of selection) {
    if (ruleAction === "exclude") continue;
    if (schemaName.includes("%")) {
      throw new Error(
        `tableMappings.selection must include each schema by its name, because the user of DMS gets privileges for each schema. Got ${JSON.stringify(schemaName)}.`,
      );
    }
    const earlier = selected[schemaName] ?? [];
    selected[schemaName] =
      earlier === "all" || tableName.includes("%") ? "all" : [...new Set([...earlier, tableName])];
  }
  return selected;
}
