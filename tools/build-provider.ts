/**
 * `npm run build:provider`: makes dist/provider/, the folder that Terraform runs the provider from. Three files:
 * the executable, the bundled program, and the program's code cache.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { version } from "../package.json";

const root = join(__dirname, "..");
const output = join(root, "dist", "provider");
const executable = join(output, `terraform-provider-postgresql_v${version}`);

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
buildSync({
  entryPoints: [join(root, "provider", "main.ts")],
  outfile: join(output, "provider.js"),
  bundle: true,
  platform: "node",
  target: "node20",
  // Names are kept: a stack trace in a bug report is worth more than the bytes.
  minifyWhitespace: true,
  minifySyntax: true,
  // The optional native driver of pg; it is never asked for.
  external: ["pg-native"],
  logLevel: "warning",
});
copyFileSync(join(root, "provider", "launcher.cjs"), executable);
chmodSync(executable, 0o755);
const cache = spawnSync(
  process.execPath,
  ["--import", "tsx", join(__dirname, "write-code-cache.ts"), executable],
  {
    stdio: ["ignore", "inherit", "inherit"],
  },
);
if (cache.status !== 0) throw new Error("the provider's code cache could not be written");
