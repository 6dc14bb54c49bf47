import { dataSources } from "../../provider/data-sources";
import type { Attributes, Schema } from "../../provider/framework/schema";
import { DATA_SOURCE_STEPS, RESOURCE_STEPS, type TimedStep } from "../../provider/framework/timeouts";
import { wireSchema } from "../../provider/framework/wire";
import type { Schema_Block } from "../../provider/plugin/generated/tfplugin6";
import { providerBlock } from "../../provider/provider-block";
import { resources } from "../../provider/resources";

interface Described {
  readonly name: string;
  readonly schema: Schema;
  readonly steps: readonly TimedStep[];
}

const described: readonly Described[] = [
  { name: "provider", schema: providerBlock, steps: [] },
  ...resources.map(({ typeName, schema }) => ({ name: typeName, schema, steps: RESOURCE_STEPS })),
  ...dataSources.map(({ typeName, schema }) => ({
    name: `data.${typeName}`,
    schema,
    steps: DATA_SOURCE_STEPS,
  })),
];

/** The places of a block, and of the blocks in it, that nothing is said of. */
function undescribed(place: string, block: Schema_Block | undefined): string[] {
  return [
    ...(block?.description ? [] : [place]),
    ...(block?.attributes ?? []).flatMap(({ name, description }) =>
      description ? [] : [`${place}.${name}`],
    ),
    ...(block?.blockTypes ?? []).flatMap((nested) =>
      undescribed(`${place}.${nested.typeName}`, nested.block),
    ),
  ];
}

/** The attributes with a default that their description does not tell. */
function withUntoldDefault(attributes: Attributes): string[] {
  return Object.entries(attributes)
    .filter(([, { kind, description }]) => kind === "defaulted" && !/\bdefault\b/i.test(description))
    .map(([name]) => name);
}

test.each(described)("$name: every block and every attribute has a description", (element) => {
  const { block } = wireSchema(element.schema, element.steps);
  expect(undescribed(element.name, block)).toEqual([]);
});

test.each(described)("$name: every default is told", ({ schema }) => {
  const blocks = Object.values(schema.blocks);
  expect([schema, ...blocks].flatMap(({ attributes }) => withUntoldDefault(attributes))).toEqual([]);
});

test("what replaces the object is told, from the schema itself", () => {
  const slot = resources.find(({ typeName }) => typeName === "postgresql_replication_slot");
  const attributes = slot && wireSchema(slot.schema, RESOURCE_STEPS).block?.attributes;
  const told = attributes?.filter(({ description }) =>
    description.endsWith(" Changing it replaces the object."),
  );
  expect(told?.map(({ name }) => name).sort()).toEqual([
    "database",
    "failover",
    "name",
    "plugin",
    "two_phase",
  ]);
});
