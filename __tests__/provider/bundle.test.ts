import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheOf, compileBundle, readBundle, runBundle } from "../../provider/bundle";

const source = 'exports.sum = (a, b) => a + b; module.exports.separator = require("node:path").sep;';
let file: string;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "bundle-")), "program.js");
  writeFileSync(file, source);
});

afterEach(() => rmSync(join(file, ".."), { recursive: true }));

function writeCache(): void {
  writeFileSync(cacheOf(file), compileBundle({ filename: file, source }).createCachedData());
}

/** Runs the program in the file; returns what it exports. */
const run = () =>
  runBundle(compileBundle(readBundle(file))) as {
    readonly sum: (a: number, b: number) => number;
    readonly separator: string;
  };

describe("a bundle", () => {
  test("runs with what Node.js brings along, and returns what it exports", () => {
    const { sum, separator } = run();
    expect([sum(1, 2), separator]).toEqual([3, "/"]);
  });

  test("is compiled with the code cache beside it", () => {
    writeCache();
    expect(compileBundle(readBundle(file)).cachedDataRejected).toBe(false);
    expect(run().sum(1, 2)).toBe(3);
  });

  test("runs all the same when the code cache is of another program", () => {
    writeCache();
    writeFileSync(file, `${source} exports.sum = (a, b) => a * b;`);
    expect(compileBundle(readBundle(file)).cachedDataRejected).toBe(true);
    expect(run().sum(2, 3)).toBe(6);
  });

  test("is named in stack traces as it is called", () => {
    const bundle = { filename: "implementation.js", source: "exports.fail = () => { throw new Error(); };" };
    const { fail } = runBundle(compileBundle(bundle)) as { readonly fail: () => void };
    const stack = (() => {
      try {
        fail();
      } catch (error) {
        return (error as Error).stack;
      }
      return undefined;
    })();
    expect(stack).toContain("implementation.js:1:");
  });
});
