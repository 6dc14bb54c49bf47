import { spawnSync } from "node:child_process";

/** The release of moto whose gaps the modules in `moto/` close; another one has others. */
const MOTO_RELEASE = "5.2";

const probe = `
import importlib.metadata
import importlib.util
print(importlib.metadata.version("moto"), importlib.util.find_spec("flask_cors") is not None)
`;

/**
 * Why the AWS side of the sandbox cannot run on this machine, in one line; undefined when it can. It needs Python 3 and
 * moto, which nobody needs who only uses the library. It does not return a promise, since jest has to know while it
 * collects tests.
 */
export function awsSandboxObstacle(): string | undefined {
  const install = `run "pip install 'moto[server]~=${MOTO_RELEASE}.0'"`;
  const { error, status, stdout } = spawnSync("python3", ["-c", probe], {
    env: process.env,
    encoding: "utf8",
  });
  if (error !== undefined) {
    return `There is no python3 on the PATH: install Python 3.9 or later, then ${install}.`;
  }
  const [version = "", server] = stdout.trim().split(" ");
  if (status !== 0) {
    return `Python has no package moto: ${install}.`;
  }
  if (!version.startsWith(`${MOTO_RELEASE}.`)) {
    return `moto is ${version}, and the sandbox is made for ${MOTO_RELEASE}: ${install}.`;
  }
  return server === "True" ? undefined : `moto is installed without its server: ${install}.`;
}
