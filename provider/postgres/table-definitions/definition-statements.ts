import type { ServerVersion } from "../server-version";
import { id, keyword, list, type Sql, sql, verbatim } from "../sql";
import { columnParts, type ColumnPart, type CreatedTable } from "./inheritance";
import {
  byName,
  type Column,
  type Constraint,
  keyOf,
  type QualifiedName,
  type Sequence,
  type Table,
  type UserType,
} from "./model";

/** What there is to create; everything else that the tables need is there already. */
export interface Creation {
  readonly schemas: readonly string[];
  readonly sequences: readonly Sequence[];
  /** Each after those that it is made of. */
  readonly types: readonly UserType[];
  readonly tables: readonly CreatedTable[];
}

/**
 * The statements that create tables and what they need, in their order. They are to be run in one transaction under
 * CATALOG_SETTINGS, since that is how the definitions were printed.
 *
 * Partitions begin as tables of their own and are attached once they have their constraints and indexes: PostgreSQL
 * then finds those to be the partitioned table's, and they keep the names that they have at the publisher.
 */
export function definitionStatements(creation: Creation, version: ServerVersion): Sql[] {
  const { tables } = creation;
  const created = byName(tables);
  return [
    ...creation.schemas.map((schema) => sql`CREATE SCHEMA IF NOT EXISTS ${id(schema)}`),
    ...creation.sequences.map(sequenceStatement),
    ...creation.types.map((type) => typeStatement(type, version)),
    ...parentsFirst(tables).flatMap((table) => [tableStatement(table), ...overrideStatements(table)]),
    ...creation.sequences.flatMap((sequence) => ownedByStatement(sequence, created)),
    ...tables.flatMap((table) => constraintStatements(table, ({ kind }) => kind !== "foreign key")),
    ...tables.flatMap(indexStatements),
    ...tables.flatMap(attachStatement),
    ...tables.flatMap(replicaIdentityStatement),
    ...tables.flatMap((table) => constraintStatements(table, ({ kind }) => kind === "foreign key")),
  ];
}

/** The qualified and quoted name. */
function nameOf({ schema, name }: QualifiedName): Sql {
  return id(schema, name);
}

function typeStatement(type: UserType, version: ServerVersion): Sql {
  const definition = verbatim(type.definition);
  if (type.kind === "domain") return sql`CREATE DOMAIN ${nameOf(type)} AS ${definition}`;
  // Older servers have none; the closing parenthesis of RANGE (…) makes room for it.
  const multirange =
    type.multirange !== null && version.atLeast(14)
      ? verbatim(type.definition.replace(/\)$/, `, MULTIRANGE_TYPE_NAME = ${type.multirange})`))
      : definition;
  return sql`CREATE TYPE ${nameOf(type)} AS ${multirange}`;
}

function sequenceStatement(sequence: Sequence): Sql {
  // One that a table dropped by hand has left behind is as good: its values are no part of a definition.
  return sql`CREATE SEQUENCE IF NOT EXISTS ${nameOf(sequence)} AS ${verbatim(sequence.type)} ${sequenceOptions(sequence)}`;
}

function sequenceOptions({ increment, minimum, maximum, start, cache, cycle }: Sequence): Sql {
  const numbers = sql`INCREMENT BY ${verbatim(increment)} MINVALUE ${verbatim(minimum)} MAXVALUE ${verbatim(maximum)}`;
  return sql`${numbers} START WITH ${verbatim(start)} CACHE ${verbatim(cache)} ${cycle ? sql`CYCLE` : sql`NO CYCLE`}`;
}

function ownedByStatement(sequence: Sequence, created: ReadonlyMap<string, Table>): Sql[] {
  const { ownedBy } = sequence;
  if (ownedBy === null) return [];
  const owner = created.get(keyOf(ownedBy.table));
  return owner?.columns.some(({ name }) => name === ownedBy.column)
    ? [sql`ALTER SEQUENCE ${nameOf(sequence)} OWNED BY ${nameOf(owner)}.${id(ownedBy.column)}`]
    : [];
}

