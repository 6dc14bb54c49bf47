import { type AttributePath, Diagnostics } from "../../../provider/framework/diagnostics";
import { defineResource, type Resource, type ResourceDefinition } from "../../../provider/framework/resource";
import {
  computed,
  defaulted,
  optional,
  optionalComputed,
  required,
  type Schema,
  writeOnly,
} from "../../../provider/framework/schema";
import { bool, listOf, mapOf, number, setOf, string } from "../../../provider/framework/value-type";
import { validateConfig, type Values } from "../../../provider/framework/validate";
import { unknown } from "../../../provider/plugin/cty/value";

const description = "";

const schema = {
  description,
  attributes: {
    name: required(string, { description, validate: (name) => (name === "" ? "is empty." : null) }),
    place: optionalComputed(string, { description, requiresReplace: true }),
    size: defaulted(number, 1, { description }),
    words: optional(setOf(string), { description, conflictsWith: ["all"] }),
    all: optional(bool, { description }),
    sizes: optional(mapOf(number), { description }),
    note: optional(string, { description, emptyIsUnset: true, requiresReplace: true }),
    limit: optional(number, { description, emptyIsUnset: true }),
    order: optionalComputed(listOf(string), {
      description,
      equivalent: (one, other) => [...one].sort().join() === [...other].sort().join(),
    }),
    secret: writeOnly(string, { description, requiredWith: ["secret_version"] }),
    secret_version: optional(string, { description }),
    made: computed(string, { description }),
  },
  blocks: {
    certificate: {
      nesting: "list",
      maxItems: 1,
      description,
      attributes: {
        file: required(string, { description }),
        inline: defaulted(bool, false, { description }),
      },
    },
    rule: {
      nesting: "set",
      requiresReplace: true,
      description,
      attributes: {
        role: optional(string, { description, validate: (role) => (role === "" ? "is empty." : null) }),
        columns: optional(listOf(string), { description, conflictsWith: ["filter"] }),
        filter: optional(string, { description, requiredWith: ["role"] }),
      },
    },
  },
} satisfies Schema;

const thingDefinition: ResourceDefinition<typeof schema, null> = {
  typeName: "test_thing",
  displayName: "thing",
  schema,
  identify: ({ name, place }) => (name !== undefined && place ? `${place}.${name}` : undefined),
  describe: ({ name }) => `thing ${name}`,
  create: ({ planned }) => Promise.resolve({ ...planned, place: "here", order: ["b", "a"], made: "yes" }),
  read: ({ state }) => Promise.resolve({ ...state, order: ["a", "b"], words: [] }),
  update: () => Promise.reject(new Error("not here")),
  delete: () => Promise.resolve(),
  importState: (name) => ({ name }),
};

const thing = defineResource(thingDefinition);

/** A configuration with null for all that is not given. */
const config = (values: Values): Values => ({
  ...Object.fromEntries(
    [...Object.keys(thing.schema.attributes), ...Object.keys(thing.schema.blocks)].map((name) => [
      name,
      null,
    ]),
  ),
  certificate: [],
  rule: [],
  ...values,
});

const plan = (prior: Values | null, values: Values, resource: Resource<null> = thing) =>
  resource.plan({
    provider: null,
    signal: new AbortController().signal,
    diagnostics: new Diagnostics(),
    prior,
    config: config(values),
    isManaged: () => false,
    wasConfigured: () => false,
  });

const created: Values = {
  ...config({ name: "n", place: "here", size: 1, order: ["a", "b"], made: "yes" }),
  id: "here.n",
};

