/** A table, view or sequence as users name it. */
export interface RelationName {
  /** Null when the name is not qualified: the server's search_path decides. */
  readonly schema: string | null;
  readonly name: string;
}

/** Characters of a part in double quotes, and of a part without. */
const QUOTED = '(?:[^"]|"")';
const UNQUOTED = '[^."]';

const PART = `(?:"(${QUOTED}+)"|(${UNQUOTED}+))`;

/**
 * Names with a schema: `schema.table`. The groups are the quoted and the unquoted schema, then the quoted and the unquoted
 * table. Valid in JavaScript, and in Terraform (RE2), which has no lookahead; both need the flag `s`.
 */
export const QUALIFIED_NAME_PATTERN = `^${PART}[.]${PART}$`;

/** The next part of a name, possibly empty, for an error that says which part is wrong. */
const NEXT_PART = new RegExp(`^(?:"(${QUOTED}*)"|(${UNQUOTED}*))(?=\\.|$)`, "su");

/**
 * Reads `schema.relation`. A part is case-sensitive, as in the upstream provider. A part in double quotes may contain
 * dots, and a double quote written twice: `"my.schema"."T""x"`.
 *
 * @throws RangeError when a part is empty, a quote is not closed, or there are more than two parts.
 */
export function parseRelationName(text: string): RelationName {
  const [first, second, ...others] = splitName(text);
  if (first === undefined || others.length > 0) {
    throw invalid(text, `it has ${others.length + 2} parts`);
  }
  return second === undefined ? { schema: null, name: first } : { schema: first, name: second };
}

/**
 * The parts of a name with dots, at least one. Parts are written as in {@link parseRelationName}.
 *
 * @throws RangeError when a part is empty or a quote is not closed.
 */
export function splitName(text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  for (;;) {
    const part = NEXT_PART.exec(rest);
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
      return parts;
    }
    rest = rest.slice(1);
  }
}

/** The shortest spelling that {@link parseRelationName} reads back: quotes only a part with a dot or a double quote. */
export function formatRelationName({ schema, name }: RelationName): string {
  return joinName(schema === null ? [name] : [schema, name]);
}

/** The shortest spelling that {@link splitName} reads back. */
export function joinName(parts: readonly string[]): string {
  return parts.map((part) => (/[."]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join(".");
}

function invalid(text: string, found: string): RangeError {
  return new RangeError(
    `${JSON.stringify(text)} is not a relation name: ${found}. Write schema.table; put a part that contains a dot in double quotes.`,
  );
}
