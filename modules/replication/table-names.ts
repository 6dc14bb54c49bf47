import { TerraformLocal, Token } from "cdktf";
import type { Construct } from "constructs";
import { QUALIFIED_NAME_PATTERN } from "../../facts/relation-name";

/**
 * Refuses what is not the name of a table with its schema.
 *
 * @param property - what the names are of, for the message.
 * @throws Error
 */
export function requireTableNames(property: string, tables: readonly string[]): void {
  if (Token.isUnresolved(tables)) return;
  const strange = tables.find(
    (table) => !Token.isUnresolved(table) && !new RegExp(QUALIFIED_NAME_PATTERN, "s").test(table),
  );
  if (strange !== undefined) {
    throw new Error(
      `${property} must be names like "public.orders", with the schema; a part that has a dot in it in double quotes, like '"my.schema".orders'. Got ${JSON.stringify(strange)}.`,
    );
  }
}

/** Terraform's expression for whether each element of a list is the name of a table with its schema. */
export function areTableNames(list: string): string {
  return `\${alltrue([for table in ${list} : can(${takenApart("table")})])}`;
}

/**
 * The tables' names by schema, taken apart by Terraform: the list may be a variable's.
 *
 * @param except - schemas whose tables are left out.
 */
export function tablesBySchema(
  scope: Construct,
  id: string,
  tables: string[],
  except: string[] = [],
): TerraformLocal {
  const list = new TerraformLocal(scope, `${id}_list`, tables);
  const names = `[for table in local.${list.friendlyUniqueId} : ${takenApart("table")}]`;
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

function takenApart(table: string): string {
  return `regex("(?s)${QUALIFIED_NAME_PATTERN.replaceAll('"', '\\"')}", ${table})`;
}
