/** The name of a table, type, sequence or other object that lives in a schema. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/** One text for each name, to look objects up by. */
export function keyOf({ schema, name }: QualifiedName): string {
  return JSON.stringify([schema, name]);
}

/** Looks objects up by name. */
export function byName<T extends QualifiedName>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}

/** An object outside of a definition without which the definition cannot be carried out. */
export interface Reference extends QualifiedName {
  readonly kind: "type" | "sequence" | "function" | "collation" | "extension";
  /** The function with its argument types, `public.f(integer)`; the qualified name for all others. */
  readonly identity: string;
}

/** SQL as PostgreSQL itself writes it, every name in it qualified. */
export interface Expression {
  readonly text: string;
  readonly references: readonly Reference[];
}

/** A sequence; its numbers as text, since they do not fit JavaScript's. */
export interface Sequence extends QualifiedName {
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cache: string;
  readonly cycle: boolean;
  /** The column that it is dropped with. */
  readonly ownedBy: { readonly table: QualifiedName; readonly column: string } | null;
}

export interface Identity {
  /** GENERATED ALWAYS rather than BY DEFAULT. */
  readonly always: boolean;
  readonly sequence: Sequence;
}

export interface Column {
  readonly name: string;
  /** As `format_type` writes it. */
  readonly type: string;
  /** Qualified and quoted; null where it is the type's own. */
  readonly collation: string | null;
  /** Whether no row has NULL there. */
  readonly notNull: boolean;
  /** NOT NULL … NOT VALID, from PostgreSQL 18 on: new rows cannot have NULL there, older ones may. */
  readonly notNullNotValid: boolean;
  /** The default, or what a generated column is made of. */
  readonly default: Expression | null;
  readonly generated: "stored" | "virtual" | null;
  /** Null in a partition: the identity belongs to the partitioned table. */
  readonly identity: Identity | null;
  /** Whether the column comes from a table that its own inherits from. False in a partition. */
  readonly inherited: boolean;
  /** `EXTERNAL`, where it is not the type's own. */
  readonly storage: string | null;
  /** `lz4`, where it is not the server's default. */
  readonly compression: string | null;
  /** What the type and the collation are. */
  readonly references: readonly Reference[];
}

export interface ForeignKeyTarget {
  readonly table: QualifiedName;
  readonly columns: readonly string[];
}

export interface Constraint {
  readonly name: string;
  readonly kind: "primary key" | "unique" | "check" | "exclusion" | "foreign key";
  /** `PRIMARY KEY (a)`, as `pg_get_constraintdef` writes it. */
  readonly definition: string;
  /** Every column of the table that it needs. */
  readonly columns: readonly string[];
  /** What a foreign key refers to; null for all others. */
  readonly target: ForeignKeyTarget | null;
  /** NOT VALID: older rows may violate it. */
  readonly notValid: boolean;
  /** Whether it comes from a table that its own inherits from. False in a partition. */
  readonly inherited: boolean;
  readonly references: readonly Reference[];
}

export interface Index {
  readonly name: string;
  readonly unique: boolean;
  /** What follows the table's name in CREATE INDEX: `USING btree (a) WHERE (b > 0)`. */
  readonly definition: string;
  /** Every column of the table that it needs. */
  readonly columns: readonly string[];
  /** Whether it was made by a constraint, which makes it again. */
  readonly ofConstraint: boolean;
  readonly references: readonly Reference[];
}

export interface ReplicaIdentity {
  readonly kind: "default" | "nothing" | "full" | "index";
  /** The name of the index, of kind `index`. */
  readonly index: string | null;
}

export interface Table extends QualifiedName {
  /** Only tables are published; others may stand in a table's place. */
  readonly kind:
    | "table"
    | "partitioned table"
    | "foreign table"
    | "view"
    | "materialized view"
    | "sequence"
    | "index"
    | "composite type";
  /** In their order in the table. */
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  /** Those of constraints included. */
  readonly indexes: readonly Index[];
  readonly replicaIdentity: ReplicaIdentity;
  /** `RANGE (a)`, of a partitioned table. */
  readonly partitionKey: (Expression & { readonly columns: readonly string[] }) | null;
  /** Of a partition. The bound is `FOR VALUES FROM (1) TO (10)` or `DEFAULT`. */
  readonly partition: { readonly parent: QualifiedName; readonly bound: string } | null;
  /** The tables that it inherits from, in their order. None for a partition. */
  readonly parents: readonly QualifiedName[];
  /** What else it has been given: `CLUSTER ON i`. */
  readonly extras: readonly string[];
}

/** An enum, domain, composite or range type that belongs to no extension. */
export interface UserType extends QualifiedName {
  readonly kind: "enum" | "domain" | "composite" | "range";
  /** What follows AS when it is created. */
  readonly definition: string;
  /** A domain's check constraints that are NOT VALID, which its definition is without. */
  readonly notValid: readonly { readonly name: string; readonly definition: string }[];
  /** An enum's, in their order; none for all others. */
  readonly labels: readonly string[];
  /** A range's multirange type, qualified and quoted, from PostgreSQL 14 on; null for all others. */
  readonly multirange: string | null;
  readonly references: readonly Reference[];
}

/** Tables and what they are made of, as the catalogs of one database have them. */
export interface SchemaModel {
  readonly tables: readonly Table[];
  /** Every type of the database, whether the tables need it or not. */
  readonly types: readonly UserType[];
  /** Those that defaults take their values from. */
  readonly sequences: readonly Sequence[];
}

/** The references of all parts of a table, or of a type. */
export function referencesOf(owner: Table | UserType): readonly Reference[] {
  if (!("columns" in owner)) return owner.references;
  return [
    ...owner.columns.flatMap((column) => [...column.references, ...(column.default?.references ?? [])]),
    ...owner.constraints.flatMap((constraint) => constraint.references),
    ...owner.indexes.flatMap((index) => index.references),
    ...(owner.partitionKey?.references ?? []),
  ];
}

/** Whether rows of the table may violate the constraint, and could not be copied where it is enforced. */
export function mayBeViolated({ kind, notValid }: Constraint): boolean {
  // Foreign keys are not enforced for replicated rows.
  return kind === "check" && notValid;
}

/**
 * Whether a foreign key refers to published rows.
 *
 * @param tables The published tables, by key.
 */
export function isReplicated(
  { table, columns }: ForeignKeyTarget,
  tables: ReadonlyMap<string, Table>,
): boolean {
  const target = tables.get(keyOf(table));
  return columns.every((column) => target?.columns.some(({ name }) => name === column));
}
