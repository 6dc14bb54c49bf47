import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The package's own folder: the sources are not as deep in it as what is compiled of them. */
export const packageFolder = folderWithManifest(__dirname);

/** The package's version. */
export const packageVersion = (
  JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { readonly version: string }
).version;

function folderWithManifest(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : folderWithManifest(dirname(folder));
}
