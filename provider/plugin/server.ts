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

/** One asynchronous function a call of the provider protocol. */
export type ProviderCalls = { readonly [C in Call]: (request: Request<C>) => Promise<Response<C>> };

/** What serving needs to know. */
export interface ServeOptions {
  /** Our own certificate, which the handshake has told. */
  readonly certificate: ServerCertificate;
  /** The certificate that Terraform presents; no other client is let in. */
  readonly clientCertificatePem: string;
  readonly provider: ProviderCalls;
  /** Called when Terraform asks the plugin to end. */
  readonly onShutdown: () => Promise<void>;
}

// Terraform's own limit for a message is 256 MiB; the library's default of 4 MiB is too small for a large schema.
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/**
 * Serves the provider protocol over gRPC and mutual TLS.
 *
 * @returns what each connection is to be given to, once.
 */
export function serve(options: ServeOptions): (connection: Socket) => void {
  const { certificate, clientCertificatePem, provider, onShutdown } = options;
  const server = pluginServer(provider, async () => {
    await onShutdown();
    // The answer must leave before the process ends.
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

/** A gRPC server of a plugin's two services. */
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

/** Adapts a function to gRPC. What it throws, at once or later, is a fault of this program: it ends the call, never the process. */
function unary<Request, Response>(
  handle: (request: Request) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  const answer = async (request: Request): Promise<Response> => handle(request);
  return (call, callback) => {
    answer(call.request).then(
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
