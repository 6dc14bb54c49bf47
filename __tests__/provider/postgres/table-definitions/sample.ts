import type { Column, Constraint, Index, Table } from "../../../../provider/postgres/table-definitions/model";

/** An ordinary table `public.t` with nothing in it but what is given. */
export function table(parts: Partial<Table> = {}): Table {
  return {
    schema: "public",
    name: "t",
    kind: "table",
    columns: [],
    constraints: [],
    indexes: [],
    replicaIdentity: { kind: "default", index: null },
    partitionKey: null,
    partition: null,
    parents: [],
    extras: [],
    ...parts,
  };
}

/** A column `a integer`. */
export function column(parts: Partial<Column> = {}): Column {
  return {
    name: "a",
    type: "integer",
    collation: null,
    notNull: false,
    notNullNotValid: false,
    default: null,
    generated: null,
    identity: null,
    inherited: false,
    storage: null,
    compression: null,
    references: [],
    ...parts,
  };
}

/** A check constraint `c`. */
export function constraint(parts: Partial<Constraint> = {}): Constraint {
  return {
    name: "c",
    kind: "check",
    definition: "CHECK ((a > 0))",
    columns: ["a"],
    target: null,
    notValid: false,
    inherited: false,
    references: [],
    ...parts,
  };
}

/** An index `i` on `a`. */
export function index(parts: Partial<Index> = {}): Index {
  return {
    name: "i",
    unique: false,
    definition: "USING btree (a)",
    columns: ["a"],
    ofConstraint: false,
    references: [],
    ...parts,
  };
}

/** A default of this text. */
export function expression(text: string): Column["default"] {
  return { text, references: [] };
}
