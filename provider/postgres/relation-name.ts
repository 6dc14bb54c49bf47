import { id, type Sql } from "./sql";

/** A table, view or sequence as users name it. */
export interface RelationName {
  /** Null when the name is not qualified: the server's search_path decides. */
  readonly schema: string | null;
  readonly name: string;
}

/**
 * Reads `schema.relation`. A part is taken to the letter, upper case included, as the upstream provider takes it; a
 * part in double quotes may hold dots, and a double quote written twice: `"my.schema"."T""x"`.
 *
 * @throws RangeError when a part is empty, a quote is not closed, or there are more than two parts.
 */
export function parseRelationName(text: string): RelationName {
  const parts: string[] = [];
  let rest = text;
  for (;;) {
    const part = /^(?:"((?:[^"]|"")*)"|([^".]*))(?=\.|$)/su.exec(rest);
    if (part === null) {
      throw invalid(text, "a double quote is not closed, or stands inside a part that is not quoted");
    }
    const name = part[1]?.replaceAll('""', '"') ?? part[2] ?? "";
    if (name === "") {
      throw invalid(text, "a part is empty");
    }
    parts.push(name);
    rest = rest.slice(part[0].length);
    if (rest === "") {
      break;
    }
    rest = rest.slice(1);
  }
  const [first, second] = parts;
  if (first === undefined || parts.length > 2) {
    throw invalid(text, `it has ${parts.length} parts`);
  }
  return second === undefined ? { schema: null, name: first } : { schema: first, name: second };
}

/** The shortest spelling that {@link parseRelationName} reads back: only a part with a dot or a double quote is quoted. */
export function formatRelationName({ schema, name }: RelationName): string {
  const parts = schema === null ? [name] : [schema, name];
  return parts.map((part) => (/[."]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join(".");
}

/** The name as SQL. */
export function relationId({ schema, name }: RelationName): Sql {
  return schema === null ? id(name) : id(schema, name);
}

/** What is wrong with the names of tables, as the end of a sentence; null when all can be names. */
export function tablesComplaint(tables: readonly string[]): string | null {
  return tables.map(tableComplaint).find((complaint) => complaint !== null) ?? null;
}

function tableComplaint(table: string): string | null {
  try {
    relationId(parseRelationName(table));
    return null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `holds an invalid name: ${error.message}`;
  }
}

function invalid(text: string, found: string): RangeError {
  return new RangeError(
    `${JSON.stringify(text)} is not a relation name: ${found}. Write schema.table; put a part that contains a dot in double quotes.`,
  );
}
