import type { SessionInfo } from "../../postgres/session";
import { lit, type Sql, sql } from "../../postgres/sql";
import { formerNameComment } from "./former-names";
import { type Described, describeMembers, type MemberRow, rowFiltersOf } from "./members";
import { optionColumns, optionsOf, type OptionsRow } from "./options";
import type { PublicationState } from "./schema";

/** A publication as the server has it. */
export interface PublicationRow extends OptionsRow {
  readonly name: string;
  readonly owner: string;
  readonly comment: string | null;
  readonly all_tables: boolean;
  readonly members: readonly MemberRow[];
  readonly schemas: readonly string[];
  /** Null for a former name of another publication, of which it is not asked. */
  readonly published: readonly string[] | null;
}

/** A publication, and the same under its former names. */
export interface FoundPublication {
  readonly main: PublicationRow;
  readonly former: readonly PublicationRow[];
}

/**
 * Finds a publication together with its former names. Every column is named, so that what newer servers have besides
 * makes no difference.
 */
export function publicationQuery(name: string, session: SessionInfo): Sql {
  const { version } = session;
  const schemas = version.atLeast(15)
    ? sql`(SELECT coalesce(json_agg(n.nspname ORDER BY n.nspname), '[]')
           FROM pg_catalog.pg_publication_namespace pn JOIN pg_catalog.pg_namespace n ON n.oid = pn.pnnspid
           WHERE pn.pnpubid = p.oid)`
    : sql`'[]'::json`;
  return sql`SELECT p.pubname AS name, pg_catalog.pg_get_userbyid(p.pubowner) AS owner,
                    pg_catalog.obj_description(p.oid, 'pg_publication') AS comment, p.puballtables AS all_tables,
                    ${optionColumns(version)}, ${members(session)} AS members, ${schemas} AS schemas,
                    CASE WHEN p.pubname = ${lit(name)} THEN ${PUBLISHED_TABLES} END AS published
             FROM pg_catalog.pg_publication p
             WHERE p.pubname = ${lit(name)}
                OR pg_catalog.obj_description(p.oid, 'pg_publication') = ${lit(formerNameComment(name))}
             ORDER BY p.pubname`;
}

/** The tables that are named, and not those that they expand to. Beside FOR ALL TABLES, newer servers list exceptions. */
function members({ version }: SessionInfo): Sql {
  const columns = version.atLeast(15)
    ? sql`(SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
           WHERE a.attrelid = pr.prrelid AND a.attnum = ANY (pr.prattrs))`
    : sql`NULL`;
  const where = version.atLeast(15) ? sql`pg_catalog.pg_get_expr(pr.prqual, pr.prrelid)` : sql`NULL`;
  return sql`
    (SELECT coalesce(json_agg(json_build_object(
              'schema', n.nspname, 'name', c.relname, 'visible', pg_catalog.pg_table_is_visible(c.oid),
              'columns', ${columns}, 'where', ${where},
              'parents', CASE WHEN c.relispartition THEN '[]' ELSE (
                SELECT coalesce(json_agg(json_build_object('schema', an.nspname, 'name', ac.relname)), '[]')
                FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class ac ON ac.oid = i.inhparent
                JOIN pg_catalog.pg_namespace an ON an.oid = ac.relnamespace WHERE i.inhrelid = c.oid) END,
              'incomplete', c.relkind = 'r' AND c.relhassubclass AND EXISTS (
                SELECT FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class dc ON dc.oid = i.inhrelid
                WHERE i.inhparent = c.oid AND dc.relkind = 'r' AND dc.relpersistence = 'p' AND NOT EXISTS (
                  SELECT FROM pg_catalog.pg_publication_rel o WHERE o.prpubid = p.oid AND o.prrelid = i.inhrelid))
            ) ORDER BY n.nspname, c.relname), '[]')
     FROM pg_catalog.pg_publication_rel pr
     JOIN pg_catalog.pg_class c ON c.oid = pr.prrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE pr.prpubid = p.oid AND NOT p.puballtables)`;
}

const PUBLISHED_TABLES = sql`
  (SELECT coalesce(json_agg(${relationText(sql`t.schemaname`, sql`t.tablename`)}
                            ORDER BY t.schemaname::text COLLATE "C", t.tablename::text COLLATE "C"), '[]')
   FROM pg_catalog.pg_publication_tables t WHERE t.pubname = p.pubname)`;

/** The same text as formatRelationName has. */
function relationText(schema: Sql, name: Sql): Sql {
  const part = (column: Sql): Sql =>
    sql`CASE WHEN ${column} ~ '[."]' THEN '"' || replace(${column}::text, '"', '""') || '"' ELSE ${column}::text END`;
  return sql`(${part(schema)}) || '.' || (${part(name)})`;
}

/** The publication among the rows; undefined if it does not exist. */
export function findPublication(rows: readonly PublicationRow[], name: string): FoundPublication | undefined {
  const main = rows.find((row) => row.name === name);
  return main && { main, former: rows.filter((row) => row !== main) };
}

/** What only the configuration and the state know: how they put things, and the provider's own switches. */
export interface Remembered extends Described {
  readonly drop_cascade: boolean;
  readonly allow_missing_replica_identity: boolean;
}

export function stateOf(
  { main, former }: FoundPublication,
  database: string,
  before: Remembered,
): PublicationState {
  return {
    name: main.name,
    database,
    owner: main.owner,
    all_tables: main.all_tables,
    ...describeMembers(main.members, before),
    tables_in_schema: main.schemas,
    ...optionsOf(main),
    allow_missing_replica_identity: before.allow_missing_replica_identity,
    drop_cascade: before.drop_cascade,
    former_names: former.map(({ name }) => name),
    published_tables: main.published,
    row_filters: rowFiltersOf(main.members),
  };
}
