import type { ConfiguredProvider } from "./configured-provider";
import { dataSources } from "./data-sources";
import type { ProviderDefinition } from "./framework/provider";
import { PostgresServer } from "./postgres/server";
import { awsAccess, connectionSettings, providerBlock } from "./provider-block";
import { resources } from "./resources";

/** The postgresql provider: its configuration, its resources and its data sources. */
export const postgresqlProvider: ProviderDefinition<typeof providerBlock, ConfiguredProvider> = {
  schema: providerBlock,
  resources,
  dataSources,
  configure: (config) => ({ server: new PostgresServer(connectionSettings(config)), aws: awsAccess(config) }),
  close: ({ server }) => server.end(),
};
