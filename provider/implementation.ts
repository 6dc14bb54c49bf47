import { createProviderServer } from "./framework/provider-server";
import type { PluginListener } from "./plugin/listener";
import { serve, type ServeOptions } from "./plugin/server";
import { postgresqlProvider } from "./provider";

/** Serves the provider on the listener. This module is loaded after the handshake, which does not require it. */
export function serveProvider(
  listener: PluginListener,
  identity: Pick<ServeOptions, "certificate" | "clientCertificatePem">,
): void {
  const server = createProviderServer(postgresqlProvider);
  // Terraform does not call StopProvider while it plans. On a terminal, Ctrl-C reaches this process as well.
  process.on("SIGINT", () => void server.calls.stopProvider({}));
  listener.acceptOn(serve({ ...identity, provider: server.calls, onShutdown: () => server.close() }));
}
