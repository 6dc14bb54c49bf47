import { DiagnosticError } from "../../framework/diagnostics";
import { joinName, splitName } from "../../postgres/relation-name";

/**
 * Reads an import ID that consists of names with dots between them, and the database's name before them if it is not the
 * provider's. A name with a dot is written in double quotes.
 *
 * @param names - the attributes that the parts are for, such as `["user_name", "server_name"]`.
 * @throws DiagnosticError
 */
export function parseDottedImportId<N extends string>(
  importId: string,
  names: readonly N[],
): Partial<Record<N | "database", string>> {
  const parts = splitImportId(importId);
  if (parts.length !== names.length && parts.length !== names.length + 1) {
    const form = names.join(".");
    throw new DiagnosticError(
      "Invalid import ID",
      `${JSON.stringify(importId)} is not an import ID of this type. Write ${form}, or database.${form} for another database than the provider's. ` +
        `Put a name with a dot in double quotes: ${joinName(["my.database", ...names])}.`,
    );
  }
  const attributes = parts.length === names.length ? names : ["database", ...names];
  return Object.fromEntries(attributes.map((name, index) => [name, parts[index]])) as Partial<
    Record<N | "database", string>
  >;
}

function splitImportId(importId: string): string[] {
  try {
    return splitName(importId);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
