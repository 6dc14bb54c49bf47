import { id, keyword, list, lit, type Sql, sql } from "../../postgres/sql";

/** The options of a foreign server or a user mapping, by name. */
export type ForeignOptions = Readonly<Record<string, string>>;

/** The SQLSTATE of a foreign-data wrapper that does not know an option. */
export const INVALID_OPTION_NAME = "HV00D";

/** Reads a catalog's array of `name=value`; null, as in a catalog without options, is no options. */
export function parseForeignOptions(entries: readonly string[] | null): ForeignOptions {
  return Object.fromEntries(
    (entries ?? []).map((entry) => {
      const end = entry.indexOf("=");
      return [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}

/** ` OPTIONS (…)` of a CREATE statement; empty without options. */
export function createOptions(options: ForeignOptions): Sql {
  return optionsClause(Object.entries(options).map(([name, value]) => sql`${id(name)} ${lit(value)}`));
}

/** ` OPTIONS (…)` of an ALTER statement that turns the present options into the wanted ones; empty without a change. */
export function alterOptions(present: ForeignOptions, wanted: ForeignOptions): Sql {
  const changed = Object.entries(wanted).filter(([name, value]) => present[name] !== value);
  const dropped = Object.keys(present).filter((name) => !Object.hasOwn(wanted, name));
  return optionsClause([
    ...changed.map(([name, value]) => {
      const action = keyword(Object.hasOwn(present, name) ? "SET" : "ADD");
      return sql`${action} ${id(name)} ${lit(value)}`;
    }),
    ...dropped.map((name) => sql`DROP ${id(name)}`),
  ]);
}

function optionsClause(items: readonly Sql[]): Sql {
  return items.length === 0 ? sql`` : sql` OPTIONS (${list(items)})`;
}

/** What is wrong with the names of options, as the end of a sentence; null when they can be names. */
export function optionsComplaint(options: ForeignOptions): string | null {
  return Object.hasOwn(options, "") ? "has an option without a name. Name it, or remove it." : null;
}
