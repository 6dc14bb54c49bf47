import type * as fs from "node:fs";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import type * as os from "node:os";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { PROVIDER_ADDRESS } from "../../../facts/provider-address";
import { placeBundledProvider } from "../../../modules/replication/bundled-provider";
import { packageFolder } from "../../../modules/replication/package-files";
import { packageHash } from "../../../modules/replication/package-hash";

jest.mock("../../../modules/replication/package-files", () => {
  const { mkdtempSync } = jest.requireActual<typeof fs>("node:fs");
  const { tmpdir } = jest.requireActual<typeof os>("node:os");
  return { packageFolder: mkdtempSync(`${tmpdir()}/package-`), packageVersion: "1.2.3" };
});

const zip = "terraform-provider-postgresql_1.2.3_linux_amd64.zip";
const script = [{ name: "terraform-provider-postgresql_v1.2.3", bytes: Buffer.from("script") }];
const executable = [
  { name: "LICENSE", bytes: Buffer.from("license") },
  { name: "terraform-provider-postgresql_v1.2.3", bytes: Buffer.from("executable") },
];
const actual = { platform: process.platform, arch: process.arch };
let directory: string;

beforeAll(() => {
  const [provider, release] = ["provider", "release"].map((name) => join(packageFolder, "dist", name));
  for (const folder of [provider, release]) {
    mkdirSync(folder ?? "", { recursive: true });
  }
  for (const { name, bytes } of script) {
    writeFileSync(join(provider ?? "", name), bytes);
  }
  const files = Object.fromEntries(executable.map(({ name, bytes }) => [name, bytes]));
  writeFileSync(join(release ?? "", zip), zipSync(files));
});

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stack-"));
});

afterEach(() => {
  runOn(actual.platform, actual.arch);
  rmSync(directory, { recursive: true });
});

afterAll(() => rmSync(packageFolder, { recursive: true }));

function runOn(platform: string, arch: string): void {
  Object.defineProperty(process, "platform", { value: platform });
  Object.defineProperty(process, "arch", { value: arch });
}

/** The files in the provider's folder. */
function placed(): string[] {
  const folder = join(directory, "terraform.d", "plugins", PROVIDER_ADDRESS);
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}

const unpacked = (platform: string) => [
  "1.2.3",
  `1.2.3/${platform}`,
  `1.2.3/${platform}/terraform-provider-postgresql_v1.2.3`,
];

test("a stack that runs here has the script, unpacked for this platform", () => {
  runOn("darwin", "arm64");
  expect(placeBundledProvider(directory, false)).toEqual([packageHash(script)]);
  expect(placed()).toEqual(unpacked("darwin_arm64"));
});

test("a stack that runs in HCP Terraform has the executable too, each with its checksum", () => {
  runOn("darwin", "arm64");
  expect(placeBundledProvider(directory, true)).toEqual([packageHash(script), packageHash(executable)]);
  expect(placed()).toEqual([...unpacked("darwin_arm64"), zip]);
});

test("on the workers' own platform the executable is alone: Terraform would take either of two", () => {
  runOn("linux", "x64");
  placeBundledProvider(directory, false);
  expect(placeBundledProvider(directory, true)).toEqual([packageHash(executable)]);
  expect(placed()).toEqual([zip]);
});

test("what was placed for another way to run, or of another version, goes", () => {
  runOn("linux", "x64");
  placeBundledProvider(directory, true);
  const former = join(directory, "terraform.d", "plugins", PROVIDER_ADDRESS, "1.2.2", "linux_amd64");
  mkdirSync(former, { recursive: true });
  expect(placeBundledProvider(directory, false)).toEqual([packageHash(script)]);
  expect(placed()).toEqual(unpacked("linux_amd64"));
});

test("what is not built is asked for by its path, and how", () => {
  rmSync(join(packageFolder, "dist", "release"), { recursive: true });
  expect(() => placeBundledProvider(directory, true)).toThrow(
    `The PostgreSQL provider is not built: ${join(packageFolder, "dist", "release", zip)} does not exist. Run "npm run build:provider".`,
  );
});
