import type {
  ValidateDataResourceConfig_Request,
  ValidateDataResourceConfig_Response,
} from "../../plugin/generated/tfplugin6";
import { Diagnostics } from "../diagnostics";
import { DATA_SOURCE_STEPS, TIMEOUTS_BLOCK, typeWithTimeouts, validateTimeouts } from "../timeouts";
import { validateConfig } from "../validate";
import { wireDiagnostics } from "../wire";
import type { ServerContext } from "./context";
import { decodeObject } from "./dynamic-value";
import { reportFailure } from "./report-failure";

/** ValidateDataResourceConfig: checks a data source against its schema. */
export async function validateDataResourceConfig(
  context: ServerContext<unknown>,
  request: ValidateDataResourceConfig_Request,
): Promise<ValidateDataResourceConfig_Response> {
  const diagnostics = new Diagnostics();
  const dataSource = context.dataSource(request.typeName);
  const { schema } = dataSource;
  const config = decodeObject(request.config, typeWithTimeouts(schema, DATA_SOURCE_STEPS));
  await reportFailure(diagnostics, "validate", dataSource, config, () => {
    validateConfig(schema, config, { writeOnlyAttributes: true }, diagnostics);
    validateTimeouts(config[TIMEOUTS_BLOCK], diagnostics);
  });
  return { diagnostics: wireDiagnostics(diagnostics) };
}
