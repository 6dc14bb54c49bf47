import { DiagnosticError } from "../../framework/diagnostics";

/** The parts of an import ID that is a JSON object: texts that must be there, texts and lists that may be. */
export interface JsonImportShape<R extends string, O extends string, L extends string> {
  readonly required: readonly R[];
  readonly optional: readonly O[];
  readonly lists: readonly L[];
  /** An import ID as it should be, for the error. */
  readonly example: string;
}

/**
 * Reads an import ID that is a JSON object, which objects have whose names cannot be told apart in a plain text. What may
 * be left out and is left out is null.
 *
 * @throws DiagnosticError
 */
export function parseJsonImportId<R extends string, O extends string, L extends string>(
  importId: string,
  shape: JsonImportShape<R, O, L>,
): Record<R, string> & Record<O, string | null> & Record<L, readonly string[] | null> {
  const parts = parseObject(importId);
  const isFine =
    parts !== null &&
    shape.required.every((name) => typeof parts[name] === "string") &&
    shape.optional.every((name) => parts[name] === undefined || typeof parts[name] === "string") &&
    shape.lists.every((name) => parts[name] === undefined || isTextList(parts[name])) &&
    Object.keys(parts).every((name) =>
      [...shape.required, ...shape.optional, ...shape.lists].some((known) => known === name),
    );
  if (!isFine) {
    throw new DiagnosticError(
      "Invalid import ID",
      `${JSON.stringify(importId)} is not a JSON object of the right attributes. Write, for instance, ${shape.example}`,
    );
  }
  const names = [...shape.required, ...shape.optional, ...shape.lists];
  return Object.fromEntries(names.map((name) => [name, parts[name] ?? null])) as ReturnType<
    typeof parseJsonImportId<R, O, L>
  >;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