describe("planning", () => {
  test("takes what is configured, then defaults, and leaves the rest to the provider", async () => {
    const { planned, replace } = await plan(null, { name: "n", secret: "s", secret_version: "1" });
    expect(planned).toEqual({
      ...config({ name: "n", size: 1, secret_version: "1" }),
      place: unknown,
      order: unknown,
      made: unknown,
      id: unknown,
    });
    expect(replace).toEqual([]);
  });

  test("keeps what the provider had found where nothing is configured", async () => {
    expect((await plan(created, { name: "n" })).planned).toEqual(created);
  });

  test("keeps the spelling that is there when another means the same", async () => {
    expect((await plan(created, { name: "n", order: ["b", "a"] })).planned["order"]).toEqual(["a", "b"]);
    expect((await plan(created, { name: "n", order: ["b"] })).planned["order"]).toEqual(["b"]);
  });

  test("makes another object only for attributes that need one, known or not", async () => {
    expect((await plan(created, { name: "m" })).replace).toEqual([]);
    expect((await plan(created, { name: "n", place: "there" })).replace).toEqual(["place"]);
    expect((await plan(created, { name: "n", place: unknown })).replace).toEqual(["place"]);
    expect((await plan(created, { name: "m", place: "here" })).planned["id"]).toBe("here.m");
  });

  test("shows write-only values of the configuration to modifyPlan, and plans null for them", async () => {
    const seen: unknown[] = [];
    const watching = defineResource<typeof schema, null>({
      ...thingDefinition,
      modifyPlan: ({ config: { secret } }) => void seen.push(secret),
    });
    const { planned } = await plan(null, { name: "n", secret: "s", secret_version: "1" }, watching);
    await plan(null, { name: "n", secret: unknown, secret_version: "1" }, watching);
    await plan(null, { name: "n" }, watching);
    expect(seen).toEqual(["s", undefined, null]);
    expect(planned["secret"]).toBeNull();
  });

  test("keeps an empty value where it means the same as none, and replaces nothing for it", async () => {
    const noted = (note: string | null, limit: number | null): Values => ({ ...created, note, limit });
    expect((await plan(noted("", 0), { name: "n" })).planned).toMatchObject({ note: "", limit: 0 });
    expect((await plan(noted("", 0), { name: "n", note: "", limit: 0 })).planned).toEqual(noted("", 0));
    expect(await plan(noted(null, null), { name: "n", note: "", limit: 0 })).toEqual({
      planned: noted("", 0),
      replace: [],
    });
    expect(await plan(noted("x", 1), { name: "n" })).toEqual({
      planned: noted(null, null),
      replace: ["note"],
    });
  });

  test("makes another object for a block that needs one, in whatever order a set is written", async () => {
    const rule = (role: string): Values => ({ role, columns: null, filter: null });
    const prior: Values = { ...created, rule: [rule("a"), rule("b")] };
    expect((await plan(prior, { name: "n", rule: [rule("b"), rule("a")] })).replace).toEqual([]);
    expect((await plan(prior, { name: "n", rule: [rule("a")] })).replace).toEqual(["rule"]);
    const demanding = defineResource<typeof schema, null>({
      ...thingDefinition,
      modifyPlan: (operation) => operation.requireReplace("certificate"),
    });
    expect((await plan(created, { name: "n" }, demanding)).replace).toEqual(["certificate"]);
  });

  test("gives items of blocks their defaults", async () => {
    const { planned } = await plan(null, { name: "n", certificate: [{ file: "f", inline: null }] });
    expect(planned["certificate"]).toEqual([{ file: "f", inline: false }]);
  });
});

describe("the state that is kept", () => {
  const operation = { provider: null, signal: new AbortController().signal, warn: () => undefined };

  test("has the spelling of the plan, the ID, and no write-only value", async () => {
    const { planned } = await plan(null, { name: "n", order: ["a", "b"], secret: "s", secret_version: "1" });
    const state = await thing.create(operation, {
      planned,
      config: config({ name: "n", secret: "s" }),
      saveState: () => undefined,
    });
    expect(state).toMatchObject({ id: "here.n", order: ["a", "b"], made: "yes", secret: null });
  });

  test("writes nothing as it was written before, and fills in defaults after an import", async () => {
    expect(await thing.read(operation, created)).toEqual(created);
    expect(await thing.read(operation, { ...created, words: [] })).toMatchObject({ words: [] });
    expect(await thing.read(operation, { ...created, size: null })).toMatchObject({ size: 1 });
    expect(await thing.read(operation, { ...created, note: "", limit: 0 })).toMatchObject({ note: "" });
    // Right after an import.
    expect(await thing.read(operation, { ...created, id: null })).toMatchObject({ note: "", limit: null });
  });
});

