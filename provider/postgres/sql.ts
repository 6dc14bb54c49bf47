/** PostgreSQL keeps this many bytes of an identifier and silently cuts the rest (NAMEDATALEN - 1). */
const MAX_IDENTIFIER_BYTES = 63;

/**
 * A piece of SQL text that is safe to send: every identifier and literal in it is quoted.
 *
 * It is made only by the functions of this file; there is no way to turn a string into it by accident.
 */
export class Sql {
  // Private in a way that the compiler takes seriously: an object that merely has a text is no Sql.
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** The SQL text, as it is sent to the server. */
  get text(): string {
    return this.#text;
  }

  /** @internal Used by the functions of this file. */
  static fromSafeText(text: string): Sql {
    return new Sql(text);
  }
}

/**
 * Builds SQL from a template whose interpolations are themselves {@link Sql}.
 *
 * @example
 * sql`ALTER PUBLICATION ${id(name)} OWNER TO ${id(owner)}`
 *
 * @throws TypeError when an interpolation is not `Sql`.
 */
export function sql(strings: TemplateStringsArray, ...parts: Sql[]): Sql {
  let text = strings[0] ?? "";
  parts.forEach((part: unknown, index) => {
    if (!(part instanceof Sql)) {
      throw new TypeError(
        `SQL is interpolated with ${typeof part} where only Sql is allowed: wrap the value in id(), lit() or another function of this kind.`,
      );
    }
    text += part.text + (strings[index + 1] ?? "");
  });
  return Sql.fromSafeText(text);
}

/**
 * Quotes an identifier; several parts are joined with dots: `id("public", "T")` is `"public"."T"`.
 *
 * @throws RangeError for an empty part, a NUL character, text that is not valid Unicode, or a part longer than the
 *   63 bytes that PostgreSQL keeps: the server would cut it silently, and nobody would find the object again.
 */
export function id(...parts: [string, ...string[]]): Sql {
  const quoted = parts.map((part) => {
    if (part === "") {
      throw new RangeError("An SQL identifier is empty.");
    }
    requireEncodable(part, "An SQL identifier");
    const bytes = Buffer.byteLength(part);
    if (bytes > MAX_IDENTIFIER_BYTES) {
      throw new RangeError(
        `The SQL identifier ${JSON.stringify(part)} is ${bytes} bytes long; PostgreSQL keeps only ${MAX_IDENTIFIER_BYTES}. Choose a shorter name.`,
      );
    }
    return `"${part.replaceAll('"', '""')}"`;
  });
  return Sql.fromSafeText(quoted.join("."));
}

/**
 * Writes a value as a literal. Strings are safe whatever the server's standard_conforming_strings says.
 *
 * @throws RangeError for a NUL character, text that is not valid Unicode, or a number that is not finite.
 */
export function lit(value: string | number | bigint | boolean | null): Sql {
  switch (typeof value) {
    case "string":
      return Sql.fromSafeText(quoteString(value));
    case "number":
      if (!Number.isFinite(value)) {
        throw new RangeError(`${value} cannot be written as an SQL number.`);
      }
      return Sql.fromSafeText(separateSign(String(value)));
    case "bigint":
      return Sql.fromSafeText(separateSign(String(value)));
    case "boolean":
      return Sql.fromSafeText(value ? "TRUE" : "FALSE");
    default:
      return Sql.fromSafeText("NULL");
  }
}

/** Joins pieces with a separator, a comma by default. */
export function list(items: readonly Sql[], separator = ", "): Sql {
  return Sql.fromSafeText(items.map((item) => item.text).join(separator));
}

/**
 * A keyword from a closed set, such as `CASCADE` or `ROW LEVEL SECURITY`.
 *
 * @throws RangeError for anything but upper-case words.
 */
export function keyword(word: string): Sql {
  if (!/^[A-Z_ ]+$/.test(word)) {
    throw new RangeError(`${JSON.stringify(word)} is not an SQL keyword.`);
  }
  return Sql.fromSafeText(word);
}

/** A `text[]` value: `ARRAY['a', 'b']::text[]`. Bind a list of any length with `= ANY (textArray(values))`. */
export function textArray(values: readonly string[]): Sql {
  return Sql.fromSafeText(`ARRAY[${values.map(quoteString).join(", ")}]::text[]`);
}

/**
 * Takes text as SQL without quoting it. Only for SQL that PostgreSQL itself wrote (`pg_get_indexdef`,
 * `format_type`, …) and for expressions that the user writes as SQL (a publication's row filter).
 *
 * @throws RangeError for a NUL character or text that is not valid Unicode.
 */
export function verbatim(text: string): Sql {
  requireEncodable(text, "SQL text");
  return Sql.fromSafeText(text);
}

function quoteString(value: string): string {
  requireEncodable(value, "An SQL string");
  const doubled = value.replaceAll("'", "''");
  // An escape string means the same under both settings of standard_conforming_strings. The space keeps its E from
  // joining a word before it.
  return value.includes("\\") ? ` E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}

/** Two minus signs in a row would begin a comment. */
function separateSign(digits: string): string {
  return digits.startsWith("-") ? ` ${digits}` : digits;
}

function requireEncodable(text: string, what: string): void {
  if (text.includes("\0")) {
    throw new RangeError(`${what} contains a NUL character, which PostgreSQL cannot store.`);
  }
  if (/\p{Surrogate}/u.test(text)) {
    throw new RangeError(`${what} contains half of a surrogate pair, which is not valid Unicode.`);
  }
}
