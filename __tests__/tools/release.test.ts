import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { version } from "../../package.json";

const root = join(__dirname, "..", "..");
let checkout: string;

/** A repository with the files that the release script reads. */
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "checkout-"));
  for (const name of ["facts", "package.json", "tools", "tsconfig.json"]) {
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  writeFileSync(join(checkout, ".gitignore"), "node_modules\n");
  writeChangelog("unreleased");
  git("init", "--quiet");
  commit();
});

afterEach(() => rmSync(checkout, { recursive: true }));

function writeChangelog(released: string): void {
  writeFileSync(join(checkout, "CHANGELOG.md"), `# Changelog\n\n## ${version} (${released})\n`);
}

function git(...parameters: string[]): void {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  execFileSync("git", [...identity, ...parameters], { cwd: checkout });
}

function commit(): void {
  git("add", ".");
  git("commit", "--quiet", "--message", "State");
}

function release(): { status: number | null; stdout: string; stderr: string } {
  // A fake npm: the real steps need many minutes.
  const env = { ...process.env, PATH: `${join(checkout, "bin")}${delimiter}${process.env["PATH"]}` };
  return spawnSync(process.execPath, ["--import", "tsx", "tools/release.ts"], {
    cwd: checkout,
    env,
    encoding: "utf8",
  });
}

test("a release of a changed checkout is refused, and the error names the files", () => {
  writeFileSync(join(checkout, "package.json"), readFileSync(join(checkout, "package.json"), "utf8") + "\n");
  writeFileSync(join(checkout, "new.ts"), "");
  const { status, stdout, stderr } = release();
  expect(stderr).toBe(
    "A release requires a clean checkout, and these files differ from the commit:\n M package.json\n?? new.ts\nCommit or remove them.\n",
  );
  expect(stdout).toBe("");
  expect(status).toBe(1);
});

test("a release without its date in the changelog is refused", () => {
  const { status, stderr } = release();
  expect(stderr).toBe(
    `CHANGELOG.md must say when ${version} was released, as "## ${version} (2026-01-31)". Got "## ${version} (unreleased)".\n`,
  );
  expect(status).toBe(1);
});

test("a release stops at the first step that fails, and names it", () => {
  writeChangelog("2026-11-23");
  mkdirSync(join(checkout, "bin"));
  writeFileSync(join(checkout, "bin", "npm"), '#!/bin/sh\n[ "$1" = ci ]\n', { mode: 0o755 });
  commit();
  const { status, stdout, stderr } = release();
  expect(stdout).toBe(
    "\n# install what the lock file says: npm ci --no-audit --no-fund\n\n# lint: npm run lint\n",
  );
  expect(stderr).toBe("The release failed: it could not lint.\n");
  expect(status).toBe(1);
});
