const { chmodSync, mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/**
 * Gives a run of the tests a temporary directory of its own, which ends with the run however it ends, unless it is
 * killed. CDKTF alone creates hundreds of directories there and removes none.
 */
exports.useOwnTemporaryDirectory = () => {
  const directory = mkdtempSync(join(tmpdir(), "jest-"));
  // As the system's own: started by root, the servers run as another user, who removes their folders.
  chmodSync(directory, 0o1777);
  // Workers and all other processes of the run inherit it.
  process.env.TMPDIR = directory;
  // Servers that were not stopped are still removing their own folders in there.
  process.on("exit", () => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
};
