import fc from "fast-check";
import { formatRelationName, parseRelationName } from "../../../provider/postgres/relation-name";

test.each([
  ["t", { schema: null, name: "t" }],
  ["public.Foo", { schema: "public", name: "Foo" }],
  ['"my.schema"."T""x"', { schema: "my.schema", name: 'T"x' }],
  ['public."a.b"', { schema: "public", name: "a.b" }],
  ["my schema.été 🐘", { schema: "my schema", name: "été 🐘" }],
])("%s is read to the letter", (text, expected) => {
  expect(parseRelationName(text)).toEqual(expected);
});

test.each([
  ["", "a part is empty"],
  ["public.", "a part is empty"],
  [".t", "a part is empty"],
  ['public.""', "a part is empty"],
  ["a.b.c", "it has 3 parts"],
  ['"a', "a double quote is not closed"],
  ['a"b', "inside a part that is not quoted"],
  ['"a"b', "a double quote is not closed, or stands inside"],
])("%p is refused, saying what was found", (text, found) => {
  expect(() => parseRelationName(text)).toThrow(found);
});

test("only a part that needs it is quoted", () => {
  expect(formatRelationName({ schema: "public", name: "My Table" })).toBe("public.My Table");
  expect(formatRelationName({ schema: "a.b", name: 'c"' })).toBe('"a.b"."c"""');
});

test("every name survives being written and read", () => {
  const part = fc.string({ unit: "binary", minLength: 1 });
  fc.assert(
    fc.property(fc.option(part), part, (schema, name) => {
      expect(parseRelationName(formatRelationName({ schema, name }))).toEqual({ schema, name });
    }),
  );
});

test("names made of the special characters survive too", () => {
  const part = fc.string({ unit: fc.constantFrom(".", '"', "a", "\n"), minLength: 1 });
  fc.assert(
    fc.property(fc.option(part), part, (schema, name) => {
      expect(parseRelationName(formatRelationName({ schema, name }))).toEqual({ schema, name });
    }),
  );
});
