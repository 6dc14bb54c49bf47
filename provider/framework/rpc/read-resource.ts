import type { ReadResource_Request, ReadResource_Response } from "../../plugin/generated/tfplugin6";
import { Diagnostics } from "../diagnostics";
import { TIMEOUTS_BLOCK } from "../timeouts";
import { wireDiagnostics } from "../wire";
import type { ServerContext } from "./context";
import { decodeObject, encodeObject, wireTypeOf } from "./dynamic-value";

/** ReadResource: refreshes an object's state. A failed read leaves the state unchanged. */
export async function readResource<P>(
  context: ServerContext<P>,
  request: ReadResource_Request,
): Promise<ReadResource_Response> {
  const diagnostics = new Diagnostics();
  const resource = context.resource(request.typeName);
  const type = wireTypeOf(resource);
  const state = decodeObject(request.currentState, type);
  context.markManaged(resource.typeName, state);
  // The provider cannot connect yet. That does not mean that the object is gone.
  if (context.provider === null) {
    return { newState: request.currentState, diagnostics: [], private: request.private };
  }
  const actual = await context.runOperation("read", resource, state, diagnostics, (operation) =>
    resource.read(operation, state),
  );
  const newState =
    actual === undefined ? state : actual && { ...actual, [TIMEOUTS_BLOCK]: state[TIMEOUTS_BLOCK] ?? null };
  return {
    newState: encodeObject(newState, type),
    diagnostics: wireDiagnostics(diagnostics),
    private: request.private,
  };
}
