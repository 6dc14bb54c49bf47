import { checkHost } from "./plugin/handshake";
import { log } from "./plugin/log";
import type { ProviderServer } from "./framework/provider-server";

/** How often it is looked whether Terraform is still there, in milliseconds. */
const PARENT_CHECK_INTERVAL_MS = 2000;

/** The executable: started by Terraform, it serves the provider until Terraform asks it to end. */
async function main(): Promise<void> {
  const host = checkHost(process.env);
  if (!host.ok) {
    process.stderr.write(`${host.message}\n`);
    process.exitCode = 1;
    return;
  }
  endWithParent();

  // Loaded at the first call: Terraform waits for the handshake, and not for what comes after it.
  let server: Promise<ProviderServer> | undefined;
  const loadServer = (): Promise<ProviderServer> =>
    (server ??= import("./implementation").then(({ createServer }) => createServer()));

  const { serve } = await import("./plugin/server");
  const line = await serve({
    clientCertificatePem: host.clientCertificatePem,
    provider: async () => (await loadServer()).calls,
    onShutdown: async () => {
      if (server) await (await server).close();
    },
  });
  process.stdout.write(line);
  // Standard output belongs to the handshake alone; whatever a library prints goes to the log.
  console.log = (...words: unknown[]) => log("debug", words.map(String).join(" "));
}

/** A terminal's Ctrl-C reaches this process too, but it is for Terraform to say when to stop; without it there is no use in going on. */
function endWithParent(): void {
  process.on("SIGINT", () => undefined);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, PARENT_CHECK_INTERVAL_MS).unref();
}

main().catch((error: unknown) => {
  log("error", "the provider could not start", {
    error: error instanceof Error ? error.message : String(error),
  });
  process.exitCode = 1;
});
