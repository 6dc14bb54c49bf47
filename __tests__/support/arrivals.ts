/**
 * Records in a subscriber's database each row that is inserted into any table that is created from now on, whether it is
 * copied or applied: the only trace of a row that arrives twice. The tables need a column `id`.
 */
export const RECORD_ARRIVALS = `
  CREATE SCHEMA arrivals;
  CREATE TABLE arrivals.rows (tab oid, id bigint);
  CREATE FUNCTION arrivals.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO arrivals.rows VALUES (TG_RELID, NEW.id);
    RETURN NEW;
  END $$;
  CREATE FUNCTION arrivals.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
  DECLARE
    created record;
  BEGIN
    FOR created IN SELECT objid::regclass AS tab FROM pg_event_trigger_ddl_commands()
                   WHERE command_tag = 'CREATE TABLE' AND schema_name = 'public' LOOP
      EXECUTE format('CREATE TRIGGER arrivals BEFORE INSERT ON %s FOR EACH ROW EXECUTE PROCEDURE arrivals.note()', created.tab);
      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER arrivals', created.tab);
    END LOOP;
  END $$;
  CREATE EVENT TRIGGER arrivals ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE PROCEDURE arrivals.watch()`;

/** Names a few rows that arrived more than once. */
export const REPEATED_ARRIVALS = `
  SELECT concat(tab::regclass, ' ', id, ': ', count(*)) AS row
  FROM arrivals.rows GROUP BY tab, id HAVING count(*) > 1 ORDER BY 1 LIMIT 5`;

/** Forgets the rows of tables that are emptied so that they are copied again. */
export function forgetArrivals(table: string): string {
  return `DELETE FROM arrivals.rows WHERE tab = '${table}'::regclass`;
}
