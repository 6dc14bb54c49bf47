import { Token } from "cdktf";
import type { PostgresqlEngine } from "../facts/engine-versions";
import { hasLogicalReplication, logicalReplicationRequirement } from "../modules/aurora/engine-version";
import type { TerraformModule } from "./terraform-module";

/** The tags of everything that the module makes. */
export function tagsVariable(module: TerraformModule): Record<string, string> {
  const variable = module.variable("tags", {
    type: "map(string)",
    description: "Tags of everything in AWS.",
    default: {},
  });
  return Token.asStringMap(variable.value);
}

/** A port, 5432 unless another one is given. */
export function portVariable(module: TerraformModule, name: string, description: string): number {
  return module.variable(name, {
    type: "number",
    description,
    default: 5432,
    validation: [
      {
        condition: isWholeNumber(`var.${name}`, 1, 65535),
        errorMessage: `${name} must be a whole number from 1 to 65535.`,
      },
    ],
  }).numberValue;
}

/**
 * A server's version, which has to have logical replication.
 *
 * @param when - Terraform's conditions, by the engine that the server has then.
 */
export function engineVersionVariable(
  module: TerraformModule,
  description: string,
  when: Readonly<Partial<Record<PostgresqlEngine, string>>>,
): string {
  return module.variable("engine_version", {
    type: "string",
    description,
    validation: (Object.entries(when) as [PostgresqlEngine, string][]).map(([engine, condition]) => ({
      condition: `\${!(${condition}) || ${hasLogicalReplication(engine, "var.engine_version")}}`,
      errorMessage: `engine_version ${logicalReplicationRequirement(engine)}`,
    })),
  }).stringValue;
}

/** Terraform's expression for whether a number is a whole one within limits. */
export function isWholeNumber(number: string, least: number, greatest?: number): string {
  const within = greatest === undefined ? "" : ` && ${number} <= ${greatest}`;
  return `\${floor(${number}) == ${number} && ${number} >= ${least}${within}}`;
}

/** Terraform's expression for whether a text matches a pattern as a whole. */
export function matches(text: string, pattern: string): string {
  return `\${can(regex(${JSON.stringify(`^(?:${pattern})$`)}, ${text}))}`;
}
