/**
 * `npm run check:generated`: makes everything that is generated anew, elsewhere, and fails with a list of the files
 * that are not what is committed.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTexts } from "./read-texts";

const root = join(__dirname, "..");

/** A generated folder, and what makes it. */
interface Generator {
  readonly folder: string;
  /** The npm script that makes the folder, and its flags to make it below another directory. */
  readonly script: string;
  readonly flags: (directory: string) => readonly string[];
  /** The paths in there that are written by hand. */
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
    process.stderr.write(`These files are not what their generators make:\n${stale.join("\n")}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The files that are not the same on both sides, or on one of them only. */
function differences(committed: string, made: string): string[] {
  const [before, after] = [readTexts(committed), readTexts(made)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

main();
