import { type DocumentedProvider, makeRegistryPages } from "../../tools/registry-pages";

const attribute = { type: "string", description: "Text, such as `a`." };
const element: DocumentedProvider["provider"] = {
  block: {
    description: "A `thing`.\n\nMore of it.",
    attributes: {
      id: { ...attribute, optional: true },
      name: { ...attribute, required: true },
      password: { ...attribute, optional: true, sensitive: true, write_only: true },
      old: { ...attribute, optional: true, deprecated: true },
      names: { type: ["set", "string"], description: "Names.", optional: true },
      parts: {
        type: ["list", ["object", { big: "bool", label: "string" }]],
        description: "Parts.",
      },
    },
    block_types: {
      limits: {
        nesting_mode: "list",
        max_items: 1,
        block: {
          description: "Limits.",
          attributes: { most: { type: "number", description: "The most.", required: true } },
        },
      },
    },
  },
};
const empty = { block: {} };

const schema: DocumentedProvider = {
  provider: empty,
  resource_schemas: { postgresql_thing: element },
  data_source_schemas: { postgresql_things: empty },
};

const examples = new Map([
  ["provider/provider.tf", 'provider "postgresql" {}\n'],
  ["resources/postgresql_thing/resource.tf", 'resource "postgresql_thing" "t" {}\n'],
  ["resources/postgresql_thing/import.sh", "terraform import postgresql_thing.t name\n"],
  ["data-sources/postgresql_things/data-source.tf", 'data "postgresql_things" "all" {}\n'],
]);

function pageOf(path: string): string {
  const page = makeRegistryPages(schema, examples).get(path);
  if (page === undefined) {
    throw new Error(`${path} does not exist.`);
  }
  return page;
}

test("the provider, each resource and each data source have a page, by the short name", () => {
  expect([...makeRegistryPages(schema, examples).keys()]).toEqual([
    "index.md",
    "resources/thing.md",
    "data-sources/things.md",
  ]);
});

test("a page begins with the Registry's front matter, its description as one line of plain text", () => {
  expect(pageOf("resources/thing.md")).toMatch(
    /^---\npage_title: "postgresql_thing Resource - postgresql"\nsubcategory: ""\ndescription: \|-\n {2}A thing\.\n---\n/,
  );
});

test("the sections of a page are description, example, schema and import, in this order", () => {
  const headings = pageOf("resources/thing.md").match(/^##? .*$/gm);
  expect(headings).toEqual(["# postgresql_thing (Resource)", "## Example Usage", "## Schema", "## Import"]);
  expect(pageOf("resources/thing.md")).toContain("A `thing`.\n\nMore of it.\n\n## Example");
  expect(pageOf("resources/thing.md")).toContain('```hcl\nresource "postgresql_thing" "t" {}\n```');
  expect(pageOf("resources/thing.md")).toContain("```sh\nterraform import postgresql_thing.t name\n```");
  expect(pageOf("data-sources/things.md")).not.toContain("## Import");
});

test("the schema shows types and which attributes are sensitive, write-only, deprecated or read-only, such as the ID", () => {
  const [, section] = pageOf("resources/thing.md").split("## Schema\n\n");
  expect(section).toBe(`### Required

- \`name\` (String) Text, such as \`a\`.

### Optional

- \`limits\` (Block List, Max: 1) Limits. (see [below for nested schema](#nestedblock--limits))
- \`names\` (Set of String) Names.
- \`old\` (String, Deprecated) Text, such as \`a\`.
- \`password\` (String, Sensitive, [Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)) Text, such as \`a\`.

### Read-Only

- \`id\` (String) Text, such as \`a\`.
- \`parts\` (List of Object) Parts. (see [below for nested schema](#nestedatt--parts))

<a id="nestedblock--limits"></a>

### Nested Schema for \`limits\`

Required:

- \`most\` (Number) The most.

<a id="nestedatt--parts"></a>

### Nested Schema for \`parts\`

Read-Only:

- \`big\` (Boolean)
- \`label\` (String)

## Import

Import is supported using the following syntax:

\`\`\`sh
terraform import postgresql_thing.t name
\`\`\`
`);
});

test.each([...examples.keys()])("a missing examples/%s is an error", (path) => {
  const others = new Map([...examples].filter(([name]) => name !== path));
  expect(() => makeRegistryPages(schema, others)).toThrow(`examples/${path} does not exist`);
});

test("an example of an unknown type is an error", () => {
  const surplus = new Map([...examples, ["resources/postgresql_gone/resource.tf", ""]]);
  expect(() => makeRegistryPages(schema, surplus)).toThrow("examples/resources/postgresql_gone/resource.tf");
});
