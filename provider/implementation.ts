import { createProviderServer } from "./framework/provider-server";
import type { Listener } from "./plugin/listener";
import { serve, type ServeOptions } from "./plugin/server";
import { postgresqlProvider } from "./provider";

/** All of the provider that the handshake does without: it answers whoever has connected since. */
export function answer(
  listener: Listener,
  identity: Pick<ServeOptions, "certificate" | "clientCertificatePem">,
): void {
  const server = createProviderServer(postgresqlProvider);
  // Terraform does not ask its providers to stop while it plans an apply or a destroy; a terminal's Ctrl-C does.
  process.on("SIGINT", () => void server.calls.stopProvider({}));
  listener.handTo(serve({ ...identity, provider: server.calls, onShutdown: () => server.close() }));
}
