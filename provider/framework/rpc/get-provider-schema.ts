import type { GetProviderSchema_Response } from "../../plugin/generated/tfplugin6";
import type { Schema } from "../schema";
import { DATA_SOURCE_STEPS, RESOURCE_STEPS } from "../timeouts";
import { wireSchema } from "../wire";
import type { ServerContext } from "./context";
import { SERVER_CAPABILITIES } from "./server-capabilities";

/** GetProviderSchema: the schemas of the provider block, the resources and the data sources. */
export function getProviderSchema(
  context: ServerContext<unknown>,
  providerSchema: Schema,
): GetProviderSchema_Response {
  return {
    provider: wireSchema(providerSchema, []),
    resourceSchemas: mapToObject(context.resources, ({ schema }) => wireSchema(schema, RESOURCE_STEPS)),
    dataSourceSchemas: mapToObject(context.dataSources, ({ schema }) =>
      wireSchema(schema, DATA_SOURCE_STEPS),
    ),
    diagnostics: [],
    serverCapabilities: SERVER_CAPABILITIES,
  };
}

function mapToObject<T, U>(map: ReadonlyMap<string, T>, change: (item: T) => U): { [key: string]: U } {
  return Object.fromEntries([...map].map(([key, item]) => [key, change(item)]));
}
