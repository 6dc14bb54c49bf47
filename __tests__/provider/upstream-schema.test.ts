import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Schema } from "../../provider/framework/schema";
import { dataSources } from "../../provider/data-sources";
import { providerBlock } from "../../provider/provider-block";
import { resources } from "../../provider/resources";

/** The published bindings of cyrilgdn/postgresql 1.26: generated from its schema, they say what it accepts. */
const upstream = dirname(require.resolve("@cdktf/provider-postgresql/package.json"));

/** The folders of upstream's types that this provider has, by their Terraform names. */
const FOLDERS: Readonly<Record<string, string>> = {
  postgresql_database: "database",
  postgresql_default_privileges: "default-privileges",
  postgresql_extension: "extension",
  postgresql_function: "function-resource",
  postgresql_grant: "grant",
  postgresql_grant_role: "grant-role",
  postgresql_physical_replication_slot: "physical-replication-slot",
  postgresql_publication: "publication",
  postgresql_replication_slot: "replication-slot",
  postgresql_role: "role",
  postgresql_schema: "schema",
  postgresql_server: "server",
  postgresql_subscription: "subscription",
  postgresql_user_mapping: "user-mapping",
  "data.postgresql_schemas": "data-postgresql-schemas",
  "data.postgresql_sequences": "data-postgresql-sequences",
  "data.postgresql_tables": "data-postgresql-tables",
  provider: "provider",
};

const ours: Readonly<Record<string, Schema>> = {
  ...Object.fromEntries(resources.map(({ typeName, schema }) => [typeName, schema])),
  ...Object.fromEntries(dataSources.map(({ typeName, schema }) => [`data.${typeName}`, schema])),
  provider: providerBlock,
};

/** Upstream's attribute types, in Terraform's notation. */
const TYPES: Readonly<Record<string, (nesting: string) => string>> = {
  string: () => '"string"',
  boolean: () => '"bool"',
  number: () => '"number"',
  stringMap: () => '["map","string"]',
  stringList: (nesting) => `["${nesting}","string"]`,
};

interface UpstreamAttribute {
  readonly name: string;
  readonly isBlock: boolean;
  readonly nesting: string;
  readonly type: string;
  readonly required: boolean;
}

function upstreamAttributes(folder: string): UpstreamAttribute[] {
  const code = readFileSync(join(upstream, "lib", folder, "index.js"), "utf8");
  const typings = readFileSync(join(upstream, "lib", folder, "index.d.ts"), "utf8");
  const synthesis = code.slice(code.lastIndexOf("synthesizeHclAttributes"));
  const pattern =
    /^ {12}(\w+): \{\s+value: [^]*?isBlock: (true|false),\s+type: "(\w+)",\s+storageClassType: "(\w+)"/gm;
  return [...synthesis.matchAll(pattern)].map(([, name = "", isBlock, nesting = "", type = ""]) => {
    const property = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return {
      name,
      isBlock: isBlock === "true",
      nesting,
      type,
      required: typings.includes(`readonly ${property}: `),
    };
  });
}

describe.each(Object.entries(FOLDERS))("%s", (typeName, folder) => {
  const schema = ours[typeName];
  // `alias` is Terraform's own.
  const attributes = upstreamAttributes(folder).filter(({ name }) => name !== "alias");

  test("accepts every attribute and block that upstream has, in the same type", () => {
    const found = attributes.map(({ name, isBlock }) => {
      if (isBlock) {
        return { name, is: `${schema?.blocks[name]?.nesting} block` };
      }
      return { name, is: JSON.stringify(schema?.attributes[name]?.type.cty) };
    });
    const expected = attributes.map(({ name, isBlock, nesting, type }) => ({
      name,
      is: isBlock ? `${nesting} block` : TYPES[type]?.(nesting),
    }));
    expect(expected.length).toBeGreaterThan(1);
    expect(found).toEqual(expected);
  });

  test("requires nothing that upstream does not", () => {
    const required = Object.entries(schema?.attributes ?? {}).filter(([, { kind }]) => kind === "required");
    const requiredUpstream = attributes
      .filter(({ required: isRequired }) => isRequired)
      .map(({ name }) => name);
    expect(requiredUpstream).toEqual(expect.arrayContaining(required.map(([name]) => name)));
  });
});

test("knows every folder of upstream's bindings, so that none is left out by oversight", () => {
  const folders = readdirSync(join(upstream, "lib"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const leftOut = ["security-label"];
  expect(folders.filter((folder) => !leftOut.includes(folder)).sort()).toEqual(Object.values(FOLDERS).sort());
});
