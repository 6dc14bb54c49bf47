import { formatRelationName } from "../relation-name";
import { sameExpression } from "./expression";
import { type Column, type Expression, keyOf, mayBeViolated, type Table } from "./model";

/** How much of a table's inheritance the subscriber can have. */
export interface Inheritance {
  /** The tables to inherit from, as the publisher has them. */
  readonly parents: readonly Table[];
  /** Why it cannot inherit from the others, a sentence each. */
  readonly obstacles: readonly string[];
}

/**
 * Which of its parents a table can inherit from at the subscriber.
 *
 * @param tables All published tables, by key.
 */
export function inheritanceOf(child: Table, tables: ReadonlyMap<string, Table>): Inheritance {
  const found = child.parents.map((name) => {
    const parent = tables.get(keyOf(name));
    const reason =
      parent === undefined ? `${formatRelationName(name)} is not published` : obstacle(child, parent);
    return { name, parent, reason };
  });
  return {
    parents: found.flatMap(({ parent, reason }) => (parent && reason === undefined ? [parent] : [])),
    obstacles: found.flatMap(({ name, reason }) =>
      reason === undefined
        ? []
        : [
            `Table ${formatRelationName(child)} inherits from ${formatRelationName(name)} at the publisher, and not at the subscriber: ${reason}.`,
          ],
    ),
  };
}

/** A table to be created, which inherits from tables that exist by then. */
export interface CreatedTable extends Table {
  readonly parents: readonly Table[];
}

/** The table without the constraints that INHERITS adds. */
export function asChildOf(parents: readonly Table[], child: Table): CreatedTable {
  const constraints = child.constraints.filter(
    ({ name, inherited }) => !(inherited && parents.some((parent) => isCheckedBy(parent, name))),
  );
  return { ...child, parents, constraints };
}

/** What CREATE TABLE has to say of a column, or ALTER TABLE afterwards, where INHERITS adds the column. */
export interface ColumnPart {
  readonly column: Column;
  /** Whether CREATE TABLE declares it. */
  readonly declared: boolean;
  /** What the column inherits in place of its own default. */
  readonly otherDefault: boolean;
  /** Whether it is NOT NULL, and those of the parents are not. */
  readonly addsNotNull: boolean;
}

/** The columns of a table, each with what is its own. */
export function columnParts({ columns, parents }: CreatedTable): ColumnPart[] {
  return columns.map((column) => {
    const sources = parents.flatMap((parent) => parent.columns.filter(({ name }) => name === column.name));
    const defaults = sources.flatMap((source) => (source.default === null ? [] : [source.default]));
    const [first = null] = defaults;
    const isConflict = defaults.some((value) => !sameValue(value, first));
    // Up to PostgreSQL 15, a child cannot declare what its parent generates.
    const isInherited = sources.length > 0 && (column.inherited || column.generated !== null);
    return {
      column,
      declared: !isInherited || column.identity !== null || isConflict,
      otherDefault: isConflict || !sameValue(first, column.default),
      addsNotNull: column.notNull && !sources.some(({ notNull }) => notNull),
    };
  });
}

function obstacle(child: Table, parent: Table): string | undefined {
  const columns = new Map(child.columns.map((column) => [column.name, column]));
  for (const { name, notNull, generated, default: value } of parent.columns) {
    const column = columns.get(name);
    if (column === undefined) return `column ${name} of ${formatRelationName(child)} is not published`;
    if (generated !== column.generated || (generated !== null && !sameValue(value, column.default))) {
      return `column ${name} is generated in another way`;
    }
    if (notNull && !column.notNull) return `column ${name} can be NULL in ${formatRelationName(child)} only`;
  }
  const violated = child.constraints.find(
    (constraint) => mayBeViolated(constraint) && isCheckedBy(parent, constraint.name),
  );
  return violated === undefined
    ? undefined
    : `the constraint ${violated.name} is NOT VALID in ${formatRelationName(child)} only`;
}

function sameValue(one: Expression | null, other: Expression | null): boolean {
  return one === null || other === null ? one === other : sameExpression(one.text, other.text);
}

/** Whether the table has this check constraint at the subscriber. */
function isCheckedBy({ constraints }: Table, name: string): boolean {
  return constraints.some(
    (constraint) => constraint.kind === "check" && constraint.name === name && !mayBeViolated(constraint),
  );
}
