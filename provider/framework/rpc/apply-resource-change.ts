import type {
  ApplyResourceChange_Request,
  ApplyResourceChange_Response,
} from "../../plugin/generated/tfplugin6";
import { Diagnostics } from "../diagnostics";
import { appliedMemory } from "../memory";
import { TIMEOUTS_BLOCK } from "../timeouts";
import type { Values } from "../validate";
import { wireDiagnostics } from "../wire";
import type { ServerContext } from "./context";
import { decodeNullable, decodeObject, encodeObject, wireTypeOf } from "./dynamic-value";

/** ApplyResourceChange: creates, updates or deletes an object. */
export async function applyResourceChange<P>(
  context: ServerContext<P>,
  request: ApplyResourceChange_Request,
): Promise<ApplyResourceChange_Response> {
  const diagnostics = new Diagnostics();
  const resource = context.resource(request.typeName);
  const type = wireTypeOf(resource);
  const prior = decodeNullable(request.priorState, type);
  const planned = decodeNullable(request.plannedState, type);
  const timeouts = { [TIMEOUTS_BLOCK]: (planned ?? prior)?.[TIMEOUTS_BLOCK] ?? null };
  // The new state if the operation fails: the prior state, or the state that the operation has saved.
  let saved = prior;
  const saveState = (state: Values | null): void => void (saved = state && { ...state, ...timeouts });

  const apply = async (): Promise<Values | null> => {
    if (planned === null) {
      const state = prior ?? {};
      const isDeleted = await context.runOperation(
        "delete",
        resource,
        state,
        diagnostics,
        async (operation) => {
          await resource.delete(operation, state, saveState);
          return true;
        },
      );
      return isDeleted === true ? null : saved;
    }
    const change = { planned, config: decodeObject(request.config, type), saveState };
    const actual =
      prior === null
        ? await context.runOperation("create", resource, planned, diagnostics, (operation) =>
            resource.create(operation, change),
          )
        : await context.runOperation("update", resource, planned, diagnostics, (operation) =>
            resource.update(operation, prior, change),
          );
    return actual === undefined ? saved : { ...actual, ...timeouts };
  };
  const newState = await apply();
  return {
    newState: encodeObject(newState, type),
    private: appliedMemory(request.plannedPrivate, !diagnostics.hasError),
    diagnostics: wireDiagnostics(diagnostics),
  };
}
