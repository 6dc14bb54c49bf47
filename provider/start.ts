import { writeSync } from "node:fs";
import { type Bundle, compileBundle, runBundle } from "./bundle";
import type * as Implementation from "./implementation";
import { createServerCertificate } from "./plugin/certificate";
import { checkHost, handshakeLine } from "./plugin/handshake";
import { listen } from "./plugin/listener";
import { log } from "./plugin/log";

/** How often to check that Terraform still runs, in milliseconds. */
const PARENT_CHECK_INTERVAL_MS = 2000;

/**
 * Runs an executable of the provider until Terraform shuts it down. Terraform waits for the handshake, so the handshake
 * comes first, and the implementation is loaded after it.
 *
 * @param readImplementation Reads the bundle of `implementation.ts`.
 */
export function start(readImplementation: () => Bundle): void {
  serve(readImplementation).catch((error: unknown) => {
    log("error", "the provider could not start", {
      error: error instanceof Error ? error.message : String(error),
    });
    process.exit(1);
  });
}

async function serve(readImplementation: () => Bundle): Promise<void> {
  const host = checkHost(process.env);
  if (!host.ok) {
    process.stderr.write(`${host.message}\n`);
    process.exitCode = 1;
    return;
  }
  endWithParent();
  const certificate = createServerCertificate();
  const listener = await listen();
  // Synchronously: an asynchronous write would wait until the implementation is loaded.
  writeSync(process.stdout.fd, handshakeLine(listener.port, certificate.der));
  // Terraform reads only the handshake from standard output, so output of libraries goes to the log.
  console.log = (...words: unknown[]) => log("debug", words.map(String).join(" "));

  const { serveProvider } = runBundle(compileBundle(readImplementation())) as typeof Implementation;
  serveProvider(listener, { certificate, clientCertificatePem: host.clientCertificatePem });
}

/** Ends this process with Terraform, and not on a terminal's Ctrl-C, which it receives as well. */
function endWithParent(): void {
  process.on("SIGINT", () => undefined);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, PARENT_CHECK_INTERVAL_MS).unref();
}
