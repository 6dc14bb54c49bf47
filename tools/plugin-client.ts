import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import type { ServerCertificate } from "../provider/plugin/certificate";
import { ProviderService, type GetProviderSchema_Response } from "../provider/plugin/generated/tfplugin6";

/** What Terraform knows after the handshake: the server, and the client certificate to present. */
export interface PluginConnection {
  readonly port: number;
  /** The server's certificate, PEM. */
  readonly serverCertificatePem: string;
  readonly client: ServerCertificate;
}

/** Asks a running provider for its schema, Terraform's first call, over a new gRPC connection with mutual TLS. */
export function getProviderSchema(plugin: PluginConnection): Promise<GetProviderSchema_Response> {
  const Client = makeGenericClientConstructor(ProviderService, "Provider");
  const channel = credentials.createSsl(
    Buffer.from(plugin.serverCertificatePem),
    Buffer.from(plugin.client.privateKeyPem),
    Buffer.from(plugin.client.pem),
  );
  const client = new Client(`127.0.0.1:${plugin.port}`, channel, {
    "grpc.ssl_target_name_override": "localhost",
    "grpc.max_receive_message_length": -1,
  });
  const { path, requestSerialize, responseDeserialize } = ProviderService.getProviderSchema;
  return new Promise<GetProviderSchema_Response>((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, response) =>
      response === undefined ? reject(error ?? new Error("The provider did not answer.")) : resolve(response),
    );
  }).finally(() => client.close());
}
