import { ValidateProviderConfig_Request } from "../../../../provider/plugin/generated/tfplugin6";
import { encoded, providerType, serve } from "./thing";

describe("ValidateProviderConfig", () => {
  test("reports what the provider's schema refuses", async () => {
    const config = encoded({ host: "" }, providerType);
    const { diagnostics } = await serve().calls.validateProviderConfig(
      ValidateProviderConfig_Request.fromPartial({ config }),
    );
    expect(diagnostics).toMatchObject([{ summary: "Invalid host", detail: "host is empty." }]);
  });
});
