import { optional, required } from "../framework/schema";
import { listOf, string } from "../framework/value-type";
import { list, lit, type Sql, sql, textArray } from "../postgres/sql";

/** What the data sources that list a database's objects have in common. */
export const databaseAttribute = required(string, { description: "The database to look into." });

/** The attributes that choose objects by their names. */
export const nameFilterAttributes = {
  like_any_patterns: optional(listOf(string), {
    description: "Only names that match at least one of these patterns, as `LIKE` understands them.",
  }),
  like_all_patterns: optional(listOf(string), {
    description: "Only names that match all of these patterns, as `LIKE` understands them.",
  }),
  not_like_all_patterns: optional(listOf(string), {
    description: "Only names that match none of these patterns, as `LIKE` understands them.",
  }),
  regex_pattern: optional(string, {
    description: "Only names that match this regular expression, as the operator `~` understands it.",
  }),
};

/** The attribute that chooses objects by their schema. */
export const schemasAttribute = optional(listOf(string), {
  description: "The schemas to look into (default: all, those of the system included).",
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