function tableStatement(table: CreatedTable): Sql {
  const partitionBy =
    table.partitionKey === null ? sql`` : sql` PARTITION BY ${verbatim(table.partitionKey.text)}`;
  const inherits = table.parents.length === 0 ? sql`` : sql` INHERITS (${list(table.parents.map(nameOf))})`;
  const columns = columnParts(table).filter(({ declared }) => declared);
  return sql`CREATE TABLE ${nameOf(table)} (${list(columns.map(columnDefinition))})${inherits}${partitionBy}`;
}

/** What a column has in place of what it inherits. */
function overrideStatements(table: CreatedTable): Sql[] {
  const changes = columnParts(table)
    .filter(({ declared }) => !declared)
    .flatMap(({ column, otherDefault, addsNotNull }) => {
      const alter = sql`ALTER COLUMN ${id(column.name)}`;
      const value =
        column.default === null ? sql`DROP DEFAULT` : sql`SET DEFAULT ${verbatim(column.default.text)}`;
      return [
        ...(otherDefault ? [sql`${alter} ${value}`] : []),
        ...(addsNotNull ? [sql`${alter} SET NOT NULL`] : []),
      ];
    });
  return changes.length === 0 ? [] : [sql`ALTER TABLE ${nameOf(table)} ${list(changes)}`];
}

/** A table inherits from what is there already. */
function parentsFirst(tables: readonly CreatedTable[]): CreatedTable[] {
  const created = byName(tables);
  const ordered = new Map<string, CreatedTable>();
  const visit = (table: CreatedTable): void => {
    for (const parent of table.parents) {
      const parentTable = created.get(keyOf(parent));
      if (parentTable !== undefined) visit(parentTable);
    }
    ordered.set(keyOf(table), table);
  };
  tables.forEach(visit);
  return [...ordered.values()];
}

function columnDefinition({ column, otherDefault }: ColumnPart): Sql {
  return list(
    [
      id(column.name),
      verbatim(column.type),
      ...(column.collation === null ? [] : [sql`COLLATE ${verbatim(column.collation)}`]),
      ...valueClause(column, otherDefault),
      ...(column.notNull ? [sql`NOT NULL`] : []),
    ],
    " ",
  );
}

function valueClause({ identity, default: expression, generated }: Column, otherDefault: boolean): Sql[] {
  if (identity !== null) {
    const { always, sequence } = identity;
    const options = sql`SEQUENCE NAME ${nameOf(sequence)} ${sequenceOptions(sequence)}`;
    return [sql`GENERATED ${always ? sql`ALWAYS` : sql`BY DEFAULT`} AS IDENTITY (${options})`];
  }
  if (expression === null) return otherDefault ? [sql`DEFAULT NULL`] : [];
  return generated === null
    ? [sql`DEFAULT ${verbatim(expression.text)}`]
    : [sql`GENERATED ALWAYS AS (${verbatim(expression.text)}) ${keyword(generated.toUpperCase())}`];
}

/** One statement a table, of those constraints that are chosen. */
function constraintStatements(table: Table, isChosen: (constraint: Constraint) => boolean): Sql[] {
  const additions = table.constraints
    .filter(isChosen)
    .map(({ name, definition }) => sql`ADD CONSTRAINT ${id(name)} ${verbatim(definition)}`);
  return additions.length === 0 ? [] : [sql`ALTER TABLE ${nameOf(table)} ${list(additions)}`];
}

function indexStatements(table: Table): Sql[] {
  return table.indexes
    .filter(({ ofConstraint }) => !ofConstraint)
    .map(
      ({ name, unique, definition }) =>
        sql`CREATE ${unique ? sql`UNIQUE INDEX` : sql`INDEX`} ${id(name)} ON ${nameOf(table)} ${verbatim(definition)}`,
    );
}

function attachStatement(table: Table): Sql[] {
  const { partition } = table;
  return partition === null
    ? []
    : [
        sql`ALTER TABLE ${nameOf(partition.parent)} ATTACH PARTITION ${nameOf(table)} ${verbatim(partition.bound)}`,
      ];
}

function replicaIdentityStatement(table: Table): Sql[] {
  const { kind, index } = table.replicaIdentity;
  if (kind === "default") return [];
  const identity = index === null ? keyword(kind.toUpperCase()) : sql`USING INDEX ${id(index)}`;
  return [sql`ALTER TABLE ${nameOf(table)} REPLICA IDENTITY ${identity}`];
}
