import { formatRelationName, parseRelationName, type RelationName } from "../../postgres/relation-name";
import { type Sql, sql, textArray } from "../../postgres/sql";
import { sameTable } from "./tables";

const MOST_NAMES = 10;

/** What a publication publishes; null and undefined stand for the server's defaults. */
interface Published {
  readonly tables: readonly string[] | null | undefined;
  readonly all_tables: boolean | null | undefined;
  readonly publish_param: readonly string[] | null | undefined;
}

/** Tables by name, or all tables of a database that can be published. */
export type Tables = readonly RelationName[] | "all";

/** The tables whose UPDATE or DELETE is published after a change and was not before, which is null for a new publication. */
export function newlyPublished(before: Published | null, after: Published): Tables {
  const operations = operationsOnOldRows(after);
  if (operations.length === 0) return [];
  const former = before === null ? [] : operationsOnOldRows(before);
  const gains = operations.some((operation) => !former.includes(operation));
  if (after.all_tables) return gains ? "all" : [];
  const tables = (after.tables ?? []).map(parseRelationName);
  const known = gains ? [] : (before?.tables ?? []).map(parseRelationName);
  return tables.filter((table) => !known.some((other) => sameTable(table, other)));
}

/** The published operations that need to tell subscribers which row they concern. */
function operationsOnOldRows({ publish_param: operations }: Published): readonly string[] {
  const needy = ["update", "delete"];
  return operations ? needy.filter((operation) => operations.includes(operation)) : needy;
}

/**
 * Finds the tables that cannot tell a row from another, by the server's own rule, which is in
 * RelationGetReplicaIndex: not by their primary key (unless REPLICA IDENTITY says otherwise, and never by one that is
 * deferrable), not by another index, not by the whole row. Of a partitioned table it is the partitions that count,
 * whatever publish_via_partition_root says; and of one that others inherit from, these are published too.
 */
export function withoutReplicaIdentity(tables: Tables): Sql {
  return sql`
    WITH RECURSIVE ${tables === "all" ? ALL_TABLES : tablesByName(tables)}
    SELECT n.nspname AS schema, c.relname AS name
    FROM published JOIN pg_catalog.pg_class c ON c.oid = published.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relreplident <> 'f' AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_index i
      WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
        AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END)
    ORDER BY n.nspname, c.relname`;
}

/** The system's own tables, which have OIDs below 16384, are not published; nor are temporary and unlogged ones. */
const ALL_TABLES = sql`
  published AS (SELECT oid FROM pg_catalog.pg_class WHERE relkind = 'r' AND relpersistence = 'p' AND oid >= 16384)`;

function tablesByName(tables: readonly RelationName[]): Sql {
  // No schema has an empty name.
  const schemas = textArray(tables.map(({ schema }) => schema ?? ""));
  const names = textArray(tables.map(({ name }) => name));
  return sql`
    published AS (
      SELECT c.oid FROM ROWS FROM (unnest(${schemas}), unnest(${names})) AS r (schema, name)
      JOIN pg_catalog.pg_class c ON c.relname = r.name
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        AND (n.nspname = r.schema OR r.schema = '' AND pg_catalog.pg_table_is_visible(c.oid))
      UNION
      SELECT i.inhrelid FROM published JOIN pg_catalog.pg_inherits i ON i.inhparent = published.oid
    )`;
}

export const NO_REPLICA_IDENTITY_SUMMARY = "Table without replica identity";

/** What it would do to publish these tables, and the ways out. */
export function noReplicaIdentityDetail(label: string, tables: readonly RelationName[]): string {
  const names = tables.slice(0, MOST_NAMES).map(formatRelationName).join(", ");
  const more = tables.length > MOST_NAMES ? ` and ${tables.length - MOST_NAMES} more` : "";
  return (
    `${label} would publish updates or deletes of ${names}${more}, where nothing tells one row from another: ` +
    "from that moment, the publisher refuses what it cannot publish, and the application's UPDATE and DELETE on these tables fail.\n\n" +
    "Give them a primary key; or name a unique index on NOT NULL columns with ALTER TABLE … REPLICA IDENTITY USING INDEX …; " +
    "or, if they have neither, ALTER TABLE … REPLICA IDENTITY FULL, which sends and compares whole rows, and is slow for large tables. " +
    'Or publish only what is added: publish_param = ["insert"], with "truncate" from PostgreSQL 11 on.'
  );
}
