import { once } from "node:events";
import { ReadResource_Request } from "../../../../provider/plugin/generated/tfplugin6";
import { decoded, encoded, serveConfigured, thing, typeName } from "./thing";

describe("StopProvider", () => {
  test("cancels the operations that are running, which report it", async () => {
    const { calls } = await serveConfigured({
      read: async ({ signal }) => {
        await once(signal, "abort");
        throw signal.reason;
      },
    });
    const request = ReadResource_Request.fromPartial({ typeName, currentState: encoded(thing) });
    const reading = calls.readResource(request);
    expect(await calls.stopProvider({})).toEqual({ error: "" });
    const { newState, diagnostics } = await reading;
    expect(decoded(newState)).toEqual(thing);
    expect(diagnostics).toMatchObject([
      { detail: expect.stringContaining("it was cancelled because Terraform was interrupted") as string },
    ]);
  });
});
