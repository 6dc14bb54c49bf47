import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";

/** A Terraform module as its users see it. */
export interface TerraformModule {
  /** The constraint on Terraform's version. */
  readonly requiredVersion: string;
  /** By local name. */
  readonly requiredProviders: Readonly<Record<string, RequiredProvider>>;
  /** By name. */
  readonly variables: Readonly<Record<string, ModuleVariable>>;
  /** By name. */
  readonly outputs: Readonly<Record<string, ModuleOutput>>;
}

/** A provider that a module requires. */
export interface RequiredProvider {
  readonly source: string;
  readonly version: string;
  /** The configurations that a caller passes, besides the default one. */
  readonly configurationAliases: readonly string[];
}

/** An input of a module; required if it has no `default`. */
export interface ModuleVariable {
  readonly description: string;
  /** As written in the module, in one line. */
  readonly type: string;
  readonly default?: unknown;
  readonly nullable: boolean;
  readonly sensitive?: boolean;
  readonly ephemeral?: boolean;
}

/** An output of a module. */
export interface ModuleOutput {
  readonly description: string;
}

/** What `@cdktf/hcl2json` makes of a module: a list for each block, and expressions as `${...}`. */
interface ParsedModule {
  readonly terraform: readonly {
    readonly required_version?: string;
    readonly required_providers?: readonly Readonly<
      Record<
        string,
        Omit<RequiredProvider, "configurationAliases"> & {
          readonly configuration_aliases?: readonly string[];
        }
      >
    >[];
  }[];
  readonly variable: Readonly<Record<string, readonly [ModuleVariable]>>;
  readonly output: Readonly<Record<string, readonly [ModuleOutput]>>;
}

/**
 * Reads a module's folder.
 *
 * @throws Error with the file and line if a file is not valid HCL.
 */
export async function readTerraformModule(folder: string): Promise<TerraformModule> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".tf"));
  const text = files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  const { terraform, variable, output } = (await parse(folder, text)) as ParsedModule;
  const settings = terraform[0];
  if (settings?.required_version === undefined || settings.required_providers?.[0] === undefined) {
    throw new Error(`${folder} must have a terraform block with required_version and required_providers.`);
  }
  return {
    requiredVersion: settings.required_version,
    requiredProviders: mapValues(
      settings.required_providers[0],
      ({ source, version, configuration_aliases: aliases = [] }) => ({
        source,
        version,
        configurationAliases: aliases.map(expression),
      }),
    ),
    variables: mapValues(variable, ([declared]) => ({
      ...declared,
      type: oneLine(expression(declared.type)),
    })),
    outputs: mapValues(output, ([declared]) => declared),
  };
}

/** `${list(string)}` without the braces. */
function expression(template: string): string {
  return template.replace(/^\$\{([\s\S]*)\}$/, "$1");
}

/** A type constraint in one line: commas take the place of line breaks between attributes. */
function oneLine(type: string): string {
  return type
    .replace(/([{([])\s*\n\s*/g, "$1 ")
    .replace(/\s*\n\s*(?=[})\]])/g, " ")
    .replace(/,?\s*\n\s*/g, ", ")
    .replace(/ {2,}/g, " ");
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
