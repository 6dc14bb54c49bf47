import { decodeJson } from "../../../provider/plugin/cty/json";

describe("the JSON form of Terraform values", () => {
  test("is read by the type: strange attributes are dropped, missing ones are null, text is converted", () => {
    const type = [
      "object",
      { name: "string", port: "number", on: "bool", tables: ["set", "string"], more: "string" },
    ] as const;
    expect(decodeJson({ name: "x", port: "5432", on: "true", tables: ["a"], gone: 1 }, type)).toEqual({
      name: "x",
      port: 5432,
      on: true,
      tables: ["a"],
      more: null,
    });
  });

  test("says where the state does not fit", () => {
    expect(() => decodeJson({ tables: "a" }, ["object", { tables: ["set", "string"] }])).toThrow(
      'tables is not of type ["set","string"].',
    );
  });
});
