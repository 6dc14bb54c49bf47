import { DiagnosticError } from "../../framework/diagnostics";
import { splitName } from "../../postgres/relation-name";
import { splitTypes } from "../shared/argument-types";
import type { KnownArgument } from "./arguments";

/** What an import ID says of a function. */
interface ImportedFunction {
  readonly database?: string;
  readonly schema: string;
  readonly name: string;
  readonly arg: readonly KnownArgument[];
}

/**
 * Reads `database.schema.name(types)`, or `schema.name(types)` for the provider's database.
 *
 * @throws DiagnosticError
 */
export function parseFunctionImportId(importId: string): ImportedFunction {
  const [, path = "", types] = /^(.*?)\((.*)\)\s*$/s.exec(importId) ?? [];
  const parts = splitPath(path);
  const [name, schema, database] = [...parts].reverse();
  if (types === undefined || name === undefined || schema === undefined || parts.length > 3) {
    throw new DiagnosticError(
      "Invalid import ID",
      `${JSON.stringify(importId)} does not identify a function. Write database.schema.name(types), such as shop.public.increment(integer), ` +
        'or schema.name(types) in the provider\'s database. Put a name with a dot in double quotes: "my.database".public.f().',
    );
  }
  const arg = splitTypes(types).map((type) => ({ type, name: null, mode: "IN", default: null }));
  return { ...(database === undefined ? {} : { database }), schema, name, arg };
}

function splitPath(path: string): string[] {
  try {
    return splitName(path);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