describe("validation", () => {
  const stepText = (step: AttributePath[number]): string =>
    typeof step === "object" ? JSON.stringify([step.key]) : String(step);

  const complaints = (values: Values, writeOnlyAttributes = true): string[] => {
    const diagnostics = new Diagnostics();
    validateConfig(thing.schema, config(values), { writeOnlyAttributes }, diagnostics);
    return diagnostics.all.map(({ path, detail }) => `${path?.map(stepText).join(".")}: ${detail}`);
  };

  test("accepts what is right, and what is not known yet", () => {
    expect(complaints({ name: "n", secret: "s", secret_version: unknown })).toEqual([]);
    expect(complaints({ name: unknown, words: unknown, all: true })).toEqual([]);
  });

  test("takes false and an empty text for an attribute that is not set, when others must not be set beside it", () => {
    expect(complaints({ name: "n", words: ["w"], all: false })).toEqual([]);
    const rule = { role: null, columns: ["c"], filter: "" };
    expect(complaints({ name: "n", rule: [{ ...rule, role: "r" }] })).toEqual([]);
  });

  test("names the attribute and what is wrong with it", () => {
    expect(complaints({ name: "" })).toEqual(["name: name is empty."]);
    expect(complaints({ name: "n", words: [], all: true })).toEqual([
      "words: words and all cannot be set together.",
    ]);
    expect(complaints({ name: "n", secret: "s" })).toEqual([
      "secret: secret requires secret_version to be set as well.",
    ]);
    expect(complaints({ name: "n", id: "x" })).toEqual([
      "id: id is set by the provider and cannot be configured.",
    ]);
    expect(complaints({ name: "n", size: 2n ** 60n })).toEqual([
      "size: size must be between -2^53 and 2^53 and have at most 15 digits.",
    ]);
    expect(complaints({ name: "n", certificate: [{ file: "a" }, { file: "b" }] })).toEqual([
      "certificate: The configuration has 2 certificate blocks; the maximum is 1.",
    ]);
  });

  test("refuses null elements of lists, sets and maps, wherever they are", () => {
    expect(complaints({ name: "n", words: ["a", null] })).toEqual([
      "words: words has a null element. Remove the element, or set it to a value.",
    ]);
    expect(complaints({ name: "n", order: ["a", null] })).toEqual([
      "order.1: order has a null element at index 1. Remove the element, or set it to a value.",
    ]);
    expect(complaints({ name: "n", sizes: { a: 1, b: null } })).toEqual([
      'sizes.["b"]: sizes has a null element at key "b". Remove the element, or set it to a value.',
    ]);
    // Terraform asks again as soon as the rest is known.
    expect(complaints({ name: "n", order: [null, unknown] })).toEqual([
      "order.0: order has a null element at index 0. Remove the element, or set it to a value.",
    ]);
    expect(complaints({ name: "n", rule: [{ role: null, columns: ["a", null], filter: null }] })).toEqual([
      "rule.columns.1: rule.columns has a null element at index 1. Remove the element, or set it to a value.",
    ]);
  });

  test("checks every item of a block, and names the block", () => {
    const rule = { role: null, columns: null, filter: null };
    expect(complaints({ name: "n", rule: [rule, { ...rule, role: "" }] })).toEqual([
      "rule.role: rule.role is empty.",
    ]);
    expect(complaints({ name: "n", rule: [{ role: "r", columns: ["c"], filter: "f" }] })).toEqual([
      "rule.columns: rule.columns and rule.filter cannot be set together.",
    ]);
    expect(complaints({ name: "n", rule: [{ ...rule, filter: "f" }] })).toEqual([
      "rule.filter: rule.filter requires rule.role to be set as well.",
    ]);
    expect(complaints({ name: "n", rule: [{ role: unknown, columns: ["c"], filter: unknown }] })).toEqual([]);
  });

  test("refuses write-only attributes where Terraform would keep them", () => {
    expect(complaints({ name: "n", secret: "s", secret_version: "1" }, false)).toEqual([
      "secret: secret is a write-only attribute, and this version of Terraform would store its value in the state.",
    ]);
  });
});
