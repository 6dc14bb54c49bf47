import { TerraformLocal, Token } from "cdktf";
import type { Construct } from "constructs";
import { QUALIFIED_NAME_PATTERN } from "../../facts/relation-name";

/**
 * Requires names of tables with their schemas. Does not check names that are unknown at synthesis.
 *
 * @throws Error if a name is invalid.
 */
export function requireTableNames(property: string, tables: readonly string[]): void {
  if (Token.isUnresolved(tables)) return;
  const invalid = tables.find(
    (table) => !Token.isUnresolved(table) && !new RegExp(QUALIFIED_NAME_PATTERN, "s").test(table),
  );
  if (invalid !== undefined) {
    throw new Error(
      `${property} must be table names with their schema, such as "public.orders". Put a part that contains a dot in double quotes, such as '"my.schema".orders'. Got ${JSON.stringify(invalid)}.`,
    );
  }
}

/** Terraform's expression for whether every element of a list is the name of a table with its schema. */
export function areTableNames(list: string): string {
  return `\${alltrue([for table in ${list} : can(${parsed("table")})])}`;
}

/**
 * Names of tables by schema. Terraform parses them, since the list may be unknown at synthesis.
 *
 * @param except - schemas whose tables to omit.
 */
export function tablesBySchema(
  scope: Construct,
  id: string,
  tables: string[],
  except: string[] = [],
): TerraformLocal {
  const list = new TerraformLocal(scope, `${id}_list`, tables);
  const names = `[for table in local.${list.friendlyUniqueId} : ${parsed("table")}]`;
  const name = (quoted: number) =>
    `replace(coalesce(parts[${quoted}], parts[${quoted + 1}]), "\\"\\"", "\\"")`;
  const condition =
    except.length > 0
      ? ` if !contains(local.${new TerraformLocal(scope, `${id}_except`, except).friendlyUniqueId}, ${name(0)})`
      : "";
  return new TerraformLocal(
    scope,
    id,
    `\${{for parts in ${names} : ${name(0)} => ${name(2)}...${condition}}}`,
  );
}

function parsed(table: string): string {
  return `regex("(?s)${QUALIFIED_NAME_PATTERN.replaceAll('"', '\\"')}", ${table})`;
}
