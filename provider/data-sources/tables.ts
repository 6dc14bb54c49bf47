import { computed, optional, type Schema } from "../framework/schema";
import { listOf, objectOf, string } from "../framework/value-type";
import { type Sql, sql } from "../postgres/sql";
import type { SessionInfo } from "../postgres/session";
import { define } from "./define";
import {
  databaseAttribute,
  idPart,
  nameConditions,
  nameFilterAttributes,
  nameFilterIdParts,
  oneOf,
  schemasAttribute,
  where,
} from "./object-filters";

const schema = {
  description: "Tables and views of a database.",
  attributes: {
    database: databaseAttribute,
    schemas: schemasAttribute,
    table_types: optional(listOf(string), {
      description:
        "Table types of the information schema: `BASE TABLE` (including partitioned tables and partitions), `VIEW`, `FOREIGN` (`FOREIGN TABLE` before PostgreSQL 12), `LOCAL TEMPORARY` (default: all). Materialized views are never included.",
    }),
    ...nameFilterAttributes,
    tables: computed(listOf(objectOf({ object_name: string, schema_name: string, table_type: string })), {
      description: "Tables, sorted by schema and name.",
    }),
  },
  blocks: {},
} satisfies Schema;

interface TableRow {
  readonly object_name: string;
  readonly schema_name: string;
  readonly table_type: string;
}

export const tables = define({
  typeName: "postgresql_tables",
  displayName: "tables",
  schema,
  identify: (values) =>
    [
      values.database,
      idPart("ANY", values.schemas),
      idPart("ANY", values.table_types),
      ...nameFilterIdParts(values),
    ].join("_"),
  describe: ({ database }) => `the tables of database ${JSON.stringify(database)}`,

  async read({ provider, config, signal }) {
    const conditions = [
      ...oneOf(sql`schema_name`, config.schemas),
      ...oneOf(sql`table_type`, config.table_types),
      ...nameConditions(sql`object_name`, config),
    ];
    // The information schema omits objects on which the user has no privilege.
    const query = ({ version }: SessionInfo): Sql => sql`
      SELECT object_name, schema_name, table_type
      FROM (SELECT c.relname AS object_name, n.nspname AS schema_name,
                   CASE WHEN n.oid = pg_catalog.pg_my_temp_schema() THEN 'LOCAL TEMPORARY'
                        WHEN c.relkind = 'v' THEN 'VIEW'
                        WHEN c.relkind = 'f' THEN ${version.atLeast(12) ? sql`'FOREIGN'` : sql`'FOREIGN TABLE'`}
                        ELSE 'BASE TABLE' END AS table_type
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'f') AND NOT pg_catalog.pg_is_other_temp_schema(n.oid)) t
      ${where(conditions)}
      ORDER BY schema_name, object_name`;
    const rows = await provider.select<TableRow>(config.database, query, signal);
    return { ...config, tables: rows };
  },
});
