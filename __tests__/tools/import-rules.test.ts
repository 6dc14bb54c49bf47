import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(__dirname, "..", "..");
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "import-rules-"));
  for (const name of [".dependency-cruiser.mjs", "package.json", "tsconfig.json"]) {
    cpSync(join(root, name), join(checkout, name));
  }
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
});

afterEach(() => rmSync(checkout, { recursive: true }));

/** What `npm run check:imports` reports in a checkout of files that import these paths. */
function violations(imports: Readonly<Record<string, readonly string[]>>): string[] {
  for (const [file, specifiers] of Object.entries(imports)) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    const lines = specifiers.map((specifier) => `import type {} from "${specifier}";\n`);
    writeFileSync(join(checkout, file), `${lines.join("")}export const nothing = 0;\n`);
  }
  const { status, stdout } = spawnSync("npm", ["run", "--silent", "check:imports"], {
    cwd: checkout,
    encoding: "utf8",
  });
  const found = [...stdout.matchAll(/^ *error (.*?)$/gm)].map(([, violation = ""]) => violation.trim());
  expect(status).toBe(found.length);
  return found.sort();
}

test("an import upwards, sideways or around in a circle is an error", () => {
  const found = violations({
    "bindings/b.ts": [],
    "facts/a.ts": ["../provider/aws/b"],
    "modules/b.ts": [],
    "modules/cycle.ts": ["./cycle-2"],
    "modules/cycle-2.ts": ["./cycle"],
    "modules/missing.ts": ["./none"],
    "modules/wall.ts": ["../provider/aws/b"],
    "provider/aws/b.ts": [],
    "provider/cdktf.ts": ["cdktf", "constructs"],
    "provider/data-sources/a.ts": ["../resources/role/b"],
    "provider/plugin/a.ts": ["../aws/b"],
    "provider/postgres/a.ts": ["../aws/b"],
    "provider/resources/role/b.ts": [],
    "provider/resources/shared/a.ts": ["../role/b"],
    "provider/wall.ts": ["../modules/b", "../bindings/b"],
    "sandbox/a.ts": ["../stacks/b", "../__tests__/b"],
    "stacks/b.ts": ["@cdktf/provider-aws"],
    "__tests__/b.ts": [],
  });
  expect(found).toEqual([
    expect.stringContaining("facts must not import provider/aws: facts/a.ts → provider/aws/b.ts"),
    expect.stringMatching(/^import bindings by sub-path: stacks\/b.ts → .*provider-aws\/lib\/index/),
    "imports must resolve: modules/missing.ts → ./none",
    "modules must not import provider/aws: modules/wall.ts → provider/aws/b.ts",
    expect.stringContaining("no import cycles: modules/cycle"),
    "only tests import tests: sandbox/a.ts → __tests__/b.ts",
    "provider must not import bindings: provider/wall.ts → bindings/b.ts",
    "provider must not import modules: provider/wall.ts → modules/b.ts",
    "provider/data-sources must not import provider/resources: provider/data-sources/a.ts → provider/resources/role/b.ts",
    "provider/plugin must not import provider/aws: provider/plugin/a.ts → provider/aws/b.ts",
    "provider/postgres must not import provider/aws: provider/postgres/a.ts → provider/aws/b.ts",
    "provider/resources/shared must not import provider/resources: provider/resources/shared/a.ts → provider/resources/role/b.ts",
    "sandbox must not import stacks: sandbox/a.ts → stacks/b.ts",
    expect.stringMatching(/^the provider must not import CDKTF: provider\/cdktf.ts → .*cdktf/),
    expect.stringMatching(/^the provider must not import CDKTF: provider\/cdktf.ts → .*constructs/),
  ]);
});

test("an import downwards is allowed", () => {
  const found = violations({
    "main.ts": ["./stacks/a"],
    "stacks/a.ts": ["./b", "../modules/b", "../facts/b", "@cdktf/provider-aws/lib/rds-cluster"],
    "stacks/b.ts": [],
    "modules/b.ts": [],
    "facts/b.ts": [],
    "provider/data-sources/a.ts": ["../resources/shared/b", "../../facts/b"],
    "provider/resources/shared/b.ts": [],
    "__tests__/a.test.ts": ["../main", "../provider/data-sources/a"],
  });
  expect(found).toEqual([]);
});
