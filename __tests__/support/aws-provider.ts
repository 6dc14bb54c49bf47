import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, type Dirent } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** The provider's folder in a folder of providers. */
const address = join("registry.terraform.io", "hashicorp", "aws");
const platform = `${process.platform}_${{ x64: "amd64" }[process.arch as string] ?? process.arch}`;

/** Terraform's AWS provider on this machine. */
export interface AwsProvider {
  readonly version: string;
  /** A folder, or a zip file: providers are kept unpacked or packed. */
  readonly path: string;
  /** The path of the same in any folder of providers. */
  readonly place: string;
}

/** Why Terraform cannot have the AWS provider here, in one line; undefined when it can. */
export function awsProviderObstacle(): string | undefined {
  return findAwsProvider() === undefined
    ? 'Terraform\'s AWS provider, >= 5.100.0 and < 7.0.0, is not on this machine: run "terraform providers mirror ~/.terraform.d/plugins" where the registry can be reached.'
    : undefined;
}

/**
 * The AWS provider, in a release that the stacks take, wherever it is on this machine: where Terraform looks by itself,
 * in a mirror of its CLI configuration, or below a usual root of installed software. Undefined when it is nowhere.
 */
export function findAwsProvider(): AwsProvider | undefined {
  const roots = ["/opt", "/usr/local", "/srv", homedir()];
  for (const folders of [implicitMirrors, configuredMirrors, () => roots.flatMap((root) => below(root, 3))]) {
    const [newest] = folders()
      .flatMap(providersIn)
      .sort((one, other) => rank(other.version) - rank(one.version));
    if (newest !== undefined) {
      return newest;
    }
  }
  return undefined;
}

/**
 * Makes Terraform find the provider without a CLI configuration: one that says where providers come from would switch
 * off `terraform.d/plugins`, from which ours comes.
 *
 * @param directory - a folder for it to be found in.
 * @returns what Terraform needs in its environment.
 */
export function offerAwsProvider({ path, place }: AwsProvider, directory: string): Record<string, string> {
  // Terraform follows a link to the package itself, and none to a folder above it.
  const link = join(directory, "terraform", "plugins", place);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(path, link);
  return { XDG_DATA_HOME: directory };
}

/** Where Terraform looks with no CLI configuration. */
function implicitMirrors(): string[] {
  const home = homedir();
  const { XDG_DATA_HOME: own, XDG_DATA_DIRS: shared } = process.env;
  const data = [
    own || join(home, ".local", "share"),
    ...(shared || `/usr/local/share${delimiter}/usr/share`).split(delimiter),
  ];
  return [
    join(home, ".terraform.d", "plugins"),
    ...data.map((folder) => join(folder, "terraform", "plugins")),
  ];
}

function configuredMirrors(): string[] {
  const file = process.env["TF_CLI_CONFIG_FILE"] || join(homedir(), ".terraformrc");
  if (!existsSync(file)) {
    return [];
  }
  const blocks = readFileSync(file, "utf8").matchAll(/filesystem_mirror\s*\{[^}]*?path\s*=\s*"([^"]+)"/g);
  return [...blocks].flatMap(([, path]) => path ?? []);
}

/** A folder, and those below it as deep as that. */
function below(folder: string, depth: number): string[] {
  const folders = depth === 0 ? [] : entriesOf(folder).filter((entry) => entry.isDirectory());
  return [folder, ...folders.flatMap(({ name }) => below(join(folder, name), depth - 1))];
}

/** The AWS provider's releases in a folder of providers, as far as they are for this machine and the stacks. */
function providersIn(folder: string): AwsProvider[] {
  const packed = new RegExp(`^terraform-provider-aws_(.+)_${platform}\\.zip$`);
  return entriesOf(join(folder, address))
    .map(({ name }) => {
      const version = packed.exec(name)?.[1];
      return version === undefined
        ? { version: name, place: join(address, name, platform) }
        : { version, place: join(address, name) };
    })
    .map((release) => ({ ...release, path: join(folder, release.place) }))
    .filter(({ version, path }) => isAccepted(version) && existsSync(path));
}

/** As the stacks' constraint: `>= 5.100.0, < 7.0.0`. */
function isAccepted(version: string): boolean {
  return rank(version) >= rank("5.100.0") && rank(version) < rank("7.0.0");
}

/** A number that orders versions. */
function rank(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return (major * 1000 + minor) * 1000 + patch;
}

/** Nothing for what is no folder, or may not be read. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
