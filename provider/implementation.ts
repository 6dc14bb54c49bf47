import { createProviderServer, type ProviderServer } from "./framework/provider-server";
import { postgresqlProvider } from "./provider";

/** All of the provider but the way to it: loaded at Terraform's first call, when the handshake is over. */
export function createServer(): ProviderServer {
  return createProviderServer(postgresqlProvider);
}
