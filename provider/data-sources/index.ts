import type { DataSource } from "../framework/data-source";
import type { PostgresServer } from "../postgres/server";
import { schemas } from "./schemas";
import { sequences } from "./sequences";
import { tables } from "./tables";

/** Every data source of the provider. */
export const dataSources: readonly DataSource<PostgresServer>[] = [schemas, sequences, tables];
