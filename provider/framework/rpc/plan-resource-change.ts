import type {
  PlanResourceChange_Request,
  PlanResourceChange_Response,
} from "../../plugin/generated/tfplugin6";
import { Diagnostics } from "../diagnostics";
import { planMemory, recall } from "../memory";
import { TIMEOUTS_BLOCK, timeoutOf, withTimeout } from "../timeouts";
import { wireDiagnostics, wirePath } from "../wire";
import type { ServerContext } from "./context";
import { decodeNullable, decodeObject, encodeObject, wireTypeOf } from "./dynamic-value";
import { reportFailure } from "./report-failure";

/** PlanResourceChange: plans a create or an update, under the time limit of a read. */
export async function planResourceChange<P>(
  context: ServerContext<P>,
  request: PlanResourceChange_Request,
): Promise<PlanResourceChange_Response> {
  const diagnostics = new Diagnostics();
  const resource = context.resource(request.typeName);
  const type = wireTypeOf(resource);
  const prior = decodeNullable(request.priorState, type);
  context.markManaged(resource.typeName, prior);
  if (decodeNullable(request.proposedNewState, type) === null) return plannedDestroy(request);
  const config = decodeObject(request.config, type);
  const timeouts = config[TIMEOUTS_BLOCK] ?? null;
  const configured = recall(request.priorPrivate);
  const change = await reportFailure(diagnostics, "plan", resource, config, async () => {
    const { planned, replace } = await withTimeout(
      "read",
      timeoutOf(timeouts, "read"),
      context.stopSignal,
      (signal) =>
        resource.plan({
          provider: context.provider,
          signal,
          diagnostics,
          prior,
          config,
          isManaged: (objectId) => context.isManaged(resource.typeName, objectId),
          wasConfigured: (name) => configured.includes(name),
        }),
    );
    return {
      plannedState: encodeObject({ ...planned, [TIMEOUTS_BLOCK]: timeouts }, type),
      requiresReplace: replace.map((name) => wirePath([name])),
    };
  });
  return {
    ...(change ?? { plannedState: request.priorState, requiresReplace: [] }),
    plannedPrivate: planMemory(request.priorPrivate, resource.schema, config),
    diagnostics: wireDiagnostics(diagnostics),
  };
}

function plannedDestroy(request: PlanResourceChange_Request): PlanResourceChange_Response {
  return {
    plannedState: request.proposedNewState,
    requiresReplace: [],
    plannedPrivate: request.priorPrivate,
    diagnostics: [],
  };
}
