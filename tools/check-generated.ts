/**
 * `npm run check:generated`: makes everything that is generated anew, elsewhere, and fails with a list of the files
 * that are not what is committed.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..");

/** Generated folders, and what makes each of them below another directory. */
const generators = [
  {
    folder: "bindings",
    script: "generate:bindings",
    flags: (directory: string) => [join(directory, "bindings")],
  },
  {
    folder: "provider/plugin/generated",
    script: "generate:protocol",
    flags: (directory: string) => ["--output", directory],
  },
];

function main(): void {
  const directory = mkdtempSync(join(tmpdir(), "generated-"));
  try {
    const stale = generators.flatMap(({ folder, script, flags }) => {
      execFileSync("npm", ["run", "--silent", script, "--", ...flags(directory)], {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit"],
      });
      return differences(join(root, folder), join(directory, folder)).map(
        (file) => `  ${folder}/${file} (npm run ${script})`,
      );
    });
    if (stale.length === 0) return;
    process.stderr.write(`These files are not what their generators make:\n${stale.join("\n")}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The files that are not the same on both sides, or on one of them only. */
function differences(committed: string, made: string): string[] {
  const [before, after] = [readFiles(committed), readFiles(made)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

/** The text of a folder's files by path; a folder that is not there has none. */
function readFiles(directory: string): ReadonlyMap<string, string> {
  if (!existsSync(directory)) return new Map();
  const paths = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return new Map(
    paths
      .filter((path) => statSync(join(directory, path)).isFile())
      .map((path) => [path, readFileSync(join(directory, path), "utf8")]),
  );
}

main();
