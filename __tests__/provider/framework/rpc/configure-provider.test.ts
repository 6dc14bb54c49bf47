import { unknown } from "../../../../provider/plugin/cty/value";
import {
  ConfigureProvider_Request,
  ReadResource_Request,
} from "../../../../provider/plugin/generated/tfplugin6";
import {
  type Configured,
  configure,
  encoded,
  fault,
  faultDiagnostic,
  providerType,
  serve,
  thing,
  typeName,
} from "./thing";

describe("ConfigureProvider", () => {
  const read = ReadResource_Request.fromPartial({ typeName, currentState: encoded(thing) });

  test("hands the configured provider to the operations", async () => {
    const seen: Configured[] = [];
    const server = serve({
      resource: {
        read: ({ provider, state }) => {
          seen.push(provider);
          return Promise.resolve(state);
        },
      },
    });
    await configure(server, "example.com");
    await server.calls.readResource(read);
    expect(seen).toEqual([{ host: "example.com" }]);
  });

  test("waits for a configuration that is known only after apply", async () => {
    const server = serve({ provider: { configure: fault } });
    await configure(server, unknown);
    const { diagnostics, newState } = await server.calls.readResource(read);
    expect(diagnostics).toEqual([]);
    expect(newState?.msgpack).toEqual(encoded(thing).msgpack);
  });

  test("reports an error of the configuration", async () => {
    const { diagnostics } = await serve({ provider: { configure: fault } }).calls.configureProvider(
      ConfigureProvider_Request.fromPartial({ config: encoded({ host: "h" }, providerType) }),
    );
    expect(diagnostics).toEqual([faultDiagnostic("Unable to configure the provider", "The provider block")]);
  });
});
