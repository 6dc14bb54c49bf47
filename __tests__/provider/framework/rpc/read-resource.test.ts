import { ReadResource_Request } from "../../../../provider/plugin/generated/tfplugin6";
import { decoded, encoded, fault, faultDiagnostic, serveConfigured, thing, typeName } from "./thing";

const timeouts = { create: null, read: "1m", update: null, delete: null };

const read = async (behaviour: Parameters<typeof serveConfigured>[0], state = thing) => {
  const { calls } = await serveConfigured(behaviour);
  return calls.readResource(ReadResource_Request.fromPartial({ typeName, currentState: encoded(state) }));
};

describe("ReadResource", () => {
  test("returns what the resource read, with the time limits of the state", async () => {
    const { newState } = await read(
      { read: ({ state }) => Promise.resolve({ ...state, size: 7 }) },
      { ...thing, timeouts },
    );
    expect(decoded(newState)).toEqual({ ...thing, size: 7, timeouts });
  });

  test("returns null for an object that does not exist any more", async () => {
    const { newState } = await read({ read: () => Promise.resolve(null) });
    expect(decoded(newState)).toBeNull();
  });

  test("reports an error, and leaves the state unchanged", async () => {
    const { diagnostics, newState } = await read({ read: fault });
    expect(diagnostics).toEqual([faultDiagnostic("Unable to read thing", "Thing n")]);
    expect(decoded(newState)).toEqual(thing);
  });

  test("reports the error of the read when the object's description fails as well", async () => {
    const { diagnostics } = await read({ read: fault, describe: fault });
    expect(diagnostics).toEqual([faultDiagnostic("Unable to read thing", "Thing")]);
  });
});
