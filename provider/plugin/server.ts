import { Server, ServerCredentials, status, type ServiceError } from "@grpc/grpc-js";
import type { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Socket } from "node:net";
import type { ServerCertificate } from "./certificate";
import { GRPCControllerService } from "./generated/controller";
import { ProviderService } from "./generated/tfplugin6";
import { log } from "./log";

type Calls = typeof ProviderService;
type Call = keyof Calls;
type Request<C extends Call> = Parameters<Calls[C]["requestSerialize"]>[0];
type Response<C extends Call> = Parameters<Calls[C]["responseSerialize"]>[0];

/** One asynchronous function for each call of the provider protocol. */
export type ProviderCalls = { readonly [C in Call]: (request: Request<C>) => Promise<Response<C>> };

/** The options of {@link serve}. */
export interface ServeOptions {
  /** The plugin's certificate, which the handshake has announced. */
  readonly certificate: ServerCertificate;
  /** Terraform's certificate. The server refuses every other client. */
  readonly clientCertificatePem: string;
  readonly provider: ProviderCalls;
  /** Called when Terraform shuts the plugin down. */
  readonly onShutdown: () => Promise<void>;
}

// Terraform's limit for a message is 256 MiB. The default of grpc-js, 4 MiB, is too small for a large state.
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/**
 * Serves the provider protocol over gRPC and mutual TLS.
 *
 * @returns The function that accepts a connection.
 */
export function serve(options: ServeOptions): (connection: Socket) => void {
  const { certificate, clientCertificatePem, provider, onShutdown } = options;
  const server = pluginServer(provider, async () => {
    await onShutdown();
    // Send the response before the process ends.
    setImmediate(() => {
      server.forceShutdown();
      process.exit(0);
    });
  });
  const credentials = ServerCredentials.createSsl(
    Buffer.from(clientCertificatePem),
    [{ private_key: Buffer.from(certificate.privateKeyPem), cert_chain: Buffer.from(certificate.pem) }],
    true,
  );
  const injector = server.createConnectionInjector(credentials);
  return (connection) => injector.injectConnection(connection);
}

/** A gRPC server with a plugin's two services. */
export function pluginServer(provider: ProviderCalls, shutdown: () => Promise<void>): Server {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(ProviderService, providerHandlers(provider));
  server.addService(GRPCControllerService, {
    shutdown: unary(async () => {
      await shutdown();
      return {};
    }),
  });
  return server;
}

function providerHandlers(provider: ProviderCalls): UntypedServiceImplementation {
  const handle = <C extends Call>(call: C): handleUnaryCall<Request<C>, Response<C>> =>
    unary((request: Request<C>) => provider[call](request));
  const calls = Object.keys(ProviderService) as Call[];
  return Object.fromEntries(calls.map((call) => [call, handle(call)]));
}

/** Adapts a function to gRPC. An error that it throws is a bug: it fails the call, and never ends the process. */
function unary<Request, Response>(
  handle: (request: Request) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  const respond = async (request: Request): Promise<Response> => handle(request);
  return (call, callback) => {
    respond(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        log("error", "a call of the provider protocol failed", {
          error: error instanceof Error ? (error.stack ?? message) : message,
        });
        const failure: Partial<ServiceError> = { code: status.INTERNAL, details: message };
        callback(failure);
      },
    );
  };
}
