/** An attribute's type in the output of `terraform providers schema -json`. */
export type AttributeType =
  string | readonly [string, AttributeType | { readonly [attribute: string]: AttributeType }];

/** The part of a block's schema that its documentation needs. */
export interface DocumentedBlock {
  readonly description?: string;
  readonly attributes?: Readonly<Record<string, DocumentedAttribute>>;
  readonly block_types?: Readonly<Record<string, DocumentedBlockType>>;
}

interface DocumentedAttribute {
  readonly type?: AttributeType;
  readonly description?: string;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly sensitive?: boolean;
  readonly deprecated?: boolean;
  readonly write_only?: boolean;
}

interface DocumentedBlockType {
  readonly nesting_mode: string;
  readonly block: DocumentedBlock;
  readonly min_items?: number;
  readonly max_items?: number;
}

type Group = "Required" | "Optional" | "Read-Only";

/** A line of the list, and the block that has its own list further down. */
interface Entry {
  readonly group: Group;
  readonly name: string;
  readonly line: string;
  readonly nested?: { readonly anchor: string; readonly block: DocumentedBlock };
}

const WRITE_ONLY =
  "[Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)";

/**
 * The section `## Schema` of a page: required, optional and read-only attributes, and those of every nested block, under
 * the headings and anchors of `tfplugindocs`.
 */
export function schemaSection(block: DocumentedBlock): string {
  return `## Schema\n\n${schemaOf(block, [])}`;
}

function schemaOf(block: DocumentedBlock, path: readonly string[]): string {
  const nesting = path.length > 0;
  const entries = entriesOf(block, path);
  const lists = (["Required", "Optional", "Read-Only"] as const).flatMap((group) => {
    const lines = entries.filter((entry) => entry.group === group).map(({ line }) => line);
    return lines.length === 0 ? [] : [`${nesting ? `${group}:` : `### ${group}`}\n\n${lines.join("\n")}`];
  });
  const nested = entries.flatMap((entry) =>
    entry.nested === undefined
      ? []
      : [
          `<a id="${entry.nested.anchor}"></a>\n\n### Nested Schema for \`${[...path, entry.name].join(".")}\``,
          schemaOf(entry.nested.block, [...path, entry.name]),
        ],
  );
  return [...lists, ...nested].join("\n\n");
}

function entriesOf(block: DocumentedBlock, path: readonly string[]): Entry[] {
  const attributes = Object.entries(block.attributes ?? {}).map(([name, attribute]) =>
    attributeEntry(name, attribute, path),
  );
  const blocks = Object.entries(block.block_types ?? {}).map(([name, type]) => blockEntry(name, type, path));
  return [...attributes, ...blocks].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function attributeEntry(name: string, attribute: DocumentedAttribute, path: readonly string[]): Entry {
  const { type = "dynamic", description } = attribute;
  const traits = [
    typeWords(type),
    ...(attribute.sensitive ? ["Sensitive"] : []),
    ...(attribute.deprecated ? ["Deprecated"] : []),
    ...(attribute.write_only ? [WRITE_ONLY] : []),
  ];
  const fields = fieldsOf(type);
  return {
    group: groupOf(name, attribute, path),
    name,
    ...describe(name, traits, description, fields && { anchor: anchorOf("att", path, name), block: fields }),
  };
}

function groupOf(name: string, { required, optional }: DocumentedAttribute, path: readonly string[]): Group {
  if (required) {
    return "Required";
  }
  // The schema allows a configured ID, as upstream's does; validation refuses it.
  return optional && !(name === "id" && path.length === 0) ? "Optional" : "Read-Only";
}

function blockEntry(name: string, type: DocumentedBlockType, path: readonly string[]): Entry {
  const { nesting_mode: nesting, min_items: min = 0, max_items: max = 0, block } = type;
  const traits = [
    nesting === "single" ? "Block" : `Block ${capitalized(nesting)}`,
    ...(min > 0 ? [`Min: ${min}`] : []),
    ...(max > 0 ? [`Max: ${max}`] : []),
  ];
  return {
    group: min > 0 ? "Required" : "Optional",
    name,
    ...describe(name, traits, block.description, { anchor: anchorOf("block", path, name), block }),
  };
}

function describe(
  name: string,
  traits: readonly string[],
  description: string | undefined,
  nested: Entry["nested"],
): Pick<Entry, "line" | "nested"> {
  const words = [`- \`${name}\` (${traits.join(", ")})`, ...(description === undefined ? [] : [description])];
  if (nested === undefined) {
    return { line: words.join(" ") };
  }
  return { line: [...words, `(see [below for nested schema](#${nested.anchor}))`].join(" "), nested };
}

function anchorOf(kind: "att" | "block", path: readonly string[], name: string): string {
  return [`nested${kind}`, ...path, name].join("--");
}

function typeWords(type: AttributeType): string {
  if (typeof type === "string") {
    return type === "bool" ? "Boolean" : capitalized(type);
  }
  const [kind, element] = type;
  if (kind === "object") {
    return "Object";
  }
  return `${capitalized(kind)} of ${typeWords(element as AttributeType)}`;
}

/** The attributes of an object, or of a collection's objects; undefined for other types. */
function fieldsOf(type: AttributeType): DocumentedBlock | undefined {
  if (typeof type === "string") {
    return undefined;
  }
  const [kind, element] = type;
  if (kind !== "object") {
    return fieldsOf(element as AttributeType);
  }
  const fields = Object.entries(element as Readonly<Record<string, AttributeType>>);
  return { attributes: Object.fromEntries(fields.map(([name, field]) => [name, { type: field }])) };
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
