/**
 * `npm run build:modules`: makes the Terraform modules, a folder each with `main.tf.json` and `README.md`, in
 * dist/terraform-modules. A folder named on the command line is made instead of it.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { App } from "cdktf";
import { terraformModules } from "../terraform-modules/all";
import { moduleReadme } from "./module-readme";

const output = resolve(process.argv[2] ?? join(__dirname, "..", "dist", "terraform-modules"));
const app = new App();
rmSync(output, { recursive: true, force: true });
for (const [name, Module] of Object.entries(terraformModules)) {
  const module = new Module(app, name);
  const configuration = module.toTerraform();
  const folder = join(output, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "main.tf.json"), `${JSON.stringify(configuration, undefined, 2)}\n`);
  writeFileSync(join(folder, "README.md"), moduleReadme(name, module.guide, configuration));
}
