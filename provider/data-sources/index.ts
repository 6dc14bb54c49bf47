import type { DataSource } from "../framework/data-source";
import type { PostgresServer } from "../postgres/server";
import { replicationStatus } from "./replication-status";
import { schemas } from "./schemas";
import { sequences } from "./sequences";
import { tableComparison } from "./table-comparison";
import { tables } from "./tables";

/** Every data source of the provider. */
export const dataSources: readonly DataSource<PostgresServer>[] = [
  replicationStatus,
  schemas,
  sequences,
  tableComparison,
  tables,
];
