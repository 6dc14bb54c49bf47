import { ValidateDataResourceConfig_Request } from "../../../../provider/plugin/generated/tfplugin6";
import { dataSourceType, encoded, serve, typeName } from "./thing";

describe("ValidateDataResourceConfig", () => {
  test("reports a time limit that is not a duration", async () => {
    const values = { name: "n", id: null, timeouts: { read: "soon" } };
    const { diagnostics } = await serve().calls.validateDataResourceConfig(
      ValidateDataResourceConfig_Request.fromPartial({ typeName, config: encoded(values, dataSourceType) }),
    );
    expect(diagnostics).toMatchObject([{ summary: "Invalid timeout" }]);
  });
});
