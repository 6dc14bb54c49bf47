import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where on this machine's PATH a program is. @throws Error when it is on none of it. */
export function findProgram(name: string): string {
  const candidates = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name));
  const found = candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) {
    throw new Error(`${name} is not on the PATH: install it and put it there.`);
  }
  return found;
}
