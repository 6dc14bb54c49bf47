import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { findAwsProvider, offerAwsProvider } from "./aws-provider";

const address = "registry.terraform.io/hashicorp/aws";
const platform = `${process.platform}_${{ x64: "amd64" }[process.arch as string] ?? process.arch}`;

let home: string;
const { TF_CLI_CONFIG_FILE: configured, XDG_DATA_HOME: data } = process.env;

beforeEach(async () => {
  home = await mkdtemp(join(os.tmpdir(), "home-"));
  jest.spyOn(os, "homedir").mockReturnValue(home);
  delete process.env["TF_CLI_CONFIG_FILE"];
  delete process.env["XDG_DATA_HOME"];
});

afterEach(async () => {
  Object.assign(process.env, {
    ...(configured !== undefined && { TF_CLI_CONFIG_FILE: configured }),
    ...(data !== undefined && { XDG_DATA_HOME: data }),
  });
  await rm(home, { recursive: true });
});

async function keep(folder: string, ...releases: string[]): Promise<void> {
  for (const release of releases) {
    const file = join(home, folder, address, release);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "#!/bin/sh\n", { mode: 0o755 });
  }
}

const unpacked = (version: string, on = platform) => `${version}/${on}/terraform-provider-aws_v${version}`;
const packed = (version: string, on = platform) => `terraform-provider-aws_${version}_${on}.zip`;

test("the newest release that the stacks take and this machine runs is found, packed or not", async () => {
  const plugins = ".terraform.d/plugins";
  await keep(plugins, unpacked("5.99.9"), unpacked("5.100.0"), unpacked("7.0.0"), "index.json");
  await keep(plugins, unpacked("6.30.0", "plan9_mips"), packed("6.40.0", "plan9_mips"));
  expect(findAwsProvider()).toMatchObject({ version: "5.100.0" });
  await keep(plugins, packed("6.9.0"), unpacked("6.10.0"));
  expect(findAwsProvider()).toMatchObject({ version: "6.10.0" });
  await keep(plugins, packed("6.11.0"));
  expect(findAwsProvider()).toMatchObject({
    version: "6.11.0",
    path: join(home, plugins, address, packed("6.11.0")),
  });
});

test.each([
  ["the user's data folder", ".local/share/terraform/plugins", {}],
  ["a data folder of another name", "data/terraform/plugins", { XDG_DATA_HOME: "data" }],
  ["a mirror of the CLI configuration", "mirror", { TF_CLI_CONFIG_FILE: "terraform.rc" }],
])("it is found in %s", async (_, folder, environment) => {
  for (const [name, path] of Object.entries(environment)) {
    process.env[name] = join(home, path);
  }
  await writeFile(
    join(home, "terraform.rc"),
    `provider_installation {\n  filesystem_mirror {\n    include = ["*/*"]\n    path = "${join(home, "mirror")}"\n  }\n}\n`,
  );
  await keep(folder, unpacked("6.999.0"));
  expect(findAwsProvider()).toMatchObject({ version: "6.999.0" });
});

test("Terraform installs what it is offered, without a CLI configuration", async () => {
  await keep(".terraform.d/plugins", unpacked("6.999.0"));
  const found = findAwsProvider();
  if (found === undefined) {
    throw new Error("It was not found.");
  }
  const offered = offerAwsProvider(found, join(home, "offered"));
  const work = join(home, "work");
  await mkdir(work);
  await writeFile(
    join(work, "main.tf.json"),
    JSON.stringify({ terraform: { required_providers: { aws: { source: "aws", version: "< 7.0.0" } } } }),
  );
  const { stdout } = await promisify(execFile)("terraform", ["init", "-no-color"], {
    cwd: work,
    env: { PATH: process.env["PATH"], HOME: work, CHECKPOINT_DISABLE: "1", ...offered },
  });
  expect(stdout).toContain("Installed hashicorp/aws v6.999.0");
});
