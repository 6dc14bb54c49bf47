/**
 * `npm run check:generated`: generates everything in a temporary folder, and fails with a list of the files that differ
 * from the committed ones.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTexts } from "./read-texts";

const root = join(__dirname, "..");

/** A generated folder, and its generator. */
interface Generator {
  readonly folder: string;
  /** The npm script that generates the folder, and its flags for another output directory. */
  readonly script: string;
  readonly flags: (directory: string) => readonly string[];
  /** The paths in it that are written by hand. */
  readonly byHand?: RegExp;
}

const generators: readonly Generator[] = [
  {
    folder: "bindings",
    script: "generate:bindings",
    flags: (directory) => [join(directory, "bindings")],
  },
  {
    folder: "docs",
    script: "generate:docs",
    flags: (directory) => [join(directory, "docs")],
    byHand: /^guides\//,
  },
  {
    folder: "provider/plugin/generated",
    script: "generate:protocol",
    flags: (directory) => ["--output", directory],
  },
  {
    folder: "terraform-modules",
    script: "generate:terraform-modules",
    flags: (directory) => [join(directory, "terraform-modules")],
    byHand: /\.tf$/,
  },
];

function main(): void {
  const directory = mkdtempSync(join(tmpdir(), "generated-"));
  try {
    const stale = generators.flatMap(({ folder, script, flags, byHand }) => {
      execFileSync("npm", ["run", "--silent", script, "--", ...flags(directory)], {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit"],
      });
      return differences(join(root, folder), join(directory, folder))
        .filter((file) => byHand?.test(file) !== true)
        .map((file) => `  ${folder}/${file} (npm run ${script})`);
    });
    if (stale.length === 0) {
      return;
    }
    process.stderr.write(
      `These generated files are stale. Run the commands in parentheses:\n${stale.join("\n")}\n`,
    );
    process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Files that differ, or that only one of the folders has. */
function differences(committed: string, generated: string): string[] {
  const [before, after] = [readTexts(committed), readTexts(generated)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

main();
