import { type DocumentedBlock, schemaSection } from "./schema-section";

/** The part of a provider's schema that its documentation needs. */
export interface DocumentedProvider {
  readonly provider: DocumentedElement;
  readonly resource_schemas: Readonly<Record<string, DocumentedElement>>;
  readonly data_source_schemas: Readonly<Record<string, DocumentedElement>>;
}

interface DocumentedElement {
  readonly block: DocumentedBlock;
}

/** The files below `examples/`, by relative path. */
export type Examples = ReadonlyMap<string, string>;

interface Page {
  readonly title: string;
  readonly heading: string;
  readonly block: DocumentedBlock;
  /** Files below `examples/`. */
  readonly example: string;
  readonly importExample?: string;
}

/**
 * The provider's pages in the Terraform Registry, by path below `docs/`: one for the provider, and one for each resource
 * and data source, with description, example, schema and import syntax.
 *
 * @throws Error if an example is missing, or belongs to no type of the provider.
 */
export function makeRegistryPages(
  schema: DocumentedProvider,
  examples: Examples,
): ReadonlyMap<string, string> {
  const pages = new Map<string, Page>([
    [
      "index.md",
      {
        title: "Provider: postgresql",
        heading: "postgresql Provider",
        block: schema.provider.block,
        example: "provider/provider.tf",
      },
    ],
  ]);
  for (const [type, { block }] of Object.entries(schema.resource_schemas)) {
    pages.set(`resources/${shortName(type)}.md`, {
      title: `${type} Resource - postgresql`,
      heading: `${type} (Resource)`,
      block,
      example: `resources/${type}/resource.tf`,
      importExample: `resources/${type}/import.sh`,
    });
  }
  for (const [type, { block }] of Object.entries(schema.data_source_schemas)) {
    pages.set(`data-sources/${shortName(type)}.md`, {
      title: `${type} Data Source - postgresql`,
      heading: `${type} (Data Source)`,
      block,
      example: `data-sources/${type}/data-source.tf`,
    });
  }
  refuseSurplus(pages, examples);
  return new Map([...pages].map(([path, page]) => [path, render(page, examples)]));
}

function shortName(type: string): string {
  return type.replace(/^postgresql_/, "");
}

function refuseSurplus(pages: ReadonlyMap<string, Page>, examples: Examples): void {
  const used = new Set([...pages.values()].flatMap(({ example, importExample }) => [example, importExample]));
  const surplus = [...examples.keys()].filter((path) => !used.has(path)).sort();
  if (surplus.length > 0) {
    throw new Error(
      `These examples belong to no type of the provider. Remove them: ${surplus.map((path) => `examples/${path}`).join(", ")}.`,
    );
  }
}

function render(page: Page, examples: Examples): string {
  const { title, heading, block, example, importExample } = page;
  const description = block.description ?? "";
  const sections = [
    `---\npage_title: "${title}"\nsubcategory: ""\ndescription: |-\n  ${summaryOf(description)}\n---`,
    `# ${heading}`,
    description,
    `## Example Usage\n\n${fence("hcl", requireExample(examples, example))}`,
    schemaSection(block),
    ...(importExample === undefined
      ? []
      : [
          `## Import\n\nImport is supported using the following syntax:\n\n${fence("sh", requireExample(examples, importExample))}`,
        ]),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** The first paragraph, as plain text. */
function summaryOf(description: string): string {
  return (description.split("\n\n")[0] ?? "").replaceAll("`", "");
}

function requireExample(examples: Examples, path: string): string {
  const example = examples.get(path);
  if (example === undefined) {
    throw new Error(`examples/${path} does not exist. Add it: every page has an example.`);
  }
  return example;
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``;
}
