import { readFile, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/**
 * Makes the symbolic links of a package of PostgreSQL binaries. npm packages cannot hold links, so these have a list of
 * them for an install script to make; doing it here, no install script needs to be allowed. Links that are there stay.
 *
 * @param packageFolder - folder with `native/pg-symlinks.json`; without that file there is nothing to do.
 */
export async function restoreSymbolicLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  // Their "source" is what exists, their "target" the link.
  const links = JSON.parse(list) as { source: string; target: string }[];
  await Promise.all(
    links.map(async ({ source, target }) => {
      try {
        await symlink(relative(dirname(target), source), join(packageFolder, target));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
          throw error;
        }
      }
    }),
  );
}
