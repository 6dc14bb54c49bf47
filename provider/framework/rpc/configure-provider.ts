import { isWhollyKnown } from "../../plugin/cty/value";
import type { ConfigureProvider_Request, ConfigureProvider_Response } from "../../plugin/generated/tfplugin6";
import { Diagnostics } from "../diagnostics";
import type { ProviderDefinition } from "../provider";
import { ctyTypeOf, type Schema } from "../schema";
import type { Config } from "../values";
import { wireDiagnostics } from "../wire";
import type { ServerContext } from "./context";
import { decodeObject } from "./dynamic-value";
import { PROVIDER_BLOCK, reportFailure } from "./report-failure";

/** ConfigureProvider: configures the provider, unless its configuration has values that are known only after apply. */
export async function configureProvider<S extends Schema, P>(
  context: ServerContext<P>,
  definition: ProviderDefinition<S, P>,
  request: ConfigureProvider_Request,
): Promise<ConfigureProvider_Response> {
  const diagnostics = new Diagnostics();
  const config = decodeObject(request.config, ctyTypeOf(definition.schema));
  await reportFailure(diagnostics, "configure", PROVIDER_BLOCK, config, () => {
    context.provider = Object.values(config).every(isWhollyKnown)
      ? definition.configure(config as Config<S>, request.terraformVersion)
      : null;
  });
  return { diagnostics: wireDiagnostics(diagnostics) };
}
