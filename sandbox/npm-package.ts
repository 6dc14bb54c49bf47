import { execFile } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The folder of an npm package that is not among the project's dependencies: taken from a cache, or fetched into it
 * with npm. Install scripts are not run. Safe to call from several processes at once.
 *
 * @param cache - folder with a folder for each package and version.
 * @throws Error with npm's reason, in one line.
 */
export async function fetchNpmPackage(name: string, version: string, cache: string): Promise<string> {
  const folder = join(cache, `${name.replaceAll("/", "+")}@${version}`);
  const packageFolder = join(folder, "node_modules", name);
  if (await exists(packageFolder)) {
    return packageFolder;
  }
  await mkdir(cache, { recursive: true });
  // Fetched beside its place and then renamed, so that an interrupted run leaves nothing that looks complete.
  const temporary = await mkdtemp(join(cache, "fetching-"));
  try {
    const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", "--prefix", temporary, ...flags, `${name}@${version}`], {
      env: process.env,
    });
    // mkdtemp closes the folder to others; as root, the server that runs from it is another user.
    await chmod(temporary, 0o755);
    await rename(temporary, folder);
  } catch (error) {
    // Another process may have been faster; its copy is as good.
    if (!(await exists(packageFolder))) {
      throw new Error(`npm could not fetch ${name}@${version}: ${npmReason(error)}.`, { cause: error });
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return packageFolder;
}

function npmReason(error: unknown): string {
  const { message, stderr } = error as Error & { stderr?: string };
  const errors = (stderr ?? "")
    .split("\n")
    .filter((line) => /^npm error (?!code |syscall |errno |address |port )/.test(line))
    .map((line) => line.replace("npm error ", "").trim());
  return (errors[0] ?? message).replace(/\.$/, "");
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
