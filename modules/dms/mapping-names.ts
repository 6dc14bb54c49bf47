import { Token } from "cdktf";
import { UNKNOWN_VALUE } from "../validation";

/**
 * Name of a schema or table in an object locator, where `%` matches any characters. DMS also treats an underscore as a
 * wildcard, so "order_items" would select "order-items" too: the returned name escapes underscores.
 *
 * @param rule - name of the rule, for the error message.
 * @throws Error if the name is empty, unknown at synthesis, or contains a bracket, which DMS reads as a set of characters.
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
 */
export function namePattern(rule: string, property: string, name: string): string {
  return requireName(rule, property, name).replaceAll("_", "[_]");
}

/**
 * Exact name of one schema, table or column.
 *
 * @param rule - name of the rule, for the error message.
 * @throws Error if the name is empty, unknown at synthesis, or contains a wildcard.
 */
export function exactName(rule: string, property: string, name: string): string {
  if (requireName(rule, property, name).includes("%")) {
    throw new Error(`${rule}: ${property} must be an exact name, without "%". Got ${JSON.stringify(name)}.`);
  }
  return name;
}

/**
 * Name of a column in an object locator, where `%` matches any characters.
 *
 * @param rule - name of the rule, for the error message.
 * @throws Error if the name is empty, unknown at synthesis, or contains a bracket.
 */
export function columnPattern(rule: string, name: string): string {
  return requireName(rule, "columnName", name);
}

function requireName(rule: string, property: string, name: string): string {
  if (Token.isUnresolved(name)) {
    throw new Error(`${rule}: ${property} must be known at synthesis. Got ${UNKNOWN_VALUE}.`);
  }
  if (name === "" || /[[\]]/.test(name)) {
    throw new Error(
      `${rule}: ${property} must not be empty or contain brackets, which DMS reads as a set of characters. Got ${JSON.stringify(name)}.`,
    );
  }
  return name;
}
