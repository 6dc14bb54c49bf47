import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { isZip, unzip } from "./unzip";

/** Every file's text below a directory by its path, to look for secrets in; a plan file is unpacked, links are left out. */
export async function readFiles(directory: string): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      const name = relative(directory, path);
      const bytes = await readFile(path);
      texts[name] = bytes.toString("utf8");
      for (const [member, content] of isZip(bytes) ? unzip(bytes) : []) {
        texts[`${name}/${member}`] = content.toString("utf8");
      }
    }
  }
  return texts;
}
