import { formatRelationName } from "../../postgres/relation-name";
import { id, keyword, list, lit, type Sql, sql, verbatim } from "../../postgres/sql";

/** Where DMS looks for DDL statements. Every row is deleted by the statement that has inserted it: DMS reads the WAL. */
export const AUDIT_TABLE = "awsdms_ddl_audit";

/** What the event triggers call; DMS's own name for its function. */
export const FUNCTION = "awsdms_intercept_ddl";

/** The audit table's columns, as DMS documents them, with their types in PostgreSQL's spelling. */
export const COLUMNS: readonly { readonly name: string; readonly type: string }[] = [
  { name: "c_key", type: "bigint" },
  { name: "c_time", type: "timestamp without time zone" },
  { name: "c_user", type: "character varying(64)" },
  { name: "c_txn", type: "character varying(16)" },
  { name: "c_tag", type: "character varying(24)" },
  { name: "c_oid", type: "integer" },
  { name: "c_name", type: "character varying(64)" },
  { name: "c_schema", type: "character varying(64)" },
  { name: "c_ddlqry", type: "text" },
];

/** An event trigger as it should be. */
export interface TriggerDefinition {
  readonly name: string;
  readonly event: "ddl_command_end" | "sql_drop";
  readonly tags: readonly string[];
}

/**
 * The first has DMS's own name. The second is ours: only in `sql_drop` does the server tell whether a dropped table was
 * a temporary one, and a captured DROP TABLE of that drops the permanent table of the same name at the target.
 */
export const TRIGGERS: readonly TriggerDefinition[] = [
  {
    name: "awsdms_intercept_ddl",
    event: "ddl_command_end",
    tags: ["CREATE TABLE", "CREATE TABLE AS", "ALTER TABLE"],
  },
  { name: "awsdms_intercept_ddl_drop", event: "sql_drop", tags: ["DROP TABLE"] },
];

/** How a message names the audit table. */
export function tableLabel(schema: string): string {
  return `table ${formatRelationName({ schema, name: AUDIT_TABLE })}`;
}

/** How a message names the function. */
export function functionLabel(schema: string): string {
  return `function ${formatRelationName({ schema, name: FUNCTION })}()`;
}

export function createTable(schema: string): Sql {
  const [, ...others] = COLUMNS;
  const columns = others.map(({ name, type }) => sql`${id(name)} ${verbatim(type)}`);
  return sql`CREATE TABLE ${id(schema, AUDIT_TABLE)} (${list([sql`c_key bigserial PRIMARY KEY`, ...columns])})`;
}

/**
 * The source of the function, which runs as its owner for whoever runs DDL.
 *
 * The session's search_path is not to be trusted, and is what DMS needs to know of the session: the schema of
 * unqualified names. A SET clause of the function would hide it, so the function takes it down, sets its own, and puts
 * it back. Until then every name is qualified. It deletes the one row that it has inserted: looking at others would be
 * a serialization failure for a REPEATABLE READ transaction whenever DDL of another one came first.
 */
export function functionSource(schema: string): string {
  const table = id(schema, AUDIT_TABLE).text;
  return `
DECLARE
  caller_schema pg_catalog.text := pg_catalog.current_schema();
  caller_path pg_catalog.text := pg_catalog.current_setting('search_path');
  audit_key pg_catalog.int8;
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  IF (CASE tg_event
        WHEN 'sql_drop' THEN EXISTS (
          SELECT FROM pg_event_trigger_dropped_objects() WHERE object_type = 'table' AND NOT is_temporary)
        ELSE EXISTS (
          SELECT FROM pg_event_trigger_ddl_commands() WHERE schema_name IS DISTINCT FROM 'pg_temp')
      END) THEN
    INSERT INTO ${table} (c_time, c_user, c_txn, c_tag, c_oid, c_name, c_schema, c_ddlqry)
    VALUES (current_timestamp, current_user, txid_current()::varchar(16), tg_tag, 0, '', caller_schema, current_query())
    RETURNING c_key INTO audit_key;
    DELETE FROM ${table} WHERE c_key = audit_key;
  END IF;
  PERFORM pg_catalog.set_config('search_path', caller_path, true);
END
`;
}

export function createFunction(schema: string): Sql {
  return sql`CREATE OR REPLACE FUNCTION ${id(schema, FUNCTION)}() RETURNS event_trigger
             LANGUAGE plpgsql SECURITY DEFINER AS ${lit(functionSource(schema))}`;
}

export function createTrigger({ name, event, tags }: TriggerDefinition, schema: string): Sql {
  return sql`CREATE EVENT TRIGGER ${id(name)} ON ${id(event)} WHEN TAG IN (${list(tags.map(lit))})
             EXECUTE PROCEDURE ${id(schema, FUNCTION)}()`;
}

export function enableTrigger(name: string, always: boolean): Sql {
  return sql`ALTER EVENT TRIGGER ${id(name)} ${keyword(always ? "ENABLE ALWAYS" : "ENABLE")}`;
}

export function dropTrigger(name: string): Sql {
  return sql`DROP EVENT TRIGGER IF EXISTS ${id(name)}`;
}
