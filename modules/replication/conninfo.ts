import { Fn, Token } from "cdktf";
import { escapeConninfoValue } from "../../facts/conninfo";

/**
 * A libpq connection string, `keyword='value' …`. Values are quoted: those that are only known when Terraform runs, by
 * Terraform.
 */
export function conninfo(parameters: Readonly<Record<string, string | number>>): string {
  return Object.entries(parameters)
    .map(([keyword, value]) => `${keyword}='${escapeValue(value)}'`)
    .join(" ");
}

function escapeValue(value: string | number): string {
  if (!Token.isUnresolved(value)) return escapeConninfoValue(String(value));
  // Fn writes text into Terraform's as it is, so that every backslash has to be doubled.
  const backslashes = Fn.replace(Token.asString(value), String.raw`\\`, String.raw`\\\\`);
  return Fn.replace(backslashes, "'", String.raw`\\'`);
}
