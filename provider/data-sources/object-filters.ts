import { optional, required } from "../framework/schema";
import { listOf, string } from "../framework/value-type";
import { list, lit, type Sql, sql, textArray } from "../postgres/sql";

/** The `database` attribute of the data sources that list objects. */
export const databaseAttribute = required(string, { description: "Name of the database." });

/** The attributes that filter objects by name. */
export const nameFilterAttributes = {
  like_any_patterns: optional(listOf(string), {
    description: "`LIKE` patterns; a name must match at least one (default: no filter).",
  }),
  like_all_patterns: optional(listOf(string), {
    description: "`LIKE` patterns; a name must match all of them (default: no filter).",
  }),
  not_like_all_patterns: optional(listOf(string), {
    description: "`LIKE` patterns; a name must not match any of them (default: no filter).",
  }),
  regex_pattern: optional(string, {
    description: "POSIX regular expression (operator `~`) that a name must match (default: no filter).",
  }),
};

/** The attribute that filters objects by schema. */
export const schemasAttribute = optional(listOf(string), {
  description: "Names of schemas (default: all schemas, including system schemas).",
});

/** The values of the attributes above. */
export interface NameFilters {
  readonly like_any_patterns: readonly string[] | null;
  readonly like_all_patterns: readonly string[] | null;
  readonly not_like_all_patterns: readonly string[] | null;
  readonly regex_pattern: string | null;
}

/** Conditions on a name; an empty list, or text, filters nothing. */
export function nameConditions(name: Sql, filters: NameFilters): Sql[] {
  const { like_any_patterns: any, like_all_patterns: all, not_like_all_patterns: none } = filters;
  return [
    ...(any?.length ? [sql`${name}::text LIKE ANY (${textArray(any)})`] : []),
    ...(all?.length ? [sql`${name}::text LIKE ALL (${textArray(all)})`] : []),
    ...(none?.length ? [sql`${name}::text NOT LIKE ALL (${textArray(none)})`] : []),
    ...(filters.regex_pattern ? [sql`${name}::text ~ ${lit(filters.regex_pattern)}`] : []),
  ];
}

/** The condition that a text is one of a list; an empty list filters nothing. */
export function oneOf(text: Sql, values: readonly string[] | null): Sql[] {
  return values?.length ? [sql`${text}::text = ANY (${textArray(values)})`] : [];
}

/** All conditions together. */
export function where(conditions: readonly Sql[]): Sql {
  return conditions.length > 0 ? sql`WHERE ${list(conditions, " AND ")}` : sql``;
}

/** The part of a data source's ID that comes from a list of patterns, in upstream's form. */
export function idPart(keyword: "ANY" | "ALL", values: readonly string[] | null): string {
  return `${keyword} (array[${(values ?? []).map((value) => `'${value}'`).join(",")}])`;
}

/** The parts of a data source's ID that come from the name filters. */
export function nameFilterIdParts(filters: NameFilters): string[] {
  return [
    idPart("ANY", filters.like_any_patterns),
    idPart("ALL", filters.like_all_patterns),
    idPart("ALL", filters.not_like_all_patterns),
    filters.regex_pattern ?? "",
  ];
}
