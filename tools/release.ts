/**
 * `npm run release`: checks and builds all parts of a release of this version in dist/release/, from a clean checkout of
 * a commit. It publishes nothing; its last output says how to publish.
 *
 * With the environment variable GPG_FINGERPRINT, GnuPG signs the checksums with that key. The Terraform Registry requires
 * a signature.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../package.json";
import { RELEASE_FOLDER } from "./release-files";

const root = join(__dirname, "..");

/** In order: what fails soonest comes first. */
const steps: readonly (readonly [what: string, command: string, ...parameters: string[]])[] = [
  ["install what the lock file says", "npm", "ci", "--no-audit", "--no-fund"],
  ["lint", "npm", "run", "lint"],
  ["type-check", "npm", "run", "typecheck"],
  ["compare the generated files", "npm", "run", "check:generated"],
  ["build the API documentation", "npm", "run", "docs:api"],
  ["test", "npm", "test"],
  ["build the executables of every platform", "npm", "run", "build:provider"],
  // npm pack would otherwise build again, and delete the executables of the other platforms.
  ["compile the library", "npm", "run", "build:library"],
  ["pack the npm package", "npm", "pack", "--ignore-scripts", "--pack-destination", RELEASE_FOLDER],
];

function main(): void {
  requireCleanTree();
  requireChangelog();
  for (const [what, command, ...parameters] of steps) {
    console.log(`\n# ${what}: ${[command, ...parameters].join(" ")}`);
    const { status } = spawnSync(command, parameters, { cwd: root, stdio: "inherit" });
    if (status !== 0) {
      throw new Error(`The release failed: it could not ${what}.`);
    }
  }
  // A step that changes a committed file fails no test.
  requireCleanTree();
  console.log(`
Version ${version} is in dist/release/. To publish it:
  git tag v${version} && git push origin v${version}
  a release of that tag on GitHub with the zips, the manifest, SHA256SUMS and SHA256SUMS.sig, for the Terraform Registry
  npm publish dist/release/aurora-logical-replication-${version}.tgz`);
}

function requireCleanTree(): void {
  const changes = execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });
  if (changes === "") {
    return;
  }
  throw new Error(
    `A release requires a clean checkout, and these files differ from the commit:\n${changes}Commit or remove them.`,
  );
}

/** The changelog must have the release's contents and date. */
function requireChangelog(): void {
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const heading = changelog.split("\n").find((line) => line.startsWith(`## ${version}`));
  if (heading !== undefined && /\(\d{4}-\d{2}-\d{2}\)$/.test(heading)) {
    return;
  }
  throw new Error(
    `CHANGELOG.md must say when ${version} was released, as "## ${version} (2026-01-31)". Got ${heading === undefined ? "no such heading" : JSON.stringify(heading)}.`,
  );
}

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
