import type {
  ImportResourceState_Request,
  ImportResourceState_Response,
} from "../../plugin/generated/tfplugin6";
import { Diagnostics } from "../diagnostics";
import { wireDiagnostics } from "../wire";
import type { ServerContext } from "./context";
import { encodeObject, wireTypeOf } from "./dynamic-value";

/** ImportResourceState: parses an import ID. Terraform reads the object with ReadResource afterwards. */
export function importResourceState<P>(
  context: ServerContext<P>,
  request: ImportResourceState_Request,
): ImportResourceState_Response {
  const diagnostics = new Diagnostics();
  const resource = context.resource(request.typeName);
  try {
    const imported = resource.importState(request.id, context.requireProvider());
    const state = encodeObject(imported, wireTypeOf(resource));
    return {
      importedResources: [{ typeName: resource.typeName, state, private: Buffer.alloc(0) }],
      diagnostics: [],
    };
  } catch (error) {
    diagnostics.failure(
      error,
      `Unable to import ${resource.displayName}`,
      `Import ID ${JSON.stringify(request.id)}`,
    );
    return { importedResources: [], diagnostics: wireDiagnostics(diagnostics) };
  }
}
