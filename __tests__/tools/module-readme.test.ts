import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleReadme } from "../../tools/module-readme";
import { readTerraformModule } from "../../tools/terraform-module";

const MODULE = `terraform {
  required_version = ">= 1.11.0"
  required_providers {
    postgresql = {
      source                = "acme/postgresql"
      version               = "~> 1.0"
      configuration_aliases = [postgresql.publisher]
    }
  }
}
variable "peers" {
  description = "Peers, \\"a\\" | \\"b\\"."
  default     = {}
  nullable    = false
  type = map(object({
    address = string
    ports   = optional(list(number), [])
  }))
}
variable "name" {
  description = "Name."
  type        = string
}
output "id" {
  description = "ID."
  value       = var.name
}
`;

const README = "# m\n\n<!-- BEGIN_TF_DOCS -->\nold\n<!-- END_TF_DOCS -->\n\nMore.\n";

async function readme(text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "module-"));
  try {
    writeFileSync(join(folder, "main.tf"), MODULE);
    return moduleReadme(text, await readTerraformModule(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a README lists the requirements, the inputs with required ones first, and the outputs", async () => {
  expect(await readme(README)).toBe(`# m

<!-- BEGIN_TF_DOCS -->

## Requirements

| Name | Version | Configurations |
| --- | --- | --- |
| Terraform | \`>= 1.11.0\` |  |
| provider \`acme/postgresql\` | \`~> 1.0\` | \`postgresql.publisher\` |

## Inputs

| Name | Description | Type | Default | Required |
| --- | --- | --- | --- | --- |
| \`name\` | Name. | \`string\` | n/a | yes |
| \`peers\` | Peers, "a" \\| "b". | \`map(object({ address = string, ports = optional(list(number), []) }))\` | \`{}\` | no |

## Outputs

| Name | Description |
| --- | --- |
| \`id\` | ID. |

<!-- END_TF_DOCS -->

More.
`);
});

test("a README without the lines around the generated part is an error", async () => {
  await expect(readme("# m\n")).rejects.toThrow("must have the lines <!-- BEGIN_TF_DOCS -->");
});
