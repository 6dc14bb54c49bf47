import { formatRelationName } from "../relation-name";
import { sameExpression } from "./expression";
import { inheritanceOf } from "./inheritance";
import {
  byName,
  type Column,
  type Constraint,
  type Index,
  isReplicated,
  keyOf,
  mayBeViolated,
  type QualifiedName,
  type Table,
  type UserType,
} from "./model";

/**
 * How an existing table of the subscriber differs from the publisher's, a sentence a difference; none when it can take
 * its place. The order of columns, the names of constraints and indexes, the options of sequences and further indexes
 * at the subscriber make no difference.
 *
 * @param tables All published tables, by key. Foreign keys and inheritance that lead elsewhere are not compared.
 */
export function tableDifferences(
  publisher: Table,
  subscriber: Table,
  tables: ReadonlyMap<string, Table>,
): string[] {
  const table = `table ${formatRelationName(publisher)}`;
  if (subscriber.kind !== publisher.kind && !isPlain(publisher, subscriber)) {
    return [`${table}: the publisher has ${named(publisher)}, the subscriber has ${named(subscriber)}`];
  }
  return [
    ...columnListDifferences(publisher, subscriber),
    ...difference(
      publisher.partitionKey === null ? null : `PARTITION BY ${publisher.partitionKey.text}`,
      subscriber.partitionKey === null ? null : `PARTITION BY ${subscriber.partitionKey.text}`,
    ),
    ...difference(partitionText(publisher), partitionText(subscriber)),
    ...inheritanceDifferences(publisher, subscriber, tables),
    ...constraintDifferences(
      comparableConstraints(publisher, tables),
      comparableConstraints(subscriber, tables),
    ),
    ...missing(comparableIndexes(publisher), comparableIndexes(subscriber)).map(
      (index) => `the publisher has ${index}, the subscriber has not`,
    ),
    ...difference(replicaIdentityText(publisher), replicaIdentityText(subscriber)),
  ].map((text) => `${table}: ${text}`);
}

/** How an existing type of the subscriber differs from the publisher's. An enum may have further labels. */
export function typeDifferences(publisher: UserType, subscriber: UserType): string[] {
  const hasLabels =
    publisher.kind === "enum" &&
    subscriber.kind === "enum" &&
    subscriber.labels.filter((label) => publisher.labels.includes(label)).join("\0") ===
      publisher.labels.join("\0");
  if (hasLabels) return [];
  return difference(typeText(publisher), typeText(subscriber)).map(
    (text) => `type ${formatRelationName(publisher)}: ${text}`,
  );
}

/** Why an existing table can refuse rows that the publisher has: it enforces what the publisher has not validated. */
export function refusals(publisher: Table, subscriber: Table | undefined): string[] {
  if (subscriber === undefined) return [];
  const there = new Map(subscriber.columns.map((column) => [column.name, column]));
  const enforced = [
    ...publisher.constraints
      .filter(mayBeViolated)
      .filter(({ definition }) =>
        subscriber.constraints.some((other) => sameExpression(definition, other.definition)),
      )
      .map(({ definition }) => definition),
    ...publisher.columns
      .filter(({ name, notNullNotValid }) => {
        const column = there.get(name);
        return notNullNotValid && column !== undefined && notNullText(column) !== null;
      })
      .map(({ name }) => `NOT NULL ${name} NOT VALID`),
  ];
  return enforced.map(
    (definition) =>
      `Table ${formatRelationName(publisher)}: the publisher has ${definition}, and the subscriber enforces it. Rows of the publisher that violate it cannot be copied.`,
  );
}

function named({ kind }: Table): string {
  return kind === "index" ? "an index" : `a ${kind}`;
}

/** A foreign table can be a partition at the publisher; its rows have an ordinary table at the subscriber. */
function isPlain(publisher: Table, subscriber: Table): boolean {
  return publisher.kind === "foreign table" && subscriber.kind === "table";
}

function columnListDifferences(publisher: Table, subscriber: Table): string[] {
  const there = new Map(subscriber.columns.map((column) => [column.name, column]));
  const wanted = new Set(publisher.columns.map(({ name }) => name));
  return [
    ...publisher.columns.flatMap((column) => {
      const other = there.get(column.name);
      return (
        other === undefined ? ["the subscriber does not have it"] : columnDifferences(column, other)
      ).map((text) => `column ${column.name}: ${text}`);
    }),
    ...subscriber.columns
      .filter(({ name }) => !wanted.has(name))
      .map(({ name }) => `column ${name}: the subscriber has it, the publisher does not publish it`),
  ];
}

