import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodeMaker, TerraformProviderGenerator } from "@cdktf/provider-generator";
import { PROVIDER_ADDRESS } from "../facts/provider-address";
import { propertyName } from "../modules/replication/property-name";
import type { ProviderSchema } from "./provider-schema";
import { type UpstreamClass, upstreamClasses } from "./upstream-classes";

type Elements = ProviderSchema["resource_schemas"];

/** What upstream lacks: a whole type, or some attributes of one that it has. */
type Additions = Readonly<Record<string, "type" | readonly string[]>>;

/** What the provider has and upstream's has not. */
export interface BeyondUpstream {
  readonly resources: Additions;
  readonly dataSources: Additions;
}

export function beyondUpstream(schema: ProviderSchema): BeyondUpstream {
  const upstream = upstreamClasses();
  return {
    resources: additions(schema.resource_schemas, upstream.resources),
    dataSources: additions(schema.data_source_schemas, upstream.dataSources),
  };
}

/**
 * The files of `bindings/` by name: a class for each type that upstream lacks or has less of, made by the generator
 * that is behind `cdktf get`; all of them together; and the list of what upstream lacks.
 */
export async function makeBindings(schema: ProviderSchema): Promise<ReadonlyMap<string, string>> {
  const beyond = beyondUpstream(schema);
  const classes = await generateClasses({
    ...schema,
    resource_schemas: worthAClass(schema.resource_schemas, beyond.resources),
    data_source_schemas: worthAClass(schema.data_source_schemas, beyond.dataSources),
  });
  const list = `/** What the bundled provider has and upstream's has not: a whole type, or some attributes of one. */
export const BEYOND_UPSTREAM: {
  readonly resources: Readonly<Record<string, "type" | readonly string[]>>;
  readonly dataSources: Readonly<Record<string, "type" | readonly string[]>>;
} = ${JSON.stringify(beyond)};
`;
  const index = [...classes.keys()].map((file) => `export * from "./${file.replace(/\.ts$/, "")}";`);
  return new Map([...classes, ["beyond-upstream.ts", list], ["index.ts", index.join("\n")]]);
}

function additions(elements: Elements = {}, upstream: ReadonlyMap<string, UpstreamClass>): Additions {
  return Object.fromEntries(
    Object.entries(elements).flatMap(([type, { block }]): [string, Additions[string]][] => {
      const former = upstream.get(type);
      if (former === undefined) {
        return [[type, "type"]];
      }
      const names = Object.keys({ ...block.attributes, ...block.block_types });
      const added = names.filter((name) => !Object.hasOwn(former.prototype, propertyName(name)));
      return added.length === 0 ? [] : [[type, added]];
    }),
  );
}

function worthAClass(elements: Elements = {}, added: Additions): Elements {
  return Object.fromEntries(
    Object.entries(elements).filter(
      ([type]) => added[type] !== undefined && added[type].toString() !== "timeouts",
    ),
  );
}

/** The generator's classes by file name, as they are to be here. */
async function generateClasses(schema: ProviderSchema): Promise<ReadonlyMap<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), "bindings-"));
  try {
    const code = new CodeMaker();
    const schemas = { provider_schemas: { [PROVIDER_ADDRESS]: schema } };
    new TerraformProviderGenerator(code, schemas).generateAll();
    await code.save(directory);
    const output = join(directory, "providers", "postgresql");
    const names = readdirSync(output, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "provider")
      .map((entry) => entry.name)
      .sort();
    return new Map(
      names.map((name) => {
        const text = readFileSync(join(output, name, "index.ts"), "utf8");
        return [`${name}.ts`, strict(describeRest(correctComments(text)))];
      }),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The generator refers to pages of the public registry, which has none of this provider, and misnames parameters. */
function correctComments(text: string): string {
  return (
    text
      .replace(/^\/\/ .*\n\/\/ generated from terraform resource schema\n/, "")
      .replace(/(?:\n *\*)?\n *\* Docs at Terraform Registry: .*/g, "")
      .replace(/\{@link \S+ ([^}]*)\}/g, "$1")
      // It is not true of this provider either.
      .replace(/\n *\*\n *\* Please be aware that the id field .*\n.*/g, "")
      .replaceAll("@param provider? ", "@param provider ")
      .replaceAll("@param options ", "@param config ")
  );
}

/** What the generator says nothing of. */
function describeRest(text: string): string {
  return text
    .replace(/^(?=export interface (\w+)Config extends )/gm, "/** The arguments of `$1`. */\n")
    .replace(/^(?=export interface \w+ \{)/gm, "/** A block or an object of it. */\n")
    .replace(/^(?=export class \w+(?:OutputReference|List) )/gm, "/** The same, for what refers to it. */\n")
    .replace(/^(?= *public internalValue\?)/gm, "/** The blocks, as they were given. */\n")
    .replace(/^(?= *public static readonly tfResourceType)/gm, "/** The type's name in Terraform. */\n");
}

/** The generator's code takes undefined for absent, which the compiler does not under exactOptionalPropertyTypes. */
function strict(text: string): string {
  return text
    .replace(/^( *(?:private |readonly )\w+\?: [^;]*);/gm, "$1 | undefined;")
    .replace(/^( *public internalValue\? ?: [^;\n]*);?$/gm, "$1 | undefined;")
    .replace(
      /\bprotected (synthesize\w*|(?:terraformResource|terraformAttribute|wrapsSet):)/g,
      "protected override $1",
    )
    .replace(/(forEach: config\.forEach\s*\})\);/g, "$1 as cdktf.TerraformResourceConfig);")
    .replace(/(importId: importFromId, provider \})\);/g, "$1 as cdktf.IImportableConfig);");
}
