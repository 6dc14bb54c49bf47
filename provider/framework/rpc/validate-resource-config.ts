import type {
  ClientCapabilities,
  ValidateResourceConfig_Request,
  ValidateResourceConfig_Response,
} from "../../plugin/generated/tfplugin6";
import { Diagnostics } from "../diagnostics";
import { TIMEOUTS_BLOCK, validateTimeouts } from "../timeouts";
import { type ClientAbilities, validateConfig } from "../validate";
import { wireDiagnostics } from "../wire";
import type { ServerContext } from "./context";
import { decodeObject, wireTypeOf } from "./dynamic-value";
import { reportFailure } from "./report-failure";

/** ValidateResourceConfig: checks a resource against its schema, then with the resource's own checks. */
export async function validateResourceConfig(
  context: ServerContext<unknown>,
  request: ValidateResourceConfig_Request,
): Promise<ValidateResourceConfig_Response> {
  const diagnostics = new Diagnostics();
  const resource = context.resource(request.typeName);
  const config = decodeObject(request.config, wireTypeOf(resource));
  await reportFailure(diagnostics, "validate", resource, config, () => {
    validateConfig(resource.schema, config, clientAbilities(request.clientCapabilities), diagnostics);
    validateTimeouts(config[TIMEOUTS_BLOCK], diagnostics);
    resource.validate(config, diagnostics);
  });
  return { diagnostics: wireDiagnostics(diagnostics) };
}

function clientAbilities(client: ClientCapabilities | undefined): ClientAbilities {
  return { writeOnlyAttributes: client?.writeOnlyAttributesAllowed === true };
}
