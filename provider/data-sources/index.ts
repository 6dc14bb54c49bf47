import type { DataSource } from "../framework/data-source";
import type { PostgresServer } from "../postgres/server";

/** Every data source of the provider. */
export const dataSources: readonly DataSource<PostgresServer>[] = [];
