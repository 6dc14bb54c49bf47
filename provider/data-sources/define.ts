import type { ConfiguredProvider } from "../configured-provider";
import { type DataSource, type DataSourceDefinition, defineDataSource } from "../framework/data-source";
import { dataSourceOfPart } from "../framework/provider-part";
import type { Schema } from "../framework/schema";
import type { PostgresServer } from "../postgres/server";

/** Defines a data source of PostgreSQL objects: its read receives the configured server. */
export function define<S extends Schema>(
  definition: DataSourceDefinition<S, PostgresServer>,
): DataSource<ConfiguredProvider> {
  return dataSourceOfPart(defineDataSource(definition), ({ server }: ConfiguredProvider) => server);
}
