import type { ProviderDefinition } from "./framework/provider";
import { PostgresServer } from "./postgres/server";
import { connectionSettings, providerBlock } from "./provider-block";
import { resources } from "./resources";
import { dataSources } from "./data-sources";

/** The postgresql provider: what it manages, and how it reaches a server. */
export const postgresqlProvider: ProviderDefinition<typeof providerBlock, PostgresServer> = {
  schema: providerBlock,
  resources,
  dataSources,
  configure: (config) => new PostgresServer(connectionSettings(config)),
  close: (server) => server.end(),
};
