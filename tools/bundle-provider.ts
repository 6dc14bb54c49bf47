import { join } from "node:path";
import { buildSync } from "esbuild";

const root = join(__dirname, "..");

/**
 * Bundles a program of `provider/` into one file that requires only the built-in modules of Node.js.
 *
 * @param entry - name of its file in `provider/`.
 * @param firstLines - first lines of the bundle. Default: none.
 */
export function bundleProvider(entry: string, outfile: string, firstLines = ""): void {
  buildSync({
    absWorkingDir: root,
    entryPoints: [join("provider", entry)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    // import() becomes require(), the only loader of a bundle.
    supported: { "dynamic-import": false },
    // Identifiers keep their names for the stack traces of bug reports.
    minifyWhitespace: true,
    minifySyntax: true,
    // The optional native driver of pg, which the provider never loads.
    external: ["pg-native"],
    banner: { js: firstLines },
    logLevel: "warning",
  });
}
