import type { ConfiguredProvider } from "../configured-provider";
import type { DataSource } from "../framework/data-source";
import { replicationStatus } from "./replication-status";
import { schemas } from "./schemas";
import { sequences } from "./sequences";
import { tableComparison } from "./table-comparison";
import { tables } from "./tables";

/** Every data source of the provider. */
export const dataSources: readonly DataSource<ConfiguredProvider>[] = [
  replicationStatus,
  schemas,
  sequences,
  tableComparison,
  tables,
];
