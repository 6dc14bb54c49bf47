/**
 * The first half of `npm run build:provider`: builds dist/provider/, the folder that Terraform runs the provider from. It
 * contains the script, which performs the handshake, the bundle of everything else, and the bundle's code cache.
 *
 * A folder on the command line replaces dist/provider/. If it contains the same program already, it stays unchanged,
 * because lock files contain its checksum.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { version } from "../package.json";
import { bundleProvider } from "./bundle-provider";

const root = join(__dirname, "..");
const executable = `terraform-provider-postgresql_v${version}`;
const BUNDLE = "implementation.js";
const output = resolve(process.argv[2] ?? join(root, "dist", "provider"));

// Built beside its place and then moved there, so that Terraform never runs files of two builds together.
mkdirSync(dirname(output), { recursive: true });
const draft = mkdtempSync(join(dirname(output), ".provider-"));
try {
  writeProgram(draft);
  if (!holdsSameProgram(output, draft)) {
    writeCodeCache(draft);
    const former = `${draft}-former`;
    // A concurrent build may be first at either step. Its folder is equivalent.
    rename(output, former, "ENOENT");
    rename(draft, output, "ENOTEMPTY");
    rmSync(former, { recursive: true, force: true });
  }
} finally {
  rmSync(draft, { recursive: true, force: true });
}

function rename(from: string, to: string, excuse: "ENOENT" | "ENOTEMPTY"): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== excuse) {
      throw error;
    }
  }
}

function writeProgram(directory: string): void {
  // The code cache is valid for this version only.
  const note = `// Built with Node.js ${process.version}`;
  bundleProvider("main.ts", join(directory, executable), `#!/usr/bin/env node\n${note}`);
  bundleProvider("implementation.ts", join(directory, BUNDLE), note);
  chmodSync(join(directory, executable), 0o755);
  chmodSync(directory, 0o755);
}

function holdsSameProgram(directory: string, other: string): boolean {
  return [BUNDLE, executable].every(
    (file) =>
      existsSync(join(directory, file)) &&
      readFileSync(join(directory, file)).equals(readFileSync(join(other, file))),
  );
}

function writeCodeCache(directory: string): void {
  const script = join(__dirname, "write-code-cache.ts");
  const writeCache = ["--import", "tsx", script, join(directory, BUNDLE)];
  const { status } = spawnSync(process.execPath, writeCache, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) {
    throw new Error("The provider's code cache could not be written: see the error above.");
  }
}
