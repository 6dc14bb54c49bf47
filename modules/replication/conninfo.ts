import { Fn, Token } from "cdktf";
import { escapeConninfoValue } from "../../facts/conninfo";

/**
 * A libpq connection string, `keyword='value' …`. Terraform escapes values that are unknown at synthesis.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 */
export function conninfo(parameters: Readonly<Record<string, string | number>>): string {
  return Object.entries(parameters)
    .map(([keyword, value]) => `${keyword}='${escapeValue(value)}'`)
    .join(" ");
}

function escapeValue(value: string | number): string {
  if (!Token.isUnresolved(value)) return escapeConninfoValue(String(value));
  // Fn does not escape texts for Terraform, so every backslash must be doubled.
  const backslashes = Fn.replace(Token.asString(value), String.raw`\\`, String.raw`\\\\`);
  return Fn.replace(backslashes, "'", String.raw`\\'`);
}
