import { id, list, lit, type Sql, sql, verbatim } from "../sql";
import type { CatalogRow, ColumnRow, ReferenceRow, SequenceRow, TableRow, TypeRow } from "./catalog-query";
import type {
  Column,
  Constraint,
  Index,
  Reference,
  ReplicaIdentity,
  SchemaModel,
  Sequence,
  Table,
  UserType,
} from "./model";

/** Puts together what {@link catalogQuery} has read. */
export function schemaModel(row: CatalogRow): SchemaModel {
  const references = groupBy(row.references, referenceKey);
  const of = (part: ReferenceRow["part"], owner: number, member = 0): readonly Reference[] =>
    (references.get(`${part} ${owner} ${member}`) ?? []).map(({ kind, schema, name, identity }) => ({
      kind,
      schema,
      name,
      identity,
    }));
  const columns = groupBy(row.columns, ({ table }) => table);
  const constraints = groupBy(row.constraints, ({ table }) => table);
  const indexes = groupBy(row.indexes, ({ table }) => table);
  const identities = new Map(
    row.sequences
      .filter((sequence) => sequence.of_identity)
      .map((sequence) => [`${sequence.owner_table} ${sequence.owner_column}`, sequenceOf(sequence)]),
  );

  const columnOf = (column: ColumnRow, table: TableRow): Column => {
    const sequence = identities.get(`${column.table} ${column.number}`);
    return {
      name: column.name,
      type: column.type,
      collation: column.collation,
      notNull: column.not_null,
      notNullNotValid: column.not_null_not_valid,
      default:
        column.default === null
          ? null
          : { text: column.default, references: of("default", column.table, column.number) },
      generated: column.generated === "s" ? "stored" : column.generated === "v" ? "virtual" : null,
      // From PostgreSQL 17 on a partition shares its parent's.
      identity:
        sequence === undefined || table.bound !== null
          ? null
          : { always: column.identity === "a", sequence: { ...sequence, ownedBy: null } },
      inherited: table.parents.length > 0 && !column.is_local,
      storage: column.storage,
      compression: column.compression,
      references: of("column", column.table, column.number),
    };
  };

  return {
    tables: row.tables.map((table) => ({
      schema: table.schema,
      name: table.name,
      kind: TABLE_KINDS[table.kind] ?? "table",
      columns: (columns.get(table.oid) ?? []).map((column) => columnOf(column, table)),
      constraints: (constraints.get(table.oid) ?? []).map((constraint): Constraint => ({
        name: constraint.name,
        kind: CONSTRAINT_KINDS[constraint.kind] ?? "check",
        definition: constraint.definition,
        columns: constraint.columns,
        target:
          constraint.target_schema === null || constraint.target_name === null
            ? null
            : {
                table: { schema: constraint.target_schema, name: constraint.target_name },
                columns: constraint.target_columns,
              },
        notValid: isNotValid(constraint),
        inherited: table.parents.length > 0 && !constraint.is_local,
        references: of("constraint", table.oid, constraint.oid),
      })),
      indexes: (indexes.get(table.oid) ?? []).map((index): Index => ({
        name: index.name,
        unique: index.unique,
        definition: index.definition,
        columns: index.columns,
        ofConstraint: index.of_constraint,
        references: of("index", table.oid, index.oid),
      })),
      replicaIdentity: replicaIdentityOf(table),
      partitionKey:
        table.partition_key === null
          ? null
          : { text: table.partition_key, columns: table.partition_columns, references: of("key", table.oid) },
      partition:
        table.bound === null || table.parent_schema === null || table.parent_name === null
          ? null
          : { parent: { schema: table.parent_schema, name: table.parent_name }, bound: table.bound },
      parents: table.parents,
      extras: extrasOf(table),
    })),
    types: row.types.map((type) => ({
      schema: type.schema,
      name: type.name,
      ...typeDefinition(type),
      notValid: type.checks.filter(isNotValid),
      labels: type.labels,
      multirange: type.multirange,
      references: of("type", type.oid),
    })),
    sequences: row.sequences.filter((sequence) => !sequence.of_identity).map(sequenceOf),
  };
}

