import {
  credentials,
  makeGenericClientConstructor,
  ServerCredentials,
  type ServiceError,
} from "@grpc/grpc-js";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import {
  ProviderService,
  ValidateResourceConfig_Request,
} from "../../../provider/plugin/generated/tfplugin6";
import { type ProviderCalls, pluginServer } from "../../../provider/plugin/server";

/** Calls ValidateResourceConfig of a provider that does nothing else, and returns the error that the caller gets. */
async function errorOf(validateResourceConfig: ProviderCalls["validateResourceConfig"]): Promise<unknown> {
  const server = pluginServer({ validateResourceConfig } as ProviderCalls, () => Promise.resolve());
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer((connection) => injector.injectConnection(connection)).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const Caller = makeGenericClientConstructor(ProviderService, "Provider");
  const client = new Caller(`127.0.0.1:${port}`, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = ProviderService.validateResourceConfig;
  const request = ValidateResourceConfig_Request.fromPartial({});
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, resolve);
    });
  } finally {
    client.close();
    server.forceShutdown();
    listener.close();
  }
}

describe("a call of the provider protocol", () => {
  const expected = { details: "no such thing" } satisfies Partial<ServiceError>;

  test("that throws at once ends with the reason", async () => {
    const error = await errorOf(() => {
      throw new Error("no such thing");
    });
    expect(error).toMatchObject(expected);
  });

  test("that rejects ends with the reason", async () => {
    expect(await errorOf(() => Promise.reject(new Error("no such thing")))).toMatchObject(expected);
  });
});
