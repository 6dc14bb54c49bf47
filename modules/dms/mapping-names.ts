import { Token } from "cdktf";

/**
 * A schema's or table's name as the object locator of a selection or transformation has it: `%` stands for any
 * characters. DMS reads a plain underscore as any single character, so that "order_items" would select "order-items" too:
 * here it stands for itself.
 *
 * @param rule - what the rule is called in the message.
 * @throws Error when the name is empty, not known yet, or has a bracket, which DMS reads as a set of characters.
 */
export function namePattern(rule: string, property: string, name: string): string {
  return requireName(rule, property, name).replaceAll("_", "[_]");
}

/**
 * The name of one schema, table or column, to the letter.
 *
 * @param rule - what the rule is called in the message.
 * @throws Error when the name is empty, not known yet, or has a wildcard.
 */
export function exactName(rule: string, property: string, name: string): string {
  if (requireName(rule, property, name).includes("%")) {
    throw new Error(`${rule}: ${property} must be a name without "%". Got ${JSON.stringify(name)}.`);
  }
  return name;
}

/**
 * The name of a column in an object locator, where `%` stands for any characters.
 *
 * @param rule - what the rule is called in the message.
 * @throws Error when the name is empty, not known yet, or has a bracket.
 */
export function columnPattern(rule: string, name: string): string {
  return requireName(rule, "columnName", name);
}

function requireName(rule: string, property: string, name: string): string {
  if (Token.isUnresolved(name)) {
    throw new Error(
      `${rule}: ${property} must be known before Terraform runs. Got a value that only Terraform will know.`,
    );
  }
  if (name === "" || /[[\]]/.test(name)) {
    throw new Error(
      `${rule}: ${property} must be a name without brackets, which DMS reads as a set of characters. Got ${JSON.stringify(name)}.`,
    );
  }
  return name;
}
