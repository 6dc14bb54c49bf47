import { DiagnosticError } from "../../framework/diagnostics";
import { parseJsonImportId } from "../shared/json-import-id";

/** What an import ID holds: what cannot be read back. */
export interface ReplicatedSchemaImport {
  /** Null for the provider's. */
  readonly database: string | null;
  readonly conninfo: string;
  readonly publications: readonly string[];
}

const EXAMPLE =
  '{"database":"app","conninfo":"host=publisher dbname=app user=replication","publications":["p"]}';

/** `database.one,two`: the publications sorted; a part with a dot, comma or double quote in it is quoted. */
export function replicatedSchemaId(database: string, publications: readonly string[]): string {
  return `${quotePart(database)}.${[...publications].sort().map(quotePart).join(",")}`;
}

function quotePart(part: string): string {
  return /[.,"]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part;
}

/**
 * Reads an import ID, a JSON object with these attributes.
 *
 * @throws DiagnosticError
 */
export function parseReplicatedSchemaImport(importId: string): ReplicatedSchemaImport {
  const { database, conninfo, publications } = parseJsonImportId(importId, {
    required: ["conninfo"],
    optional: ["database"],
    lists: ["publications"],
    example: EXAMPLE,
  });
  if (publications === null || publications.length === 0) {
    throw new DiagnosticError(
      "Invalid import ID",
      `It names no publications. Write, for instance, ${EXAMPLE}`,
    );
  }
  return { database, conninfo, publications };
}
