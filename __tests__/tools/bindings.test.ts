import { beyondUpstream, correctClasses, makeBindings } from "../../tools/bindings";
import type { ProviderSchema } from "../../tools/provider-schema";

const optional = { type: "string", optional: true, description: "Text, such as `a`." } as const;
const timeouts = {
  nesting_mode: "single",
  block: { attributes: { create: optional }, block_types: {} },
} as const;

const parts = {
  nesting_mode: "list",
  block: { attributes: { name: optional }, block_types: {} },
} as const;

function schemaOf(types: Readonly<Record<string, readonly string[]>>): ProviderSchema {
  const block = (type: string, names: readonly string[]) => ({
    attributes: Object.fromEntries(["id", ...names].map((name) => [name, optional])),
    block_types: type === "postgresql_invention" ? { parts, timeouts } : { timeouts },
  });
  return {
    provider: { version: 0, block: { attributes: {}, block_types: {} } },
    resource_schemas: Object.fromEntries(
      Object.entries(types).map(([type, names]) => [type, { version: 0, block: block(type, names) }]),
    ),
    data_source_schemas: {},
  };
}

const schema = schemaOf({
  postgresql_role: ["name", "password_wo"],
  postgresql_publication: ["name", "publish_via_partition_root_param"],
  postgresql_subscription: ["name", "password_wo"],
  postgresql_invention: ["name"],
});

test("each type that upstream lacks or has fewer attributes of gets a class, unless only timeouts are new", async () => {
  expect([...(await makeBindings(schema)).keys()].sort()).toEqual([
    "beyond-upstream.ts",
    "index.ts",
    "invention.ts",
    "subscription.ts",
  ]);
});

test("the list of additions has whole types, and single attributes of upstream's types", () => {
  expect(beyondUpstream(schema)).toEqual({
    resources: {
      postgresql_invention: "type",
      postgresql_publication: ["timeouts"],
      postgresql_role: ["timeouts"],
      postgresql_subscription: ["password_wo", "timeouts"],
    },
    dataSources: {},
  });
});

test("descriptions become documentation comments, without links to pages that do not exist", async () => {
  const text = (await makeBindings(schema)).get("invention.ts") ?? "";
  expect(text).toMatch(/\/\*\*\n *\* Text, such as `a`\.\n *\*\/\n *readonly name\?: string \| undefined;/);
  expect(text).not.toMatch(/registry\.terraform\.io|Terraform Registry|@link/);
});

test("every export is documented, and each @param names a parameter", async () => {
  const text = (await makeBindings(schema)).get("invention.ts") ?? "";
  expect(text).toContain("/** The arguments of `Invention`. */\nexport interface InventionConfig ");
  expect(text).not.toMatch(/(?<!\*\/\n)^export (?:class|interface) /m);
  expect(text).not.toMatch(/@param (?:provider\?|options) /);
});

test("the same schema always results in the same text", async () => {
  expect(await makeBindings(schema)).toEqual(await makeBindings(schema));
});

test("a correction that matches nothing is an error, because the generator has changed", () => {
  const classes = new Map([["role.ts", "export class Role {}\n"]]);
  expect(() => correctClasses(classes, [[/interface/g, ""]])).toThrow(
    "The generated bindings cannot be corrected: nothing in role.ts matches /interface/g.",
  );
});
