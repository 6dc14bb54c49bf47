/**
 * `npm run check:vocabulary`: fails when a text or comment of the project contains a phrase of tools/vocabulary.ts.
 * Files or folders named on the command line are checked instead of the whole project.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findPhrases } from "./vocabulary";

const root = join(__dirname, "..");

/** Generated files repeat the texts of their sources; the others contain the phrases as data. */
const EXCLUDED = [
  "bindings",
  "docs/data-sources",
  "docs/resources",
  "docs/index.md",
  "provider/plugin/generated",
  "tools/vocabulary.ts",
  "__tests__/tools/vocabulary.test.ts",
].map((path) => `:(exclude,top)${path}`);

const TEXTS = /\.(ts|cjs|mjs|js|md|tf|hcl|py|sh)$|^\.ci\/run$/;

const paths = process.argv.slice(2);
const files = execFileSync("git", ["ls-files", "--full-name", "-z", "--", ...paths, ...EXCLUDED], {
  encoding: "utf8",
})
  .split("\0")
  // A file that is removed but not committed is still listed.
  .filter((file) => TEXTS.test(file) && existsSync(join(root, file)));

const counts = new Map<string, number>();
for (const file of files) {
  for (const { line, phrase, instead } of findPhrases(readFileSync(join(root, file), "utf8"))) {
    console.log(`${file}:${line}: "${phrase}": write ${instead}`);
    counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  }
}
if (counts.size > 0) {
  const total = [...counts].sort(([, a], [, b]) => b - a).map(([phrase, count]) => `${phrase} ${count}`);
  console.error(`\nReplace these phrases (see the style guide in CONTRIBUTING.md): ${total.join(", ")}.`);
  process.exitCode = 1;
}
