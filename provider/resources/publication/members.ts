import { formatRelationName, parseRelationName, type RelationName } from "../../postgres/relation-name";
import type { TableBlock } from "./schema";
import { byName, type ResolutionRow, sameTable } from "./tables";

/** A table that is a member of a publication by itself, and not by its schema. */
export interface Member {
  readonly table: RelationName;
  /** Null for all columns. */
  readonly columns: readonly string[] | null;
  /** The row filter; null for all rows. */
  readonly where: string | null;
}

/** A member as the server has it. */
export interface MemberRow {
  readonly schema: string;
  readonly name: string;
  /** Whether the search_path finds it by its name alone. */
  readonly visible: boolean;
  readonly columns: readonly string[] | null;
  readonly where: string | null;
  /** The tables that it inherits from. A partition has none. */
  readonly parents: readonly RelationName[];
  /** Whether a table that inherits from it directly is not a member. */
  readonly incomplete: boolean;
}

/** How a configuration or a state describes the members. */
export interface Described {
  readonly tables: readonly string[] | null | undefined;
  /** Null right after an import. */
  readonly table: readonly TableBlock[] | null;
  /** The server's text of each filter by table, as of when the description was true. */
  readonly row_filters: Readonly<Record<string, string>> | null | undefined;
}

/** The members in the words of a state. */
export interface Description {
  readonly tables: readonly string[];
  readonly table: readonly TableBlock[];
}

/**
 * Describes the members, in the words of `before` wherever these are still true: its spelling of names and filters, and
 * its choice between `tables` and `table`.
 *
 * A table that is published because it inherits from another one is left out, unless `before` names it. A table with
 * descendants that are not published is left out as well: the next plan then publishes it again, with all of them.
 */
export function describeMembers(rows: readonly MemberRow[], before: Described): Description {
  const members = new Members(rows, before);
  const incomplete = members.incomplete();
  const tables: string[] = [];
  const blocks: TableBlock[] = [];
  for (const row of rows) {
    const block = members.blockOf(row);
    const reference = members.referenceOf(row);
    const isNamed = block !== undefined || reference !== undefined;
    if (incomplete.has(row) || (!isNamed && members.parentOf(row) !== undefined)) continue;
    if (block === undefined && row.columns === null && row.where === null) {
      tables.push(reference ?? nameOf(row));
    } else {
      const name = block?.name ?? reference ?? nameOf(row);
      blocks.push({ name, columns: row.columns, where: members.filterOf(row) });
    }
  }
  return { tables, table: blocks };
}

/** The members, with filters in the words of `before` wherever these are still true. */
export function membersOf(rows: readonly MemberRow[], before: Described): Member[] {
  const members = new Members(rows, before);
  return rows.map((row) => ({
    table: { schema: row.schema, name: row.name },
    columns: row.columns,
    where: members.filterOf(row),
  }));
}

/** The members that are published whole, and not because of a block. */
export function wholeMembersOf(rows: readonly MemberRow[], before: Described): Member[] {
  const members = new Members(rows, before);
  const isWhole = (row: MemberRow): boolean => row.columns === null && row.where === null;
  return membersOf(
    rows.filter((row) => isWhole(row) && members.blockOf(row) === undefined),
    before,
  );
}

/** The filters as the server has them, by table. */
export function rowFiltersOf(rows: readonly MemberRow[]): Record<string, string> {
  return Object.fromEntries(
    rows.flatMap((row) => (row.where === null ? [] : [[nameOf(row), row.where] as const])),
  );
}

/** The members that a configuration asks for, with the tables that inherit from them, from what the server has found. */
export function wantedMembers(
  { tables, table }: Pick<Described, "tables" | "table">,
  found: readonly ResolutionRow[],
): Member[] {
  const described = [
    ...(tables ?? []).map((name) => ({ name, columns: null, where: null })),
    ...(table ?? []).map(({ name, columns, where }) => ({ name, columns, where })),
  ];
  const members = new Map<string, Member>();
  const add = (name: RelationName, { columns, where }: Omit<Member, "table">): void => {
    const key = formatRelationName(name);
    if (!members.has(key)) members.set(key, { table: name, columns, where });
  };
  const byReference = new Map(found.map((row) => [row.reference, row]));
  const rows = described.flatMap((item) => {
    const row = byReference.get(item.name);
    return row === undefined || row.name === null ? [] : [{ ...item, table: row.name, row }];
  });
  // What is named itself is published as its own description says, and not as that of a table it inherits from.
  for (const { row, table: name, ...item } of rows) add({ schema: row.schema, name }, item);
  for (const { row, ...item } of rows) for (const descendant of row.descendants) add(descendant, item);
  return [...members.values()];
}

/** The rows of one publication, beside an earlier description of it. */
class Members {
  readonly #rows: ReadonlyMap<string, MemberRow>;
  readonly #references: Lookup<string>;
  readonly #blocks: Lookup<TableBlock>;
  readonly #filters: Readonly<Record<string, string>>;

  constructor(rows: readonly MemberRow[], { tables, table, row_filters: filters }: Described) {
    this.#rows = new Map(rows.map((row) => [nameOf(row), row]));
    this.#references = lookup(tables ?? [], (name) => name);
    this.#blocks = lookup(table ?? [], ({ name }) => name);
    this.#filters = filters ?? {};
  }

  /** The element of `tables` that names it. */
  referenceOf(row: MemberRow): string | undefined {
    return this.#references(row);
  }

  /** The `table` block that names it. */
  blockOf(row: MemberRow): TableBlock | undefined {
    return this.#blocks(row);
  }

  /** The member that brought this one along. */
  parentOf(row: MemberRow): MemberRow | undefined {
    return row.parents
      .map((parent) => this.#rows.get(formatRelationName(parent)))
      .find((parent) => parent !== undefined && sameSelection(parent, row));
  }

  /** The members that have descendants which are no members. */
  incomplete(): ReadonlySet<MemberRow> {
    const found = new Set<MemberRow>();
    for (const row of this.#rows.values()) {
      if (!row.incomplete) continue;
      for (let each: MemberRow | undefined = row; each !== undefined; each = this.parentOf(each))
        found.add(each);
    }
    return found;
  }

  /** The filter in the words of the description, if that has become the server's text. */
  filterOf(row: MemberRow): string | null {
    const block = this.blockOf(row);
    if (block !== undefined) {
      const isKept = block.where !== null && this.#filters[nameOf(row)] === row.where;
      return isKept ? block.where : row.where;
    }
    const parent = this.parentOf(row);
    return parent === undefined ? row.where : this.filterOf(parent);
  }
}

function sameSelection(one: MemberRow, other: MemberRow): boolean {
  return one.where === other.where && JSON.stringify(one.columns) === JSON.stringify(other.columns);
}

type Lookup<T> = (row: MemberRow) => T | undefined;

/** Finds items by the table that their reference names. */
function lookup<T>(items: readonly T[], referenceOf: (item: T) => string): Lookup<T> {
  const named = byName(
    items.map((item) => ({ item, name: parseRelationName(referenceOf(item)) })),
    ({ name }) => name,
  );
  return (row) =>
    named(row).find(({ name }) => sameTable(name, row) && (name.schema !== null || row.visible))?.item;
}

function nameOf(row: MemberRow): string {
  return formatRelationName(row);
}
