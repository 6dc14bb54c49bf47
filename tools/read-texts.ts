import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";

/** The text of every file below a folder, by its relative path with `/` separators; empty if the folder does not exist. */
export function readTexts(directory: string): ReadonlyMap<string, string> {
  if (!existsSync(directory)) {
    return new Map();
  }
  const paths = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return new Map(
    paths
      .filter((path) => statSync(join(directory, path)).isFile())
      .map((path) => [path.replaceAll(sep, "/"), readFileSync(join(directory, path), "utf8")]),
  );
}
