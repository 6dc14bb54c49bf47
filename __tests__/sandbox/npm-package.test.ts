import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchNpmPackage } from "../../sandbox/npm-package";

let folder: string;
let cache: string;
const path = process.env["PATH"] ?? "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "npm-package-"));
  cache = join(folder, "cache");
  process.env["PATH"] = `${folder}:${path}`;
});

afterEach(async () => {
  process.env["PATH"] = path;
  await rm(folder, { recursive: true });
});

/** Puts a program in npm's place: the network is no part of these tests. */
async function replaceNpm(script: string): Promise<void> {
  await writeFile(join(folder, "npm"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

const install = `mkdir -p "$3/node_modules/@scope/name" && echo "$@" >"$3/node_modules/@scope/name/asked"`;

test("a package is fetched once, by its exact version and without install scripts", async () => {
  await replaceNpm(install);
  const fetched = await fetchNpmPackage("@scope/name", "1.2.3", cache);
  expect(await readFile(join(fetched, "asked"), "utf8")).toMatch(
    /^install .* --ignore-scripts .*@scope\/name@1\.2\.3$/m,
  );
  await replaceNpm("exit 1");
  expect(await fetchNpmPackage("@scope/name", "1.2.3", cache)).toBe(fetched);
});

test("two that fetch the same package at once both get it, and leave one copy", async () => {
  await replaceNpm(install);
  const [first, second] = await Promise.all([1, 2].map(() => fetchNpmPackage("@scope/name", "1.2.3", cache)));
  expect(first).toBe(second);
  expect(await readdir(cache)).toHaveLength(1);
});

test("npm's reason is told in one line, and nothing half fetched is left", async () => {
  await replaceNpm(
    `echo "npm error code E404" >&2; echo "npm error 404 Not Found - no such version." >&2; exit 1`,
  );
  await expect(fetchNpmPackage("@scope/name", "1.2.3", cache)).rejects.toThrow(
    /^npm could not fetch @scope\/name@1\.2\.3: 404 Not Found - no such version\.$/,
  );
  expect(await readdir(cache)).toEqual([]);
});