const TABLE_KINDS: Readonly<Record<string, Table["kind"]>> = {
  r: "table",
  p: "partitioned table",
  f: "foreign table",
  v: "view",
  m: "materialized view",
  S: "sequence",
  i: "index",
  I: "index",
  c: "composite type",
};

const CONSTRAINT_KINDS: Readonly<Record<string, Constraint["kind"]>> = {
  p: "primary key",
  u: "unique",
  c: "check",
  x: "exclusion",
  f: "foreign key",
};

/** A column's or member's references by number; those of a whole type or partition key are all together. */
function referenceKey({ part, owner, member }: ReferenceRow): string {
  return `${part} ${owner} ${part === "type" || part === "key" ? 0 : member}`;
}

function replicaIdentityOf({ replica_identity, replica_identity_index }: TableRow): ReplicaIdentity {
  switch (replica_identity) {
    case "n":
      return { kind: "nothing", index: null };
    case "f":
      return { kind: "full", index: null };
    case "i":
      // Once its index is dropped, such a table has none.
      return replica_identity_index === null
        ? { kind: "nothing", index: null }
        : { kind: "index", index: replica_identity_index };
    default:
      return { kind: "default", index: null };
  }
}

function extrasOf({ statistics, cluster_index: clusterIndex, of_type: ofType }: TableRow): string[] {
  return [
    ...statistics.map((name) => `the statistics ${name}`),
    ...(clusterIndex === null ? [] : [`CLUSTER ON ${clusterIndex}`]),
    ...(ofType === null ? [] : [`OF ${ofType}`]),
  ];
}

function sequenceOf(row: SequenceRow): Sequence {
  const { schema, name, type, start, increment, minimum, maximum, cache, cycle } = row;
  const { owner_schema: ownerSchema, owner_table_name: ownerTable, owner_column_name: column } = row;
  const ownedBy =
    ownerSchema === null || ownerTable === null || column === null
      ? null
      : { table: { schema: ownerSchema, name: ownerTable }, column };
  return { schema, name, type, start, increment, minimum, maximum, cache, cycle, ownedBy };
}

/** `DEFAULT 0` and the like, where there is a value. */
function clause(words: Sql, value: string | null): Sql[] {
  return value === null ? [] : [sql`${words} ${verbatim(value)}`];
}

function typeDefinition(type: TypeRow): Pick<UserType, "kind" | "definition"> {
  switch (type.kind) {
    case "e":
      return { kind: "enum", definition: sql`ENUM (${list(type.labels.map(lit))})`.text };
    case "d":
      return {
        kind: "domain",
        definition: list(
          [
            verbatim(type.base ?? ""),
            ...clause(sql`COLLATE`, type.collation),
            ...clause(sql`DEFAULT`, type.default),
            ...(type.not_null ? [sql`NOT NULL`] : []),
            ...type.checks
              .filter((check) => !isNotValid(check))
              .map(({ name, definition }) => sql`CONSTRAINT ${id(name)} ${verbatim(definition)}`),
          ],
          " ",
        ).text,
      };
    case "r":
      return {
        kind: "range",
        definition: sql`RANGE (${list([
          ...clause(sql`SUBTYPE =`, type.subtype),
          ...clause(sql`SUBTYPE_OPCLASS =`, type.subtype_opclass),
          ...clause(sql`COLLATION =`, type.collation),
          ...clause(sql`CANONICAL =`, type.canonical),
          ...clause(sql`SUBTYPE_DIFF =`, type.subtype_diff),
        ])})`.text,
      };
    default:
      return {
        kind: "composite",
        definition: sql`(${list(
          type.attributes.map(({ name, type: attributeType, collation }) =>
            list([id(name), verbatim(attributeType), ...clause(sql`COLLATE`, collation)], " "),
          ),
        )})`.text,
      };
  }
}

/** PostgreSQL writes these words last. */
function isNotValid({ definition }: { readonly definition: string }): boolean {
  return definition.endsWith(" NOT VALID");
}

function groupBy<T, K>(items: readonly T[], keyOfItem: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOfItem(item));
    if (group === undefined) groups.set(keyOfItem(item), [item]);
    else group.push(item);
  }
  return groups;
}
