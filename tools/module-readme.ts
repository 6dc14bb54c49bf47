import type { ModuleVariable, TerraformModule } from "./terraform-module";

/** The part of a README between these lines is generated; the rest is written by hand. */
const BEGIN = "<!-- BEGIN_TF_DOCS -->";
const END = "<!-- END_TF_DOCS -->";

/**
 * A module's README with the requirements, inputs and outputs that the module has.
 *
 * @throws Error if the README has no part to generate.
 */
export function moduleReadme(readme: string, module: TerraformModule): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new Error(`The README of a module must have the lines ${BEGIN} and ${END}.`);
  }
  return `${readme.slice(0, begin)}${BEGIN}\n\n${reference(module)}\n\n${readme.slice(end)}`;
}

function reference({ requiredVersion, requiredProviders, variables, outputs }: TerraformModule): string {
  return [
    "## Requirements",
    table(
      ["Name", "Version", "Configurations"],
      [
        ["Terraform", code(requiredVersion), ""],
        ...Object.values(requiredProviders).map(({ source, version, configurationAliases: aliases }) => [
          `provider ${code(source)}`,
          code(version),
          aliases.length === 0 ? "default" : aliases.map(code).join(", "),
        ]),
      ],
    ),
    "## Inputs",
    table(
      ["Name", "Description", "Type", "Default", "Required"],
      requiredFirst(variables).map(([name, variable]) => [
        code(name),
        `${variable.description}${variable.ephemeral ? " Ephemeral: stored in no state and no plan." : ""}`,
        code(variable.type),
        isRequired(variable) ? "n/a" : code(JSON.stringify(variable.default)),
        isRequired(variable) ? "yes" : "no",
      ]),
    ),
    "## Outputs",
    table(
      ["Name", "Description"],
      Object.entries(outputs).map(([name, { description }]) => [code(name), description]),
    ),
  ].join("\n\n");
}

function requiredFirst(variables: TerraformModule["variables"]): [string, ModuleVariable][] {
  return Object.entries(variables).sort(([, a], [, b]) => Number(isRequired(b)) - Number(isRequired(a)));
}

function isRequired(variable: ModuleVariable): boolean {
  return !("default" in variable);
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
