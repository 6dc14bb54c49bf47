import type {
  UpgradeResourceState_Request,
  UpgradeResourceState_Response,
} from "../../plugin/generated/tfplugin6";
import { Diagnostics } from "../diagnostics";
import { upgradeState } from "../upgrade";
import { wireDiagnostics } from "../wire";
import type { ServerContext } from "./context";
import { encodeObject, wireTypeOf } from "./dynamic-value";

/** UpgradeResourceState: reads the JSON of a stored state, this provider's or upstream's. */
export function upgradeResourceState(
  context: ServerContext<unknown>,
  request: UpgradeResourceState_Request,
): UpgradeResourceState_Response {
  const diagnostics = new Diagnostics();
  const resource = context.resource(request.typeName);
  const type = wireTypeOf(resource);
  const json = request.rawState?.json ?? Buffer.alloc(0);
  try {
    if (json.length === 0) throw new Error("it is in the flatmap format of Terraform 0.11 or earlier");
    const state = upgradeState(resource.schema, type, json.toString());
    // With -refresh=false, this is the only call that sees the state of a tainted object.
    context.markManaged(resource.typeName, state);
    return { upgradedState: encodeObject(state, type), diagnostics: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    diagnostics.error(
      "Unable to read the stored state",
      `The provider cannot read the stored state of a ${resource.typeName}: ${reason}`,
    );
    return { upgradedState: undefined, diagnostics: wireDiagnostics(diagnostics) };
  }
}
