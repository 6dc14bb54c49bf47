import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { strFromU8, unzipSync } from "fflate";

const ZIP_SIGNATURE = Buffer.from("PK\x03\x04", "latin1");

/**
 * The text of every file below a directory, by its path, to search for secrets. Plan files are zip archives: their
 * members are listed unpacked, because compression would hide a secret. Symbolic links are left out.
 */
export async function readFiles(directory: string): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      const name = relative(directory, path);
      const bytes = await readFile(path);
      texts[name] = bytes.toString("utf8");
      const isZip = bytes.subarray(0, ZIP_SIGNATURE.length).equals(ZIP_SIGNATURE);
      for (const [member, content] of Object.entries(isZip ? unzipSync(bytes) : {})) {
        texts[`${name}/${member}`] = strFromU8(content);
      }
    }
  }
  return texts;
}
