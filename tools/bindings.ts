import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodeMaker, TerraformProviderGenerator } from "@cdktf/provider-generator";
import { PROVIDER_ADDRESS } from "../facts/provider-address";
import { propertyName } from "../modules/replication/property-name";
import type { ProviderSchema } from "./provider-schema";
import { type UpstreamClass, upstreamClasses } from "./upstream-classes";

type Elements = ProviderSchema["resource_schemas"];

/** Types or attributes that upstream's provider does not have. */
type Additions = Readonly<Record<string, "type" | readonly string[]>>;

/** Types and attributes of this provider that upstream's does not have. */
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
 * The files of `bindings/` by name: a class for each type that upstream lacks or has fewer attributes of, written by
 * the generator behind `cdktf get`; an index of them; and the list of what upstream lacks.
 */
export async function makeBindings(schema: ProviderSchema): Promise<ReadonlyMap<string, string>> {
  const beyond = beyondUpstream(schema);
  const classes = await generateClasses({
    ...schema,
    resource_schemas: withClass(schema.resource_schemas, beyond.resources),
    data_source_schemas: withClass(schema.data_source_schemas, beyond.dataSources),
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

function withClass(elements: Elements = {}, added: Additions): Elements {
  return Object.fromEntries(
    Object.entries(elements).filter(
      ([type]) => added[type] !== undefined && added[type].toString() !== "timeouts",
    ),
  );
}

/** The generator's classes by file name, corrected. */
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
    return correctClasses(
      new Map(names.map((name) => [`${name}.ts`, readFileSync(join(output, name, "index.ts"), "utf8")])),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

type Correction = readonly [pattern: RegExp, replacement: string];

/** In order: a later correction sees the text of those before it. */
const CORRECTIONS: readonly Correction[] = [
  // The generator refers to pages of the public registry, which has none of this provider.
  [/^\/\/ .*\n\/\/ generated from terraform resource schema\n/g, ""],
  [/(?:\n *\*)?\n *\* Docs at Terraform Registry: .*/g, ""],
  [/\{@link \S+ ([^}]*)\}/g, "$1"],
  // This provider's validation refuses a configured id.
  [/\n *\*\n *\* Please be aware that the id field .*\n.*/g, ""],
  // The generator misnames parameters.
  [/@param provider\? /g, "@param provider "],
  [/@param options /g, "@param config "],
  // The generator leaves these without documentation.
  [/^(?=export interface (\w+)Config extends )/gm, "/** The arguments of `$1`. */\n"],
  [/^(?=export interface \w+ \{)/gm, "/** A block or an object of it. */\n"],
  [/^(?=export class \w+(?:OutputReference|List) )/gm, "/** The same, for what refers to it. */\n"],
  [/^(?= *public internalValue\?)/gm, "/** The blocks, as they were given. */\n"],
  [/^(?= *public static readonly tfResourceType)/gm, "/** The type's name in Terraform. */\n"],
  // The generated code passes undefined for an absent property, which exactOptionalPropertyTypes refuses.
  [/^( *(?:private |readonly )\w+\?: [^;]*);/gm, "$1 | undefined;"],
  [/^( *public internalValue\? ?: [^;\n]*);?$/gm, "$1 | undefined;"],
  [
    /\bprotected (synthesize\w*|(?:terraformResource|terraformAttribute|wrapsSet):)/g,
    "protected override $1",
  ],
  [/(forEach: config\.forEach\s*\})\);/g, "$1 as cdktf.TerraformResourceConfig);"],
  [/(importId: importFromId, provider \})\);/g, "$1 as cdktf.IImportableConfig);"],
];

/**
 * Corrects classes that the generator wrote.
 *
 * @param classes - texts by file name.
 * @throws Error if a correction matches none of them, because the generator writes something else now.
 */
export function correctClasses(
  classes: ReadonlyMap<string, string>,
  corrections = CORRECTIONS,
): ReadonlyMap<string, string> {
  return corrections.reduce((texts, [pattern, replacement]) => {
    const corrected = new Map([...texts].map(([name, text]) => [name, text.replace(pattern, replacement)]));
    if ([...texts].every(([name, text]) => corrected.get(name) === text)) {
      throw new Error(
        `The generated bindings cannot be corrected: nothing in ${[...texts.keys()].join(", ")} matches ${pattern}. ` +
          "Compare tools/bindings.ts with what this version of @cdktf/provider-generator writes.",
      );
    }
    return corrected;
  }, classes);
}