function columnDifferences(publisher: Column, subscriber: Column): string[] {
  return [
    ...difference(typeWithCollation(publisher), typeWithCollation(subscriber)),
    ...(publisher.notNullNotValid ? [] : difference(notNullText(publisher), notNullText(subscriber))),
    ...difference(valueText(publisher), valueText(subscriber)),
  ];
}

function notNullText({ notNull, notNullNotValid }: Column): string | null {
  return notNull || notNullNotValid ? "NOT NULL" : null;
}

function typeWithCollation({ type, collation }: Column): string {
  return collation === null ? type : `${type} COLLATE ${collation}`;
}

/** Where a column's value comes from when none is given. */
function valueText({ default: expression, generated, identity }: Column): string | null {
  if (identity !== null) return `GENERATED ${identity.always ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY`;
  if (expression === null) return null;
  return generated === null
    ? `DEFAULT ${expression.text}`
    : `GENERATED ALWAYS AS (${expression.text}) ${generated.toUpperCase()}`;
}

function partitionText({ partition }: Table): string | null {
  return partition === null
    ? null
    : `PARTITION OF ${formatRelationName(partition.parent)} ${partition.bound}`;
}

/** The order of parents makes no difference. */
function inheritanceDifferences(
  publisher: Table,
  subscriber: Table,
  tables: ReadonlyMap<string, Table>,
): string[] {
  const possible = byName(inheritanceOf(publisher, tables).parents);
  const impossible = byName(publisher.parents.filter((parent) => !possible.has(keyOf(parent))));
  const there = subscriber.parents.filter(
    (parent) => tables.has(keyOf(parent)) && !impossible.has(keyOf(parent)),
  );
  return difference(inheritsText([...possible.values()]), inheritsText(there));
}

function inheritsText(parents: readonly QualifiedName[]): string | null {
  return parents.length === 0 ? null : `INHERITS (${parents.map(formatRelationName).sort().join(", ")})`;
}

function comparableConstraints({ constraints }: Table, tables: ReadonlyMap<string, Table>): Constraint[] {
  return constraints.filter(({ target }) => target === null || isReplicated(target, tables));
}

/** What the publisher has not validated, the subscriber may have or not. */
function constraintDifferences(
  publisher: readonly Constraint[],
  subscriber: readonly Constraint[],
): string[] {
  const required = publisher.filter((constraint) => !mayBeViolated(constraint));
  const definitions = (constraints: readonly Constraint[]): string[] =>
    constraints.map(({ definition }) => definition);
  return [
    ...missing(definitions(required), definitions(subscriber)).map(
      (definition) => `the publisher has ${definition}, the subscriber has not`,
    ),
    ...missing(definitions(subscriber), definitions(publisher)).map(
      (definition) => `the subscriber has ${definition}, the publisher has not`,
    ),
  ];
}

function comparableIndexes({ indexes }: Table): string[] {
  return indexes.filter(({ ofConstraint }) => !ofConstraint).map(indexText);
}

function indexText({ unique, definition }: Index): string {
  return `${unique ? "a unique index" : "an index"} ${definition}`;
}

function replicaIdentityText({ replicaIdentity: { kind, index }, indexes }: Table): string {
  if (kind !== "index") return `REPLICA IDENTITY ${kind.toUpperCase()}`;
  const definition = indexes.find(({ name }) => name === index)?.definition ?? JSON.stringify(index);
  return `REPLICA IDENTITY of the index ${definition}`;
}

function typeText({ kind, definition }: UserType): string {
  return kind === "domain" ? `a domain over ${definition}` : definition;
}

/** What the one has and the other has not, each item of the other standing for one. */
function missing(wanted: readonly string[], there: readonly string[]): string[] {
  const rest = [...there];
  return wanted.filter((item) => {
    const found = rest.findIndex((other) => sameExpression(item, other));
    if (found === -1) return true;
    rest.splice(found, 1);
    return false;
  });
}

function difference(publisher: string | null, subscriber: string | null): string[] {
  if (publisher === null && subscriber === null) return [];
  if (publisher === null) return [`the subscriber has ${subscriber}, the publisher has not`];
  if (subscriber === null) return [`the publisher has ${publisher}, the subscriber has not`];
  return sameExpression(publisher, subscriber)
    ? []
    : [`the publisher has ${publisher}, the subscriber has ${subscriber}`];
}
