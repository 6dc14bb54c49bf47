import { UpgradeResourceState_Request } from "../../../../provider/plugin/generated/tfplugin6";
import { decoded, serve, thing, typeName } from "./thing";

const upgrade = (json: string) =>
  serve().calls.upgradeResourceState(
    UpgradeResourceState_Request.fromPartial({ typeName, rawState: { json: Buffer.from(json) } }),
  );

describe("UpgradeResourceState", () => {
  test("reads a stored state", async () => {
    const { upgradedState, diagnostics } = await upgrade(JSON.stringify(thing));
    expect(diagnostics).toEqual([]);
    expect(decoded(upgradedState)).toEqual(thing);
  });

  test("reports a state that it cannot read", async () => {
    const summary = "Unable to read the stored state";
    const { upgradedState, diagnostics } = await upgrade('{"size": []}');
    expect(upgradedState).toBeUndefined();
    expect(diagnostics).toMatchObject([{ summary, detail: expect.stringContaining("test_thing") as string }]);
    expect((await upgrade("")).diagnostics).toMatchObject([
      { summary, detail: expect.stringContaining("Terraform 0.11") as string },
    ]);
  });
});
