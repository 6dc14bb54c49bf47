import { type Sql, sql, textArray } from "../sql";
import { rows } from "./catalog-query";
import { type QualifiedName, type Reference, referencesOf, type SchemaModel } from "./model";

/** What the subscriber has of that which definitions need but do not bring along. */
export interface SubscriberFacts {
  readonly schemas: readonly string[];
  /** With the schemas that they are in. */
  readonly extensions: readonly { readonly name: string; readonly schema: string }[];
  /** By identity, as in {@link Reference}. */
  readonly functions: readonly string[];
  readonly collations: readonly string[];
  readonly types: readonly string[];
  /** Tables that foreign keys refer to. */
  readonly tables: readonly QualifiedName[];
}

/** Selects, for catalogQuery, whatever relations have these names. */
export function relationsNamed(names: readonly QualifiedName[]): Sql {
  return sql`
    selected AS (
      SELECT c.oid FROM ${namesTable(names)} JOIN pg_namespace n ON n.nspname = wanted.schema
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name
    )`;
}

/** Reads the facts that count for these tables, in one statement. Runs under CATALOG_SETTINGS. */
export function subscriberFactsQuery(published: SchemaModel): Sql {
  const references = [...published.tables, ...published.types].flatMap(referencesOf);
  const named = (kind: Reference["kind"]): Sql =>
    namesTable(references.filter((reference) => reference.kind === kind));
  const targets = published.tables.flatMap(({ constraints }) =>
    constraints.flatMap(({ target }) => (target === null ? [] : [target.table])),
  );
  return sql`
    SELECT ${array(sql`SELECT nspname FROM pg_namespace`)} AS schemas,
           ${rows(sql`SELECT x.extname AS name, n.nspname AS schema
                      FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace`)} AS extensions,
           ${array(sql`SELECT p.oid::regprocedure::text
                       FROM ${named("function")} JOIN pg_namespace n ON n.nspname = wanted.schema
                       JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = wanted.name`)} AS functions,
           ${array(sql`SELECT format('%I.%I', n.nspname, c.collname)
                       FROM ${named("collation")} JOIN pg_namespace n ON n.nspname = wanted.schema
                       JOIN pg_collation c ON c.collnamespace = n.oid AND c.collname = wanted.name
                       WHERE c.collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))`)} AS collations,
           ${array(sql`SELECT format('%I.%I', n.nspname, t.typname)
                       FROM ${named("type")} JOIN pg_namespace n ON n.nspname = wanted.schema
                       JOIN pg_type t ON t.typnamespace = n.oid AND t.typname = wanted.name`)} AS types,
           ${rows(sql`SELECT n.nspname AS schema, c.relname AS name
                      FROM ${namesTable(targets)} JOIN pg_namespace n ON n.nspname = wanted.schema
                      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name
                      WHERE c.relkind IN ('r', 'p')`)} AS tables`;
}

function array(query: Sql): Sql {
  return sql`array_to_json(ARRAY(${query}))`;
}

/** Names as a table `wanted` with the columns `schema` and `name`. */
function namesTable(names: readonly QualifiedName[]): Sql {
  const schemas = textArray(names.map(({ schema }) => schema));
  return sql`ROWS FROM (unnest(${schemas}), unnest(${textArray(names.map(({ name }) => name))})) AS wanted (schema, name)`;
}
