/**
 * `npm run generate:bindings`: generates bindings/ from the provider's schema. A folder on the command line replaces
 * bindings/.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { format, resolveConfig } from "prettier";
import { makeBindings } from "./bindings";
import { readProviderSchema } from "./provider-schema";

const HEADER = "// Generated from the provider's schema by npm run generate:bindings; not to be edited.";

async function main(): Promise<void> {
  const output = resolve(process.argv[2] ?? join(__dirname, "..", "bindings"));
  const files = await makeBindings(readProviderSchema());
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  for (const [name, text] of files) {
    const options = { ...(await resolveConfig(__filename)), filepath: name };
    writeFileSync(join(output, name), await format(`${HEADER}\n\n${text}`, options));
  }
}

void main();
