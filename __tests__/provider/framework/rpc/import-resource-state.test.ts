import { DiagnosticError } from "../../../../provider/framework/diagnostics";
import { ImportResourceState_Request } from "../../../../provider/plugin/generated/tfplugin6";
import { decoded, serve, serveConfigured, thing, typeName } from "./thing";

const request = ImportResourceState_Request.fromPartial({ typeName, id: "n" });

describe("ImportResourceState", () => {
  test("returns what the import ID says, for the read that follows", async () => {
    const { calls } = await serveConfigured();
    const { importedResources, diagnostics } = await calls.importResourceState(request);
    expect(diagnostics).toEqual([]);
    expect(decoded(importedResources[0]?.state)).toEqual({ ...thing, id: null });
  });

  test("reports an import ID that is not valid", async () => {
    const { calls } = await serveConfigured({
      importState: () => {
        throw new DiagnosticError("Invalid import ID", "It is.");
      },
    });
    expect(await calls.importResourceState(request)).toMatchObject({
      importedResources: [],
      diagnostics: [{ summary: "Invalid import ID", detail: "It is." }],
    });
  });

  test("reports that the provider is not configured yet", async () => {
    const { diagnostics } = await serve().calls.importResourceState(request);
    expect(diagnostics).toMatchObject([{ summary: "Provider configuration not known yet" }]);
  });
});
