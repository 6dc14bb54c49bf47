/**
 * Runs the provider's bundle in this process up to the answer to Terraform's first call, and writes the V8 code cache of
 * the code that ran. A step of `npm run build:provider`.
 */
import { writeFileSync } from "node:fs";
import { cacheOf, compileBundle, readBundle, runBundle } from "../provider/bundle";
import type * as Implementation from "../provider/implementation";
import { createServerCertificate } from "../provider/plugin/certificate";
import { listen } from "../provider/plugin/listener";
import { getProviderSchema } from "./plugin-client";

async function main(bundle = ""): Promise<void> {
  const script = compileBundle(readBundle(bundle));
  const { serveProvider } = runBundle(script) as typeof Implementation;
  const [certificate, client] = [createServerCertificate(), createServerCertificate()];
  const listener = await listen();
  serveProvider(listener, { certificate, clientCertificatePem: client.pem });
  await getProviderSchema({ port: listener.port, serverCertificatePem: certificate.pem, client });
  writeFileSync(cacheOf(bundle), script.createCachedData());
}

main(process.argv[2]).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
