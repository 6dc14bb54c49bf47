import { readFileSync } from "node:fs";
import { Script } from "node:vm";

/** A program in one file, to be loaded when there is time for it. */
export interface Bundle {
  /** Its name in stack traces. */
  readonly filename: string;
  /** A CommonJS module that requires nothing but what Node.js brings along. */
  readonly source: string;
  /**
   * V8's code cache of it, which halves the time until it has run. One that another version of Node.js has made is
   * refused by V8 and simply not used.
   * @default - none
   */
  readonly codeCache?: Buffer | undefined;
}

/** Reads a bundle and the code cache that lies beside it, if there is one. */
export function readBundle(filename: string): Bundle {
  return { filename, source: readFileSync(filename, "utf8"), codeCache: readIfThere(cacheOf(filename)) };
}

export function compileBundle({ filename, source, codeCache }: Bundle): Script {
  const wrapped = `(function (require, module, exports) {${source}\n})`;
  return new Script(wrapped, { filename, cachedData: codeCache });
}

/** Runs a compiled bundle; returns what it exports. */
export function runBundle(bundle: Script): unknown {
  const module = { exports: {} };
  const run = bundle.runInThisContext() as (require: NodeJS.Require, ...rest: object[]) => void;
  run(require, module, module.exports);
  return module.exports;
}

/** The path of a bundle's code cache: `….cache` beside `….js`. */
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
