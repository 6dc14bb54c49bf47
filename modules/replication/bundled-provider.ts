import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { unzipSync } from "fflate";
import { packageFolder, packageVersion } from "./package-files";
import { packageHash } from "./package-hash";

/** The address of the provider that this package brings along. */
export const BUNDLED_PROVIDER_SOURCE = "registry.terraform.io/aurora-logical-replication/postgresql";

/** Its version, which is this package's. */
export const BUNDLED_PROVIDER_VERSION = packageVersion;

/** What runs where Node.js is: here. */
const script = join(packageFolder, "dist", "provider");

/** What runs where it is not: the executable that a worker of HCP Terraform is given, which runs Linux on x64. */
const workerPlatform = "linux_amd64";
const workerZip = join(
  packageFolder,
  ...["dist", "release", `terraform-provider-postgresql_${BUNDLED_PROVIDER_VERSION}_${workerPlatform}.zip`],
);

/**
 * Copies the provider to where `terraform init` looks for it when it runs in that directory.
 *
 * @param remote - whether it is to run in HCP Terraform, to which Terraform uploads the directory.
 * @returns the provider's checksums, as Terraform's dependency lock file has them.
 * @throws Error when the provider is not built.
 */
export function placeBundledProvider(workingDirectory: string, remote: boolean): string[] {
  const plugins = join(workingDirectory, "terraform.d", "plugins");
  const provider = join(plugins, BUNDLED_PROVIDER_SOURCE);
  const versions = join(provider, BUNDLED_PROVIDER_VERSION);
  const unpacked = pluginDirectory(plugins);
  const zip = join(provider, basename(workerZip));
  // Terraform takes one of two for the same platform, and does not say which.
  const runsHere = !remote || platform() !== workerPlatform;
  removeOthers(provider, [...(runsHere ? [versions] : []), ...(remote ? [zip] : [])]);
  return [...(runsHere ? [placeScript(unpacked)] : []), ...(remote ? [placeWorkerZip(zip)] : [])];
}

/** Former versions, and what was placed for another way to run. */
function removeOthers(provider: string, kept: readonly string[]): void {
  if (!existsSync(provider)) return;
  for (const name of readdirSync(provider)) {
    const path = join(provider, name);
    if (!kept.includes(path)) rmSync(path, { recursive: true });
  }
}

function placeScript(plugin: string): string {
  requireBuilt(script);
  const hash = hashDirectory(script);
  if (!existsSync(plugin) || hashDirectory(plugin) !== hash) {
    rmSync(plugin, { recursive: true, force: true });
    // A link out of the working directory would not survive the upload to a remote run.
    cpSync(script, plugin, { recursive: true, dereference: true });
  }
  return hash;
}

function placeWorkerZip(zip: string): string {
  requireBuilt(workerZip);
  mkdirSync(dirname(zip), { recursive: true });
  copyFileSync(workerZip, zip);
  return packageHash(Object.entries(unzipSync(readFileSync(zip))).map(([name, bytes]) => ({ name, bytes })));
}

function requireBuilt(path: string): void {
  if (existsSync(path)) return;
  throw new Error(`The PostgreSQL provider is not built: there is no ${path}. Run npm run build:provider.`);
}

/** Where in a folder of plugins Terraform looks for the provider, on this machine's platform. */
export function pluginDirectory(plugins: string): string {
  return join(plugins, BUNDLED_PROVIDER_SOURCE, BUNDLED_PROVIDER_VERSION, platform());
}

/** This machine's, in Terraform's words. */
function platform(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const architecture = { x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch;
  return `${system}_${architecture}`;
}

/** The checksum of an unpacked provider. */
function hashDirectory(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return packageHash(
    files.map((file) => ({
      name: relative(directory, file).replaceAll(sep, "/"),
      bytes: readFileSync(file),
    })),
  );
}
