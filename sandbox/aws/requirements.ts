import { execFile } from "node:child_process";

/** The release of moto whose gaps the modules in `moto/` close; another one has others. */
const MOTO_RELEASE = "5.2";

const probe = `
import importlib.metadata
import importlib.util
print(importlib.metadata.version("moto"), importlib.util.find_spec("flask_cors") is not None)
`;

/**
 * Why the AWS side of the sandbox cannot run on this machine, in one line; undefined when it can. It needs Python 3 and
 * moto, which nobody needs who only uses the library.
 */
export async function awsSandboxObstacle(): Promise<string | undefined> {
  const install = `run "pip install 'moto[server]~=${MOTO_RELEASE}.0'"`;
  return new Promise((resolve) => {
    execFile("python3", ["-c", probe], (error, stdout) => {
      const [version = "", server] = stdout.trim().split(" ");
      if (error?.code === "ENOENT") {
        resolve(`There is no python3 on the PATH: install Python 3.9 or later, then ${install}.`);
      } else if (error !== null) {
        resolve(`Python has no package moto: ${install}.`);
      } else if (!version.startsWith(`${MOTO_RELEASE}.`)) {
        resolve(`moto is ${version}, and the sandbox is made for ${MOTO_RELEASE}: ${install}.`);
      } else if (server !== "True") {
        resolve(`moto is installed without its server: ${install}.`);
      } else {
        resolve(undefined);
      }
    });
  });
}
