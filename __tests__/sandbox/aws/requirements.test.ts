import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsSandboxObstacle } from "../../../sandbox/aws/requirements";

let folder: string;
const path = process.env["PATH"] ?? "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "requirements-"));
});

afterEach(async () => {
  process.env["PATH"] = path;
  await rm(folder, { recursive: true });
});

test("without Python, it says that it needs one", () => {
  process.env["PATH"] = folder;
  expect(awsSandboxObstacle()).toBe(
    `There is no python3 on the PATH: install Python 3.9 or later, then run "pip install 'moto[server]~=5.2.0'".`,
  );
});

test.each([
  { python: "exit 1", obstacle: "Python has no package moto: run" },
  { python: "echo 4.1.0 True", obstacle: "moto is 4.1.0, and the sandbox is made for 5.2: run" },
  { python: "echo 5.2.1 False", obstacle: "moto is installed without its server: run" },
  { python: "echo 5.2.1 True", obstacle: undefined },
])("a Python that does '$python' means: $obstacle", async ({ python, obstacle }) => {
  await writeFile(join(folder, "python3"), `#!/bin/sh\n${python}\n`);
  await chmod(join(folder, "python3"), 0o755);
  process.env["PATH"] = `${folder}:${path}`;
  const found = awsSandboxObstacle();
  expect(found?.slice(0, obstacle?.length)).toBe(obstacle);
});
