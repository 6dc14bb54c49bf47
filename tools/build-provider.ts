/**
 * `npm run build:provider`: makes dist/provider/, the folder that Terraform runs the provider from. Three files:
 * the executable, the bundled program, and the program's code cache.
 *
 * A folder named on the command line is made instead of dist/provider/.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { version } from "../package.json";

const root = join(__dirname, "..");
const output = resolve(process.argv[2] ?? join(root, "dist", "provider"));

// Built beside its place and then moved there: nobody ever runs a folder whose files do not belong together.
mkdirSync(dirname(output), { recursive: true });
const draft = mkdtempSync(join(dirname(output), ".provider-"));
try {
  build(draft);
  const former = `${draft}-former`;
  if (existsSync(output)) renameSync(output, former);
  renameSync(draft, output);
  rmSync(former, { recursive: true, force: true });
} finally {
  rmSync(draft, { recursive: true, force: true });
}

function build(directory: string): void {
  const executable = join(directory, `terraform-provider-postgresql_v${version}`);
  buildSync({
    entryPoints: [join(root, "provider", "main.ts")],
    outfile: join(directory, "provider.js"),
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
  chmodSync(directory, 0o755);
  const writeCache = ["--import", "tsx", join(__dirname, "write-code-cache.ts"), executable];
  const { status } = spawnSync(process.execPath, writeCache, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) throw new Error("the provider's code cache could not be written");
}
