import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { unzipSync } from "fflate";
import { platformName, REMOTE_PLATFORM } from "../../facts/platforms";
import { PROVIDER_ADDRESS } from "../../facts/provider-address";
import { packageFolder, packageVersion } from "./package-files";
import { packageHash } from "./package-hash";

/** Version of the bundled provider: that of this package. */
export const BUNDLED_PROVIDER_VERSION = packageVersion;

/** The provider as a script for this machine, which has Node.js. */
const script = join(packageFolder, "dist", "provider");

/** The provider as an executable for a worker of HCP Terraform, which has no Node.js. */
const workerZip = join(
  packageFolder,
  ...["dist", "release", `terraform-provider-postgresql_${BUNDLED_PROVIDER_VERSION}_${REMOTE_PLATFORM}.zip`],
);

/**
 * Copies the provider to the folder where `terraform init` in the working directory looks for it.
 *
 * @param remote - whether Terraform runs in HCP Terraform, to which it uploads the working directory.
 * @returns checksums of the provider for the dependency lock file.
 * @throws Error if the provider is not built.
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
export function placeBundledProvider(workingDirectory: string, remote: boolean): string[] {
  const plugins = join(workingDirectory, "terraform.d", "plugins");
  const provider = join(plugins, PROVIDER_ADDRESS);
  const versions = join(provider, BUNDLED_PROVIDER_VERSION);
  const unpacked = pluginDirectory(plugins);
  const zip = join(provider, basename(workerZip));
  // With two packages for the same platform, Terraform chooses one without saying which.
  const runsHere = !remote || platform() !== REMOTE_PLATFORM;
  removeOthers(provider, [...(runsHere ? [versions] : []), ...(remote ? [zip] : [])]);
  return [...(runsHere ? [placeScript(unpacked)] : []), ...(remote ? [placeWorkerZip(zip)] : [])];
}

/** Removes other versions, and packages for the other place where Terraform runs. */
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
    // The upload to a remote run does not follow links out of the working directory.
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
  throw new Error(
    `The PostgreSQL provider is not built: ${path} does not exist. Run "npm run build:provider".`,
  );
}

/** Folder of the provider for this machine's platform, in a folder of plugins. */
export function pluginDirectory(plugins: string): string {
  return join(plugins, PROVIDER_ADDRESS, BUNDLED_PROVIDER_VERSION, platform());
}

function platform(): string {
  return platformName(process.platform, process.arch);
}

/** Checksum of an unpacked provider. */
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
