/**
 * The second half of `npm run build:provider`: builds a release of the provider in dist/release/, in the format of the
 * Terraform Registry: for each platform a zip with a self-contained executable, the manifest, and their SHA256SUMS.
 * The same commit results in the same bytes on every machine and with every version of Node.js.
 *
 * Platforms on the command line (`npm run build:provider -- linux_amd64`) replace the default, all of them.
 * `--output DIRECTORY` replaces dist/release/; the build deletes what it contained. With the environment variable
 * GPG_FINGERPRINT, GnuPG signs the SHA256SUMS with that key.
 *
 * @see https://developer.hashicorp.com/terraform/registry/providers/publishing
 *
 * The tests run the Linux executable only. Try the Windows executable on Windows before a release.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundleProvider } from "./bundle-provider";
import { unpackNode } from "./node-binaries";
import { removePeSignature } from "./pe-signature";
import { signChecksums, writeChecksums } from "./release-checksums";
import {
  buildHost,
  checksumsName,
  executableName,
  manifestName,
  type Platform,
  PLATFORMS,
  RELEASE_FOLDER,
  zipName,
} from "./release-files";
import { zip } from "./release-zip";

const root = join(__dirname, "..");
/** Marks an executable of Node.js that contains a program. @see https://nodejs.org/docs/latest-v22.x/api/single-executable-applications.html */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

function main(): void {
  const { values, positionals } = parseArgs({
    options: { output: { type: "string", default: RELEASE_FOLDER } },
    allowPositionals: true,
  });
  const platforms = positionals.length > 0 ? positionals.map(knownPlatform) : PLATFORMS;
  const output = resolve(values.output);
  mkdirSync(dirname(output), { recursive: true });
  // Built beside its place and then moved there, so that an interrupted build leaves no incomplete release.
  const draft = mkdtempSync(join(dirname(output), ".release-"));
  const work = mkdtempSync(join(tmpdir(), "executables-"));
  try {
    writeRelease(draft, work, platforms);
    chmodSync(draft, 0o755);
    // Another process may be using the same release.
    if (haveSameFiles(output, draft)) {
      return;
    }
    rmSync(output, { recursive: true, force: true });
    renameSync(draft, output);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(work, { recursive: true });
  }
}

function haveSameFiles(folder: string, other: string): boolean {
  const sums = [folder, other].map((place) => join(place, checksumsName));
  if (!sums.every((file) => existsSync(file))) {
    return false;
  }
  // The name and hash of each file except the signature.
  const [before, after] = sums.map((file) => readFileSync(file, "utf8"));
  return before === after && process.env["GPG_FINGERPRINT"] === undefined;
}

function knownPlatform(name: string): Platform {
  const platform = PLATFORMS.find((known) => known === name);
  if (platform === undefined) {
    throw new Error(`The provider cannot be built for ${name}. The platforms are ${PLATFORMS.join(", ")}.`);
  }
  return platform;
}

function writeRelease(folder: string, work: string, platforms: readonly Platform[]): void {
  const host = unpackNode(buildHost(), emptyFolder(work));
  const blob = writeBlob(host.executable, work);
  const licenses = [
    { name: "LICENSE", bytes: readFileSync(join(root, "LICENSE")), mode: 0o644 },
    { name: "LICENSE-node", bytes: readFileSync(host.license), mode: 0o644 },
  ];
  for (const platform of platforms) {
    const program = {
      name: executableName(platform),
      bytes: executableFor(platform, blob, work),
      mode: 0o755,
    };
    writeFileSync(join(folder, zipName(platform)), zip([...licenses, program]));
  }
  copyFileSync(join(root, "terraform-registry-manifest.json"), join(folder, manifestName));
  writeChecksums(folder, [...platforms.map(zipName), manifestName]);
  const key = process.env["GPG_FINGERPRINT"];
  if (key) {
    signChecksums(folder, key);
  }
}

/** Writes the provider in the form that is injected into Node.js, the same for all platforms. @returns the file's path. */
function writeBlob(node: string, work: string): string {
  bundleProvider("single-executable.ts", join(work, "main.js"));
  bundleProvider("implementation.ts", join(work, "implementation.js"));
  const configuration = {
    // These paths become part of the blob.
    main: "main.js",
    output: "provider.blob",
    assets: { "implementation.js": "implementation.js" },
    disableExperimentalSEAWarning: true,
    // V8 writes a different code cache each time, and it is valid on one platform only.
    useCodeCache: false,
    // The user sets NODE_OPTIONS for other programs: a module to preload, a debugger to wait for.
    execArgvExtension: "none",
  };
  writeFileSync(join(work, "sea-config.json"), JSON.stringify(configuration));
  run("The provider could not be prepared", work, node, "--experimental-sea-config", "sea-config.json");
  return join(work, "provider.blob");
}

function executableFor(platform: Platform, blob: string, work: string): Buffer {
  const folder = emptyFolder(work);
  const { executable } = unpackNode(platform, folder);
  if (platform.startsWith("windows")) {
    writeFileSync(executable, removePeSignature(readFileSync(executable)));
  }
  run(
    `The provider could not be injected into Node.js for ${platform}`,
    work,
    process.execPath,
    join(dirname(require.resolve("postject/package.json")), "dist", "cli.js"),
    executable,
    "NODE_SEA_BLOB",
    blob,
    "--sentinel-fuse",
    FUSE,
  );
  const program = readFileSync(executable);
  rmSync(folder, { recursive: true });
  return program;
}

function emptyFolder(work: string): string {
  return mkdtempSync(join(work, "node-"));
}

/** Runs a step of the build. Its output appears only in the error of a failure. */
function run(failure: string, cwd: string, command: string, ...args: readonly string[]): void {
  // The options of the process that runs this build are not for its steps.
  const env = { ...process.env, NODE_OPTIONS: "" };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`${failure}: ${error?.message ?? (stdout + stderr).trim()}`);
  }
}

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
