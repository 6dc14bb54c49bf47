import { ValidateResourceConfig_Request } from "../../../../provider/plugin/generated/tfplugin6";
import { encoded, fault, faultDiagnostic, serve, thing, typeName } from "./thing";

const request = (size: number | bigint | null) =>
  ValidateResourceConfig_Request.fromPartial({ typeName, config: encoded({ ...thing, id: null, size }) });

describe("ValidateResourceConfig", () => {
  test("reports what the schema and the resource refuse", async () => {
    const { calls } = serve({
      resource: { validate: (_, diagnostics) => diagnostics.error("Too small", "It is.") },
    });
    const { diagnostics } = await calls.validateResourceConfig(request(2n ** 60n));
    expect(diagnostics.map(({ summary }) => summary)).toEqual(["Invalid number", "Too small"]);
  });

  test("reports an error that the resource throws", async () => {
    const { calls } = serve({ resource: { validate: fault } });
    const { diagnostics } = await calls.validateResourceConfig(request(null));
    expect(diagnostics).toEqual([faultDiagnostic("Unable to validate thing", "Thing n")]);
  });

  test("fails for a type that the provider does not have", async () => {
    const unknownType = ValidateResourceConfig_Request.fromPartial({ typeName: "test_other" });
    await expect(serve().calls.validateResourceConfig(unknownType)).rejects.toThrow(
      "this provider has no type test_other",
    );
  });
});
