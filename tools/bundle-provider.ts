import { join } from "node:path";
import { buildSync } from "esbuild";

const root = join(__dirname, "..");

/**
 * Bundles a program of `provider/` into one file that requires nothing but what Node.js brings along.
 *
 * @param entry - its file's name in `provider/`.
 * @param firstLines - what the file begins with; nothing by default.
 */
export function bundleProvider(entry: string, outfile: string, firstLines = ""): void {
  buildSync({
    absWorkingDir: root,
    entryPoints: [join("provider", entry)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    // Turned into require(), which is all that a bundle is given.
    supported: { "dynamic-import": false },
    // Names are kept: a stack trace in a bug report is worth more than the bytes.
    minifyWhitespace: true,
    minifySyntax: true,
    // The optional native driver of pg, which is never asked for.
    external: ["pg-native"],
    banner: { js: firstLines },
    logLevel: "warning",
  });
}
