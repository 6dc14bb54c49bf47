import { formatRelationName } from "../relation-name";
import { sameExpression } from "./expression";
import type { Column, Constraint, ForeignKeyTarget, Index, Table, UserType } from "./model";

/**
 * How an existing table of the subscriber differs from the publisher's, a sentence a difference; none when it can take
 * its place. The order of columns, the names of constraints and indexes, the options of sequences and further indexes
 * at the subscriber make no difference.
 *
 * @param isReplicated Foreign keys to what is not are compared on neither side.
 */
export function tableDifferences(
  publisher: Table,
  subscriber: Table,
  isReplicated: (target: ForeignKeyTarget) => boolean,
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
    ...constraintDifferences(
      comparableConstraints(publisher, isReplicated),
      comparableConstraints(subscriber, isReplicated),
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
    ...difference(publisher.notNull ? "NOT NULL" : null, subscriber.notNull ? "NOT NULL" : null),
    ...difference(valueText(publisher), valueText(subscriber)),
  ];
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

function comparableConstraints(
  { constraints }: Table,
  isReplicated: (target: ForeignKeyTarget) => boolean,
): string[] {
  const compared = ({ target }: Constraint): boolean => target === null || isReplicated(target);
  return constraints.filter(compared).map(({ definition }) => definition);
}

function constraintDifferences(publisher: readonly string[], subscriber: readonly string[]): string[] {
  return [
    ...missing(publisher, subscriber).map(
      (definition) => `the publisher has ${definition}, the subscriber has not`,
    ),
    ...missing(subscriber, publisher).map(
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
