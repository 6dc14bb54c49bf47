/**
 * The second half of `npm run build:provider`: makes dist/release/, a release of the provider as the Terraform Registry
 * asks for it: per platform a zip with an executable that needs no Node.js, the manifest, and the SHA256SUMS of them.
 * The same commit gives the same bytes, whichever machine and Node.js the build runs on.
 *
 * Platforms named on the command line (`npm run build:provider -- linux_amd64`) are built instead of all, and
 * `--output DIRECTORY` is made instead of dist/release/; what it held is gone. With the environment variable
 * GPG_FINGERPRINT, the SHA256SUMS are signed with that key of GnuPG.
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
/** By this the executable knows that a program was put into it; every build of Node.js has it. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

function main(): void {
  const { values, positionals } = parseArgs({
    options: { output: { type: "string", default: RELEASE_FOLDER } },
    allowPositionals: true,
  });
  const platforms = positionals.length > 0 ? positionals.map(knownPlatform) : PLATFORMS;
  const output = resolve(values.output);
  mkdirSync(dirname(output), { recursive: true });
  // Built beside its place and then moved there: what is there is complete.
  const draft = mkdtempSync(join(dirname(output), ".release-"));
  const work = mkdtempSync(join(tmpdir(), "executables-"));
  try {
    writeRelease(draft, work, platforms);
    chmodSync(draft, 0o755);
    // The same release may be in use.
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
  // Each file's name and hash, but for the signature.
  const [before, after] = sums.map((file) => readFileSync(file, "utf8"));
  return before === after && process.env["GPG_FINGERPRINT"] === undefined;
}

function knownPlatform(name: string): Platform {
  const platform = PLATFORMS.find((known) => known === name);
  if (platform === undefined) {
    throw new Error(`There is no platform ${name} to build for: it is one of ${PLATFORMS.join(", ")}.`);
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

/** The provider as Node.js takes it into an executable, the same for all platforms; returns the file's path. */
function writeBlob(node: string, work: string): string {
  bundleProvider("single-executable.ts", join(work, "main.js"));
  bundleProvider("implementation.ts", join(work, "implementation.js"));
  const configuration = {
    // These paths become part of the blob.
    main: "main.js",
    output: "provider.blob",
    assets: { "implementation.js": "implementation.js" },
    disableExperimentalSEAWarning: true,
    // V8 makes another code cache each time, and it holds for one platform only.
    useCodeCache: false,
    // NODE_OPTIONS is meant for other programs: a module to load first, a debugger to wait for.
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
    `The provider could not be put into Node.js for ${platform}`,
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

/** Runs a step of the build; what it prints is of interest when it fails. */
function run(failure: string, cwd: string, command: string, ...args: readonly string[]): void {
  // Not to be led astray by options that this build itself is run with.
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
