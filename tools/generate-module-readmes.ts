/**
 * `npm run generate:terraform-modules`: writes the requirements, inputs and outputs of each Terraform module into its
 * README. A folder named on the command line receives the READMEs instead of terraform-modules/.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { format, resolveConfig } from "prettier";
import { moduleReadme } from "./module-readme";
import { readTerraformModule } from "./terraform-module";

const modules = join(__dirname, "..", "terraform-modules");

async function main(): Promise<void> {
  const output = resolve(process.argv[2] ?? modules);
  const options = await resolveConfig(__filename);
  for (const name of readdirSync(modules)) {
    const folder = join(modules, name);
    const readme = moduleReadme(
      readFileSync(join(folder, "README.md"), "utf8"),
      await readTerraformModule(folder),
    );
    const file = join(output, name, "README.md");
    mkdirSync(join(output, name), { recursive: true });
    writeFileSync(file, await format(readme, { ...options, filepath: file }));
  }
}

void main();
