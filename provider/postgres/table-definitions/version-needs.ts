import { keyOf, type Table } from "./model";

/** A part of a table that older servers cannot have. */
export interface VersionNeed {
  /** `column a is generated`, `the index i has INCLUDE`. */
  readonly what: string;
  /** The first major version that can. */
  readonly version: number;
}

const TYPES: readonly (readonly [pattern: RegExp, version: number])[] = [
  [/^jsonpath$/, 12],
  [/^(xid8|pg_snapshot|regcollation)$/, 13],
  [/multirange"?$/, 14],
];

/** What constraints and indexes can say, outside of quotes, since which version. */
const WORDS: readonly (readonly [pattern: RegExp, name: string, version: number])[] = [
  [/\) INCLUDE \(/, "INCLUDE", 11],
  [/ NULLS NOT DISTINCT/, "NULLS NOT DISTINCT", 15],
  [/ ON DELETE SET (NULL|DEFAULT) \(/, "a list of columns to set", 15],
  [/ WITHOUT OVERLAPS\)/, "WITHOUT OVERLAPS", 18],
  [/, PERIOD /, "PERIOD", 18],
  [/ NOT ENFORCED$/, "NOT ENFORCED", 18],
];

/**
 * What of a table needs PostgreSQL 11 or later.
 *
 * @param tables The tables that its foreign keys may refer to, by key.
 */
export function versionNeeds(table: Table, tables: ReadonlyMap<string, Table>): VersionNeed[] {
  const partitioned = table.kind === "partitioned table";
  return [
    ...need(table.partitionKey?.text.startsWith("HASH") === true, "it is partitioned by HASH", 11),
    ...need(table.partition?.bound === "DEFAULT", "it is a default partition", 11),
    ...table.columns.flatMap(({ name, type, generated, identity }) => [
      ...need(generated === "stored", `column ${name} is generated (STORED)`, 12),
      ...need(generated === "virtual", `column ${name} is generated (VIRTUAL)`, 18),
      ...need(partitioned && identity !== null, `column ${name} is an identity of a partitioned table`, 17),
      ...TYPES.flatMap(([pattern, version]) =>
        need(pattern.test(type.replace(/\[\]$/, "")), `column ${name} is of type ${type}`, version),
      ),
    ]),
    ...table.constraints.flatMap(({ name, kind, definition, target }) => [
      ...wordNeeds(`the constraint ${name}`, definition),
      ...need(
        partitioned && kind !== "check",
        `the constraint ${name} is on a partitioned table`,
        kind === "exclusion" ? 17 : 11,
      ),
      ...need(
        target !== null && tables.get(keyOf(target.table))?.kind === "partitioned table",
        `the constraint ${name} refers to a partitioned table`,
        12,
      ),
    ]),
    ...table.indexes
      .filter(({ ofConstraint }) => !ofConstraint)
      .flatMap(({ name, definition }) => [
        ...wordNeeds(`the index ${name}`, definition),
        ...need(partitioned, `the index ${name} is on a partitioned table`, 11),
      ]),
  ];
}

function wordNeeds(subject: string, definition: string): VersionNeed[] {
  const bare = definition.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "");
  return WORDS.flatMap(([pattern, name, version]) =>
    need(pattern.test(bare), `${subject} has ${name}`, version),
  );
}

function need(applies: boolean, what: string, version: number): VersionNeed[] {
  return applies ? [{ what, version }] : [];
}
