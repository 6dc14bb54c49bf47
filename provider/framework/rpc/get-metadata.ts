import type { GetMetadata_Response } from "../../plugin/generated/tfplugin6";
import type { ServerContext } from "./context";
import { SERVER_CAPABILITIES } from "./server-capabilities";

/** GetMetadata: the names of the provider's types. Terraform calls it instead of GetProviderSchema where names suffice. */
export function getMetadata(context: ServerContext<unknown>): GetMetadata_Response {
  return {
    serverCapabilities: SERVER_CAPABILITIES,
    diagnostics: [],
    dataSources: [...context.dataSources.keys()].map((typeName) => ({ typeName })),
    resources: [...context.resources.keys()].map((typeName) => ({ typeName })),
  };
}
