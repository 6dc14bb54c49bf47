import { type DocumentedBlock, schemaSection } from "./schema-section";

/** As much of a provider's schema as its documentation needs. */
export interface DocumentedProvider {
  readonly provider: DocumentedElement;
  readonly resource_schemas: Readonly<Record<string, DocumentedElement>>;
  readonly data_source_schemas: Readonly<Record<string, DocumentedElement>>;
}

interface DocumentedElement {
  readonly block: DocumentedBlock;
}

/** The files below `examples/`, by their path in there. */
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
 * The pages that the Terraform Registry shows of the provider, by their path below `docs/`: one for the provider, and one
 * for each resource and data source, with its description, its example, its schema and how it is imported.
 *
 * @throws Error when an example is missing, or belongs to nothing that the provider has.
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
      `These examples are of nothing that the provider has; remove them: ${surplus.map((path) => `examples/${path}`).join(", ")}.`,
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
    throw new Error(`There is no examples/${path}: every page has an example.`);
  }
  return example;
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``;
}
