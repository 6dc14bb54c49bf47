import { formatRelationName, relationId } from "../../postgres/relation-name";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import { formerNameComment } from "./former-names";
import type { Member } from "./members";
import { optionSettings, type PlannedOptions, type PublicationOptions } from "./options";
import { filterClause } from "./row-filter";

/** What a publication publishes, and who owns it. */
export interface Definition {
  readonly owner: string;
  readonly allTables: boolean;
  readonly members: readonly Member[];
  readonly schemas: readonly string[];
  readonly options: PublicationOptions;
}

/** A publication on the server. */
export interface Existing extends Definition {
  readonly name: string;
  readonly comment: string | null;
}

/** A definition as it is planned: undefined and null leave an option as it is. */
export interface Wanted extends Omit<Definition, "options"> {
  readonly options: PlannedOptions;
}

/** What the server has. */
export interface Situation {
  readonly main: Existing;
  readonly former: readonly Existing[];
  /** Whether subscribers may read the database's publications. */
  readonly hasReaders: boolean;
}

/** What it should have. */
export interface Goal {
  readonly name: string;
  readonly definition: Wanted;
  /** The former names to remove. */
  readonly unusedNames: readonly string[];
}

/** The change of a publication. */
export interface PublicationChange {
  /** In their order, for one transaction. */
  readonly statements: readonly Sql[];
  /**
   * Whether a publication is created in place of another one under the same name. A transaction that writes meanwhile
   * would be decoded with the catalog of before and the publication of after, so no such transaction may exist.
   */
  readonly swaps: boolean;
  /** Whether a definition is copied: what this provider does not know of it is not. */
  readonly copies: boolean;
}

/**
 * Computes how a publication becomes what is planned.
 *
 * Logical decoding looks a publication up by name, in the catalog as of each change. A reader of old changes therefore
 * needs the old name, and a reader of new changes the name that it has asked for. So if there may be readers, a renamed
 * publication is created anew under the new name, and the old one stays, with a comment: its readers notice nothing.
 */
export function publicationChange({ main, former, hasReaders }: Situation, goal: Goal): PublicationChange {
  const { name } = goal;
  const definition = complete(goal.definition, main);
  const others = hasReaders ? [main, ...former].filter((each) => each.name !== name) : former;
  const kept = hasReaders ? others.filter((each) => !goal.unusedNames.includes(each.name)) : [];
  const removed = [main, ...former].filter((each) => each.name !== name && !kept.includes(each));
  const present = [main, ...former].find((each) => each.name === name);
  const renames = present === undefined && !hasReaders;
  const carrier = present ?? (renames ? main : undefined);
  const altered = [...(carrier ? [carrier] : []), ...kept];
  const swaps = altered.some((each) => each.allTables !== definition.allTables);
  return {
    swaps,
    copies: swaps || carrier === undefined,
    statements: [
      ...(renames ? [sql`ALTER PUBLICATION ${id(main.name)} RENAME TO ${id(name)}`] : []),
      ...(carrier
        ? transition({ ...carrier, name }, definition, main.comment)
        : creation(name, definition, main.comment)),
      ...kept.flatMap((each) => transition(each, definition, formerNameComment(name))),
      ...removed.filter((each) => each !== carrier).map((each) => sql`DROP PUBLICATION ${id(each.name)}`),
    ],
  };
}

/** The statements that create a publication. */
export function creation(name: string, wanted: Wanted, comment: string | null): Sql[] {
  const { allTables, members, schemas, owner } = wanted;
  const objects = [
    ...(members.length > 0 ? [tableObjects(members)] : []),
    ...(schemas.length > 0 ? [schemaObjects(schemas)] : []),
  ];
  const what = allTables ? sql` FOR ALL TABLES` : objects.length > 0 ? sql` FOR ${list(objects)}` : sql``;
  const settings = optionSettings(null, wanted.options);
  const options = settings.length > 0 ? sql` WITH (${list(settings)})` : sql``;
  return [
    sql`CREATE PUBLICATION ${id(name)}${what}${options}`,
    ...(comment === null ? [] : [commentStatement(name, comment)]),
    ownerStatement(name, owner),
  ];
}

/** The definition with the options that the plan leaves as they are. */
function complete(wanted: Wanted, { options }: Existing): Wanted {
  const planned = Object.entries(wanted.options).filter(([, value]) => value !== null && value !== undefined);
  return { ...wanted, options: { ...options, ...Object.fromEntries(planned) } };
}

function transition(from: Existing, to: Wanted, comment: string | null): Sql[] {
  const { name } = from;
  if (from.allTables !== to.allTables) {
    return [sql`DROP PUBLICATION ${id(name)}`, ...creation(name, to, comment)];
  }
  const alter = (tail: Sql): Sql => sql`ALTER PUBLICATION ${id(name)} ${tail}`;
  const tables = difference(from.members, to.members, memberText);
  const schemas = difference(from.schemas, to.schemas, (schema) => schema);
  const settings = optionSettings(from.options, to.options);
  // Between the two, no table has a column list or a filter that the options or the schemas do not allow.
  return [
    ...(tables.removed.length > 0 ? [alter(sql`DROP TABLE ${list(tables.removed.map(onlyTable))}`)] : []),
    ...(schemas.removed.length > 0 ? [alter(sql`DROP ${schemaObjects(schemas.removed)}`)] : []),
    ...(settings.length > 0 ? [alter(sql`SET (${list(settings)})`)] : []),
    ...(tables.added.length > 0 ? [alter(sql`ADD ${tableObjects(tables.added)}`)] : []),
    ...(schemas.added.length > 0 ? [alter(sql`ADD ${schemaObjects(schemas.added)}`)] : []),
    ...(from.comment === comment ? [] : [commentStatement(name, comment)]),
    ...(from.owner === to.owner ? [] : [ownerStatement(name, to.owner)]),
  ];
}

function difference<T>(
  from: readonly T[],
  to: readonly T[],
  keyOf: (item: T) => string,
): { readonly removed: readonly T[]; readonly added: readonly T[] } {
  const [before, after] = [new Set(from.map(keyOf)), new Set(to.map(keyOf))];
  return {
    removed: from.filter((item) => !after.has(keyOf(item))),
    added: to.filter((item) => !before.has(keyOf(item))),
  };
}

function memberText({ table, columns, where }: Member): string {
  return JSON.stringify([formatRelationName(table), columns && [...columns].sort(), where]);
}

function tableObjects(members: readonly Member[]): Sql {
  return sql`TABLE ${list(members.map(tableObject))}`;
}

function tableObject(member: Member): Sql {
  const { columns, where } = member;
  const columnList = columns === null ? sql`` : sql` (${list(columns.map((column) => id(column)))})`;
  return sql`${onlyTable(member)}${columnList}${where === null ? sql`` : sql` ${filterClause(where)}`}`;
}

/** The members already include the tables that inherit from a member. */
function onlyTable({ table }: Member): Sql {
  return sql`ONLY ${relationId(table)}`;
}

function schemaObjects(schemas: readonly string[]): Sql {
  return sql`TABLES IN SCHEMA ${list(schemas.map((schema) => id(schema)))}`;
}

function commentStatement(name: string, comment: string | null): Sql {
  return sql`COMMENT ON PUBLICATION ${id(name)} IS ${lit(comment)}`;
}

function ownerStatement(name: string, owner: string): Sql {
  return sql`ALTER PUBLICATION ${id(name)} OWNER TO ${id(owner)}`;
}
