import { mkdir, mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { restoreSymbolicLinks } from "../../sandbox/symbolic-links";

let packageFolder: string;

beforeEach(async () => {
  packageFolder = await mkdtemp(join(tmpdir(), "links-"));
  await mkdir(join(packageFolder, "native", "lib"), { recursive: true });
});

afterEach(async () => {
  await rm(packageFolder, { recursive: true });
});

test("the links of the list are made, relative, as often as asked", async () => {
  const links = [
    { source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" },
    { source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so" },
  ];
  await writeFile(join(packageFolder, "native", "pg-symlinks.json"), JSON.stringify(links));
  await Promise.all([restoreSymbolicLinks(packageFolder), restoreSymbolicLinks(packageFolder)]);
  await restoreSymbolicLinks(packageFolder);
  expect(await readlink(join(packageFolder, "native", "lib", "libpq.so.5"))).toBe("libpq.so.5.18");
  expect(await readlink(join(packageFolder, "native", "lib", "libpq.so"))).toBe("libpq.so.5.18");
});

test("a package without a list has no links to make", async () => {
  await expect(restoreSymbolicLinks(packageFolder)).resolves.toBeUndefined();
});
