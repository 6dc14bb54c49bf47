/** `npm run build:library`: compiles what the npm package exports, with its types, into dist/lib/. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");
// What was compiled of files that are gone would be packed as well.
rmSync(join(root, "dist", "lib"), { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [require.resolve("typescript/bin/tsc"), "--project", "tsconfig.library.json"],
  { cwd: root, stdio: "inherit" },
);
process.exitCode = status ?? 1;
