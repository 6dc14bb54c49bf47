import { type DataSource, type DataSourceDefinition, defineDataSource } from "../framework/data-source";
import type { Schema } from "../framework/schema";
import type { PostgresServer } from "../postgres/server";

/** Defines a data source of this provider: one that is read from the configured server. */
export function define<S extends Schema>(
  definition: DataSourceDefinition<S, PostgresServer>,
): DataSource<PostgresServer> {
  return defineDataSource(definition);
}
