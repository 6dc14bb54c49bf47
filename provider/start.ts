import { writeSync } from "node:fs";
import { type Bundle, compileBundle, runBundle } from "./bundle";
import type * as Implementation from "./implementation";
import { createServerCertificate } from "./plugin/certificate";
import { checkHost, handshakeLine } from "./plugin/handshake";
import { listen } from "./plugin/listener";
import { log } from "./plugin/log";

/** How often it is looked whether Terraform is still there, in milliseconds. */
const PARENT_CHECK_INTERVAL_MS = 2000;

/**
 * What an executable of the provider does: started by Terraform, it serves the provider until Terraform asks it to
 * end. Terraform waits for the handshake, so that comes first, and everything that it does without is loaded after it.
 *
 * @param readImplementation - reads the bundle of `implementation.ts`.
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
  // At once, and not when there is time for it.
  writeSync(process.stdout.fd, handshakeLine(listener.port, certificate.der));
  // Standard output belongs to the handshake alone; whatever a library prints goes to the log.
  console.log = (...words: unknown[]) => log("debug", words.map(String).join(" "));

  const { answer } = runBundle(compileBundle(readImplementation())) as typeof Implementation;
  answer(listener, { certificate, clientCertificatePem: host.clientCertificatePem });
}

/** A terminal's Ctrl-C reaches this process too, and must not end it before Terraform does. Without Terraform, it has no purpose. */
function endWithParent(): void {
  process.on("SIGINT", () => undefined);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, PARENT_CHECK_INTERVAL_MS).unref();
}
