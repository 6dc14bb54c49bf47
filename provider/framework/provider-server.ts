import type { ProviderCalls } from "../plugin/server";
import type { ProviderDefinition } from "./provider";
import { applyResourceChange } from "./rpc/apply-resource-change";
import { configureProvider } from "./rpc/configure-provider";
import { ServerContext } from "./rpc/context";
import { getMetadata } from "./rpc/get-metadata";
import { getProviderSchema } from "./rpc/get-provider-schema";
import { importResourceState } from "./rpc/import-resource-state";
import { planResourceChange } from "./rpc/plan-resource-change";
import { readDataSource } from "./rpc/read-data-source";
import { readResource } from "./rpc/read-resource";
import { stopProvider } from "./rpc/stop-provider";
import { upgradeResourceState } from "./rpc/upgrade-resource-state";
import { validateDataResourceConfig } from "./rpc/validate-data-resource-config";
import { validateProviderConfig } from "./rpc/validate-provider-config";
import { validateResourceConfig } from "./rpc/validate-resource-config";
import type { Schema } from "./schema";

/** A provider being served: the calls of the protocol, and the end of the process. */
export interface ProviderServer {
  readonly calls: ProviderCalls;
  /** Cancels every running operation and closes the connections. */
  close(): Promise<void>;
}

/** Serves Terraform's provider protocol from a provider's definition: one function of `rpc/` per call. */
export function createProviderServer<S extends Schema, P>(
  definition: ProviderDefinition<S, P>,
): ProviderServer {
  const context = new ServerContext<P>(definition);
  return {
    calls: {
      getMetadata: () => Promise.resolve(getMetadata(context)),
      getProviderSchema: () => Promise.resolve(getProviderSchema(context, definition.schema)),
      validateProviderConfig: (request) => validateProviderConfig(definition.schema, request),
      validateResourceConfig: (request) => validateResourceConfig(context, request),
      validateDataResourceConfig: (request) => validateDataResourceConfig(context, request),
      upgradeResourceState: (request) => Promise.resolve(upgradeResourceState(context, request)),
      configureProvider: (request) => configureProvider(context, definition, request),
      readResource: (request) => readResource(context, request),
      planResourceChange: (request) => planResourceChange(context, request),
      applyResourceChange: (request) => applyResourceChange(context, request),
      importResourceState: (request) => Promise.resolve(importResourceState(context, request)),
      readDataSource: (request) => readDataSource(context, request),
      stopProvider: () => Promise.resolve(stopProvider(context)),
    },
    close: async () => {
      context.stop("Terraform ended the provider");
      if (context.provider !== null) await definition.close(context.provider);
    },
  };
}
