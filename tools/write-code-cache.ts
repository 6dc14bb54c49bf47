/**
 * Starts the provider in this process as Terraform would, and writes the V8 code cache of what it has run by the time
 * it prints its handshake. A step of `npm run build:provider`.
 */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import vm from "node:vm";
import { createServerCertificate } from "../provider/plugin/certificate";
import {
  MAGIC_COOKIE_KEY,
  MAGIC_COOKIE_VALUE,
  PROVIDER_PROTOCOL_VERSION,
} from "../provider/plugin/handshake";

const executable = process.argv[2];
if (executable === undefined) throw new Error("usage: write-code-cache EXECUTABLE");

process.env[MAGIC_COOKIE_KEY] = MAGIC_COOKIE_VALUE;
process.env["PLUGIN_PROTOCOL_VERSIONS"] = String(PROVIDER_PROTOCOL_VERSION);
process.env["PLUGIN_CLIENT_CERT"] = createServerCertificate().pem;

let provider: vm.Script | undefined;
vm.Script = new Proxy(vm.Script, {
  construct(Script, parameters: ConstructorParameters<typeof vm.Script>) {
    provider = new Script(...parameters);
    return provider;
  },
});
process.stdout.write = () => {
  if (provider === undefined) throw new Error("the provider was not run as a script");
  writeFileSync(join(dirname(executable), "provider.cache"), provider.createCachedData());
  process.exit(0);
};
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the executable is a CommonJS file that is made at build time
require(executable);
