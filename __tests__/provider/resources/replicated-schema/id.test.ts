import {
  parseReplicatedSchemaImport,
  replicatedSchemaId,
} from "../../../../provider/resources/replicated-schema/id";

test("an ID has the publications sorted, and parts quoted that would be mistaken", () => {
  expect(replicatedSchemaId("app", ["q", "p"])).toBe("app.p,q");
  expect(replicatedSchemaId("my.app", ['a"b', "c,d", "😀 x"])).toBe('"my.app"."a""b","c,d",😀 x');
});

test("an import ID is a JSON object; the database may be left out", () => {
  expect(parseReplicatedSchemaImport('{"conninfo":"host=x","publications":["p"]}')).toEqual({
    database: null,
    conninfo: "host=x",
    publications: ["p"],
  });
  expect(
    parseReplicatedSchemaImport('{"database":"app","conninfo":"","publications":["p","q"]}'),
  ).toMatchObject({ database: "app" });
});

test.each([
  "app.p",
  "[]",
  "null",
  '{"publications":["p"]}',
  '{"conninfo":"x"}',
  '{"conninfo":"x","publications":[]}',
])("%s is none", (importId) => {
  expect(() => parseReplicatedSchemaImport(importId)).toThrow('"publications":["p"]');
});
