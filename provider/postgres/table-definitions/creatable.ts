import { formatRelationName } from "../relation-name";
import { asChildOf, type CreatedTable, inheritanceOf } from "./inheritance";
import { type ForeignKeyTarget, mayBeViolated, type Table, type UserType } from "./model";

/** A table as the subscriber can have it. */
export interface Creatable {
  readonly table: CreatedTable;
  /** What it goes without, a sentence each. */
  readonly leftOut: readonly string[];
}

/**
 * What of a published table the subscriber can have.
 *
 * @param tables All published tables, by key.
 * @param canExist Whether a foreign key finds what it refers to.
 */
export function creatable(
  table: Table,
  tables: ReadonlyMap<string, Table>,
  canExist: (target: ForeignKeyTarget) => boolean,
): Creatable {
  const { parents, obstacles } = inheritanceOf(table, tables);
  const left = table.constraints.flatMap((constraint) => {
    const { name, target, definition } = constraint;
    if (mayBeViolated(constraint)) return [{ name, what: notValidConstraint({ name, definition }) }];
    return target === null || canExist(target)
      ? []
      : [
          {
            name,
            what: `the foreign key ${name}: it refers to ${formatRelationName(target.table)}, which is neither published as a whole nor at the subscriber`,
          },
        ];
  });
  const nulls = table.columns.filter(({ notNullNotValid }) => notNullNotValid);
  const extras = [
    ...table.columns.flatMap(({ name, storage, compression }) => [
      ...(storage === null ? [] : [`STORAGE ${storage} of column ${name}`]),
      ...(compression === null ? [] : [`COMPRESSION ${compression} of column ${name}`]),
    ]),
    ...table.extras,
  ];
  const lines = [
    ...left.map(({ what }) => what),
    ...nulls.map(({ name }) => `NOT NULL NOT VALID of column ${name}: ${MAY_BE_VIOLATED}`),
    ...(extras.length === 0 ? [] : [extras.join(", ")]),
  ];
  const constraints = table.constraints.filter(({ name }) => left.every((each) => each.name !== name));
  return {
    table: asChildOf(parents, { ...table, constraints }),
    leftOut: [
      ...obstacles,
      ...lines.map((line) => `Table ${formatRelationName(table)} is created without ${line}.`),
    ],
  };
}

/** What a type goes without at the subscriber, a sentence each. */
export function leftOutOfType(type: UserType): string[] {
  return type.notValid.map(
    (constraint) =>
      `Domain ${formatRelationName(type)} is created without ${notValidConstraint(constraint)}.`,
  );
}

const MAY_BE_VIOLATED = "the publisher can have rows that violate it, and they could not be copied";

function notValidConstraint({ name, definition }: { name: string; definition: string }): string {
  return `the constraint ${name}, ${definition}: ${MAY_BE_VIOLATED}`;
}
