import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";

/**
 * Compiles a bundle with the help of the V8 code cache that lies beside it, which halves the time until it has run. A
 * cache made by another version of Node.js is refused by V8 and simply not used.
 *
 * @param file - path of the bundle, `….js`; its cache is `….cache`.
 */
export function compileBundle(file: string): Script {
  const source = `(function (require, module, exports) {${readFileSync(file, "utf8")}\n})`;
  return new Script(source, { filename: file, cachedData: readIfThere(cacheOf(file)) });
}

/** Runs a compiled bundle; returns what it exports. */
export function runBundle(file: string, bundle: Script): unknown {
  const module = { exports: {} };
  const run = bundle.runInThisContext() as (require: NodeJS.Require, ...rest: object[]) => void;
  run(createRequire(file), module, module.exports);
  return module.exports;
}

/** The path of a bundle's code cache. */
export function cacheOf(file: string): string {
  return file.replace(/\.js$/, ".cache");
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
