/**
 * Starts the provider in this process as Terraform would, and writes the V8 code cache of each of its bundles, with
 * what has been run by the time it has told its schema. A step of `npm run build:provider`.
 */
import { writeFileSync } from "node:fs";
import vm from "node:vm";
import type * as Implementation from "../provider/implementation";
import { createServerCertificate } from "../provider/plugin/certificate";
import {
  MAGIC_COOKIE_KEY,
  MAGIC_COOKIE_VALUE,
  PROVIDER_PROTOCOL_VERSION,
} from "../provider/plugin/handshake";

const executable = process.argv[2];
if (executable === undefined) throw new Error("usage: write-code-caches EXECUTABLE");

process.env[MAGIC_COOKIE_KEY] = MAGIC_COOKIE_VALUE;
process.env["PLUGIN_PROTOCOL_VERSIONS"] = String(PROVIDER_PROTOCOL_VERSION);
process.env["PLUGIN_CLIENT_CERT"] = createServerCertificate().pem;

const bundles = new Map<string, vm.Script>();
vm.Script = new Proxy(vm.Script, {
  construct(Script, parameters: ConstructorParameters<typeof vm.Script>) {
    const script = new Script(...parameters);
    const [, options] = parameters;
    if (typeof options === "object" && options.filename !== undefined) bundles.set(options.filename, script);
    return script;
  },
});

// The handshake is the only thing that is ever printed.
const handshake = new Promise<void>((resolve) => {
  process.stdout.write = () => {
    resolve();
    return true;
  };
});

async function main(launcher: string): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the executable is a CommonJS file that is made at build time
  const run = require(launcher) as (bundle: "implementation") => typeof Implementation;
  await handshake;
  await run("implementation").createServer().calls.getProviderSchema({});
  for (const [file, script] of bundles) {
    writeFileSync(file.replace(/\.js$/, ".cache"), script.createCachedData());
  }
}

main(executable).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
