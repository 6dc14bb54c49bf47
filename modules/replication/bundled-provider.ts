import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { version } from "../../package.json";

/** The address of the provider that this package brings along. */
export const BUNDLED_PROVIDER_SOURCE = "registry.terraform.io/aurora-logical-replication/postgresql";

/** Its version, which is this package's. */
export const BUNDLED_PROVIDER_VERSION = version;

const builtProvider = join(__dirname, "..", "..", "dist", "provider");

/**
 * Copies the provider to where `terraform init` looks for it when it runs in that directory.
 *
 * @returns the provider's checksum, as Terraform's dependency lock file has it.
 * @throws Error when the provider is not built.
 */
export function placeBundledProvider(workingDirectory: string): string {
  if (!existsSync(builtProvider)) {
    throw new Error(
      `The PostgreSQL provider is not built: there is no folder ${builtProvider}. Run npm run build:provider.`,
    );
  }
  const plugin = pluginDirectory(join(workingDirectory, "terraform.d", "plugins"));
  if (!existsSync(plugin) || hashDirectory(plugin) !== hashDirectory(builtProvider)) {
    // Former versions go with it.
    rmSync(join(plugin, "..", ".."), { recursive: true, force: true });
    // A link out of the working directory would not survive the upload to a remote run.
    cpSync(builtProvider, plugin, { recursive: true, dereference: true });
  }
  return hashDirectory(plugin);
}

/** Where in a folder of plugins Terraform looks for the provider, on this machine's platform. */
export function pluginDirectory(plugins: string): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const architecture = { x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch;
  return join(plugins, BUNDLED_PROVIDER_SOURCE, BUNDLED_PROVIDER_VERSION, `${platform}_${architecture}`);
}

/** Terraform's checksum of an unpacked provider: `h1:` and the hash of the list of its files' hashes. */
function hashDirectory(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const list = createHash("sha256");
  for (const file of files) {
    const name = relative(directory, file).replaceAll(sep, "/");
    list.update(`${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${name}\n`);
  }
  return `h1:${list.digest("base64")}`;
}
