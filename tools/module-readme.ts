import type { ModuleConfiguration, ModuleGuide, ModuleVariable } from "../terraform-modules/terraform-module";

/** The README of a Terraform module, made of what it declares. */
export function moduleReadme(name: string, guide: ModuleGuide, module: ModuleConfiguration): string {
  const { required_version: terraform, required_providers: providers } = module.terraform;
  const inputs = Object.entries(module.variable).sort(
    ([, one], [, other]) => Number("default" in one) - Number("default" in other),
  );
  return `${[
    `# ${name}`,
    guide.description,
    "## Example",
    `\`\`\`hcl\n${guide.example}\`\`\``,
    "## Requirements",
    table(
      ["what", "version", "configurations"],
      [
        ["Terraform", terraform, ""],
        ...Object.values(providers).map(({ source, version, configuration_aliases: aliases }) => [
          `provider ${code(source)}`,
          version,
          aliases === undefined ? "the default one" : aliases.map(code).join(", "),
        ]),
      ],
    ),
    "## Inputs",
    table(
      ["name", "description", "type", "default"],
      inputs.map(([input, variable]) => [
        code(input),
        `${variable.description}${variable.ephemeral ? " Sensitive and ephemeral: in no state and no plan." : ""}`,
        code(variable.type),
        usual(variable),
      ]),
    ),
    "## Outputs",
    table(
      ["name", "description"],
      Object.entries(module.output).map(([output, { description }]) => [code(output), description]),
    ),
  ].join("\n\n")}\n`;
}

function usual(variable: ModuleVariable): string {
  return "default" in variable ? code(JSON.stringify(variable.default)) : "required";
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
