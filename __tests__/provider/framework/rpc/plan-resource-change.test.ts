import type { ProviderServer } from "../../../../provider/framework/provider-server";
import type { Values } from "../../../../provider/framework/validate";
import {
  ApplyResourceChange_Request,
  PlanResourceChange_Request,
} from "../../../../provider/plugin/generated/tfplugin6";
import { decoded, encoded, fault, faultDiagnostic, serveConfigured, thing, typeName } from "./thing";

describe("PlanResourceChange", () => {
  const values = { config: encoded(thing), proposedNewState: encoded(thing), priorState: encoded(null) };
  const request = PlanResourceChange_Request.fromPartial({ typeName, ...values });

  test("returns the planned state", async () => {
    const { calls } = await serveConfigured();
    const { plannedState, requiresReplace } = await calls.planResourceChange(request);
    expect(decoded(plannedState)).toEqual(thing);
    expect(requiresReplace).toEqual([]);
  });

  test("reports an error that the resource throws", async () => {
    const { calls } = await serveConfigured({ modifyPlan: fault });
    const { diagnostics } = await calls.planResourceChange(request);
    expect(diagnostics).toEqual([faultDiagnostic("Unable to plan thing", "Thing n")]);
  });

  test("plans a destroy without the resource", async () => {
    const { calls } = await serveConfigured({ modifyPlan: fault });
    const destroy = PlanResourceChange_Request.fromPartial({
      typeName,
      priorState: encoded(thing),
      proposedNewState: encoded(null),
    });
    const { plannedState, diagnostics } = await calls.planResourceChange(destroy);
    expect(decoded(plannedState)).toBeNull();
    expect(diagnostics).toEqual([]);
  });
});

describe("what the configuration set before", () => {
  /** Plans and applies a configuration, and returns the private data for the next plan. */
  const run = async (server: ProviderServer, prior: Values | null, size: number | null, memory: Buffer) => {
    const planned = { ...thing, size };
    const values = { priorState: encoded(prior), config: encoded({ ...planned, id: null }) };
    const { plannedPrivate } = await server.calls.planResourceChange(
      PlanResourceChange_Request.fromPartial({
        typeName,
        ...values,
        proposedNewState: encoded(planned),
        priorPrivate: memory,
      }),
    );
    const { private: after } = await server.calls.applyResourceChange(
      ApplyResourceChange_Request.fromPartial({
        typeName,
        ...values,
        plannedState: encoded(planned),
        plannedPrivate,
      }),
    );
    return after;
  };

  test("is known to the next plan, which sees that an attribute was removed", async () => {
    const seen: boolean[] = [];
    let fails = false;
    const server = await serveConfigured({
      modifyPlan: ({ wasConfigured }) => void seen.push(wasConfigured("size")),
      update: ({ planned }) => (fails ? Promise.reject(new Error("no")) : Promise.resolve(planned)),
    });
    const created = await run(server, null, 1, Buffer.alloc(0));
    fails = true;
    const failed = await run(server, thing, null, created);
    fails = false;
    const updated = await run(server, thing, null, failed);
    await run(server, thing, null, updated);
    expect(seen).toEqual([false, true, true, false]);
  });

  test("is not known for an object that another provider created", async () => {
    const seen: boolean[] = [];
    const server = await serveConfigured({
      modifyPlan: ({ wasConfigured }) => void seen.push(wasConfigured("size")),
    });
    for (const memory of ["null", '{"schema_version":"1"}', "not JSON", '{"configured":7}']) {
      await run(server, thing, 1, Buffer.from(memory));
    }
    expect(seen).toEqual([false, false, false, false]);
  });
});
