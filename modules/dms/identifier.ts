import { Token } from "cdktf";

/**
 * Refuses what DMS does not take as an identifier. Upper case would become lower case there, and Terraform would not find
 * what it asked for.
 *
 * @throws Error
 */
export function requireDmsIdentifier(property: string, identifier: string, longest: number): void {
  if (Token.isUnresolved(identifier)) return;
  if (/^[a-z](-?[a-z0-9])*$/.test(identifier) && identifier.length >= 2 && identifier.length <= longest)
    return;
  throw new Error(
    `${property} must consist of 2 to ${longest} lower case letters, digits and single hyphens, begin with a letter, and not end with a hyphen. Got ${JSON.stringify(identifier)}.`,
  );
}
