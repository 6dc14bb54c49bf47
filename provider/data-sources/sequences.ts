import { computed, type Schema } from "../framework/schema";
import { listOf, objectOf, string } from "../framework/value-type";
import { sql } from "../postgres/sql";
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
  description: "Sequences of a database, except those of identity columns.",
  attributes: {
    database: databaseAttribute,
    schemas: schemasAttribute,
    ...nameFilterAttributes,
    sequences: computed(listOf(objectOf({ object_name: string, schema_name: string, data_type: string })), {
      description: "Sequences, sorted by schema and name.",
    }),
  },
  blocks: {},
} satisfies Schema;

interface SequenceRow {
  readonly object_name: string;
  readonly schema_name: string;
  readonly data_type: string;
}

export const sequences = define({
  typeName: "postgresql_sequences",
  displayName: "sequences",
  schema,
  identify: (values) =>
    [values.database, idPart("ANY", values.schemas), ...nameFilterIdParts(values)].join("_"),
  describe: ({ database }) => `the sequences of database ${JSON.stringify(database)}`,

  async read({ provider, config, signal }) {
    const conditions = [
      sql`NOT pg_catalog.pg_is_other_temp_schema(n.oid)`,
      sql`NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')`,
      ...oneOf(sql`n.nspname`, config.schemas),
      ...nameConditions(sql`c.relname`, config),
    ];
    // The information schema omits objects on which the user has no privilege.
    const rows = await provider.select<SequenceRow>(
      config.database,
      sql`SELECT c.relname AS object_name, n.nspname AS schema_name,
                 pg_catalog.format_type(s.seqtypid, NULL) AS data_type
          FROM pg_catalog.pg_sequence s
          JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          ${where(conditions)}
          ORDER BY n.nspname, c.relname`,
      signal,
    );
    return { ...config, sequences: rows };
  },
});
