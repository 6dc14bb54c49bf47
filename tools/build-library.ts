/** `npm run build:library`: compiles the exports of the npm package, with their types, into dist/lib/. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");
// Otherwise the package would contain the output of deleted files.
rmSync(join(root, "dist", "lib"), { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [require.resolve("typescript/bin/tsc"), "--project", "tsconfig.library.json"],
  { cwd: root, stdio: "inherit" },
);
process.exitCode = status ?? 1;
