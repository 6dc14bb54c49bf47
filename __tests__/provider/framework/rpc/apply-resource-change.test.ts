import { setTimeout } from "node:timers/promises";
import type { ProviderServer } from "../../../../provider/framework/provider-server";
import type { Values } from "../../../../provider/framework/validate";
import { ApplyResourceChange_Request } from "../../../../provider/plugin/generated/tfplugin6";
import { decoded, encoded, fault, faultDiagnostic, serveConfigured, thing, typeName } from "./thing";

describe("ApplyResourceChange", () => {
  const request = (planned: Values): ApplyResourceChange_Request =>
    ApplyResourceChange_Request.fromPartial({
      typeName,
      priorState: encoded(null),
      plannedState: encoded(planned),
      config: encoded(planned),
    });

  const create = async (
    server: ProviderServer,
    planned = thing,
  ): Promise<{ state: unknown; errors: string[] }> => {
    const { newState, diagnostics } = await server.calls.applyResourceChange(request(planned));
    return { state: decoded(newState), errors: diagnostics.map(({ summary, detail }) => summary + detail) };
  };

  test("stores the state that a failed create has saved", async () => {
    const server = await serveConfigured({
      create: (operation) => {
        operation.saveState(operation.planned);
        return Promise.reject(new Error("no"));
      },
    });
    const { state, errors } = await create(server);
    expect(state).toEqual(thing);
    expect(errors).toEqual([expect.stringContaining("Unable to create thing")]);
  });

  test("accepts a time limit longer than the longest timer of Node.js", async () => {
    const server = await serveConfigured({
      create: async ({ planned, signal }) => {
        // A timer that overflows runs after one millisecond.
        await setTimeout(5);
        signal.throwIfAborted();
        return planned;
      },
    });
    const timeouts = { create: "600h", read: null, update: null, delete: null };
    const { state, errors } = await create(server, { ...thing, timeouts });
    expect(errors).toEqual([]);
    expect(state).toEqual({ ...thing, timeouts });
  });

  test("attaches a warning to the attribute that it is about", async () => {
    const server = await serveConfigured({
      create: ({ planned, warn }) => {
        warn("Too small", "It is.", ["size"]);
        return Promise.resolve(planned);
      },
    });
    const { diagnostics } = await server.calls.applyResourceChange(request(thing));
    expect(diagnostics).toMatchObject([
      {
        summary: "Too small",
        attribute: { steps: [{ selector: { $case: "attributeName", value: "size" } }] },
      },
    ]);
  });

  test("stores no state when a failed create has removed the object again", async () => {
    const server = await serveConfigured({
      create: (operation) => {
        operation.saveState(operation.planned);
        operation.saveState(null);
        return Promise.reject(new Error("no"));
      },
    });
    expect((await create(server)).state).toBeNull();
  });

  test("stores no state after a delete, and the prior state after a failed one", async () => {
    const destroy = ApplyResourceChange_Request.fromPartial({
      typeName,
      priorState: encoded(thing),
      plannedState: encoded(null),
      config: encoded(null),
    });
    const deleted = await (await serveConfigured()).calls.applyResourceChange(destroy);
    expect(decoded(deleted.newState)).toBeNull();
    const failed = await (await serveConfigured({ delete: fault })).calls.applyResourceChange(destroy);
    expect(decoded(failed.newState)).toEqual(thing);
    expect(failed.diagnostics).toEqual([faultDiagnostic("Unable to delete thing", "Thing n")]);
  });
});
