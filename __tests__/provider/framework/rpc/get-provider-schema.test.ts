import { serve, typeName } from "./thing";

const capabilities = { planDestroy: false, getProviderSchemaOptional: true };

describe("GetProviderSchema", () => {
  test("returns the schema of every type, with its id and its time limits", async () => {
    const response = await serve().calls.getProviderSchema({});
    const block = response.resourceSchemas[typeName]?.block;
    expect(block?.attributes.map(({ name }) => name)).toEqual(["name", "size", "id"]);
    expect(block?.blockTypes.map(({ typeName: name }) => name)).toEqual(["timeouts"]);
    const limits = response.dataSourceSchemas[typeName]?.block?.blockTypes[0]?.block?.attributes;
    expect(limits?.map(({ name }) => name)).toEqual(["read"]);
    expect(response.provider?.block?.blockTypes).toEqual([]);
    expect(response.serverCapabilities).toEqual(capabilities);
  });
});

describe("GetMetadata", () => {
  test("returns the names of the types", async () => {
    expect(await serve().calls.getMetadata({})).toEqual({
      serverCapabilities: capabilities,
      diagnostics: [],
      resources: [{ typeName }],
      dataSources: [{ typeName }],
    });
  });
});
