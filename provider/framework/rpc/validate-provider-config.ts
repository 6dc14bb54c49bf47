import type {
  ValidateProviderConfig_Request,
  ValidateProviderConfig_Response,
} from "../../plugin/generated/tfplugin6";
import { Diagnostics } from "../diagnostics";
import { ctyTypeOf, type Schema } from "../schema";
import { validateConfig } from "../validate";
import { wireDiagnostics } from "../wire";
import { decodeObject } from "./dynamic-value";
import { PROVIDER_BLOCK, reportFailure } from "./report-failure";

/** ValidateProviderConfig: checks the provider block against its schema. */
export async function validateProviderConfig(
  schema: Schema,
  request: ValidateProviderConfig_Request,
): Promise<ValidateProviderConfig_Response> {
  const diagnostics = new Diagnostics();
  const config = decodeObject(request.config, ctyTypeOf(schema));
  // A provider has no state, so Terraform never stores its write-only attributes.
  const client = { writeOnlyAttributes: true };
  await reportFailure(diagnostics, "validate", PROVIDER_BLOCK, config, () =>
    validateConfig(schema, config, client, diagnostics),
  );
  return { diagnostics: wireDiagnostics(diagnostics) };
}
