/**
 * `npm run generate:docs`: generates the pages of the Terraform Registry in docs/ from the provider's schema and
 * examples/. docs/guides/ is written by hand and stays. A folder on the command line replaces docs/.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { format, resolveConfig } from "prettier";
import { readProviderSchema } from "./provider-schema";
import { readTexts } from "./read-texts";
import { makeRegistryPages } from "./registry-pages";

const root = join(__dirname, "..");

async function main(): Promise<void> {
  const output = resolve(process.argv[2] ?? join(root, "docs"));
  const pages = makeRegistryPages(readProviderSchema(), readTexts(join(root, "examples")));
  for (const folder of ["resources", "data-sources"]) {
    rmSync(join(output, folder), { recursive: true, force: true });
  }
  const options = await resolveConfig(__filename);
  for (const [path, text] of pages) {
    const file = join(output, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await format(text, { ...options, filepath: file }));
  }
}

void main();
