import { computed, defaulted, type Schema } from "../framework/schema";
import { bool, setOf, string } from "../framework/value-type";
import { sql } from "../postgres/sql";
import { define } from "./define";
import {
  databaseAttribute,
  nameConditions,
  nameFilterAttributes,
  nameFilterIdParts,
  where,
} from "./object-filters";

const schema = {
  description: "Names of the schemas of a database.",
  attributes: {
    database: databaseAttribute,
    include_system_schemas: defaulted(bool, false, {
      description:
        "Whether to include system schemas: `pg_catalog`, `information_schema`, `pg_toast` and the schemas of temporary tables (default: `false`).",
    }),
    ...nameFilterAttributes,
    schemas: computed(setOf(string), { description: "Names of the schemas." }),
  },
  blocks: {},
} satisfies Schema;

/** Upstream's `NOT LIKE 'pg_%'` also hides pgboss and pglogical, because `_` matches any character. */
const isUserSchema = sql`n.nspname <> 'information_schema'
  AND n.nspname !~ '^pg_(catalog|toast|temp_[0-9]+|toast_temp_[0-9]+)$'`;

export const schemas = define({
  typeName: "postgresql_schemas",
  displayName: "schemas",
  schema,
  identify: (values) =>
    [values.database, String(values.include_system_schemas), ...nameFilterIdParts(values)].join("_"),
  describe: ({ database }) => `the schemas of database ${JSON.stringify(database)}`,

  async read({ provider, config, signal }) {
    const conditions = [
      ...(config.include_system_schemas ? [] : [isUserSchema]),
      ...nameConditions(sql`n.nspname`, config),
    ];
    const rows = await provider.select<{ name: string }>(
      config.database,
      sql`SELECT n.nspname AS name FROM pg_catalog.pg_namespace n ${where(conditions)} ORDER BY n.nspname`,
      signal,
    );
    return {
      ...config,
      include_system_schemas: config.include_system_schemas ?? false,
      schemas: rows.map(({ name }) => name),
    };
  },
});
