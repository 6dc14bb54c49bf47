import fc from "fast-check";
import {
  formatRelationName,
  parseRelationName,
  tablesComplaint,
} from "../../../provider/postgres/relation-name";

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

test("a name that PostgreSQL would cut off, or cannot have, is refused among others", () => {
  const long = "é".repeat(32);
  expect(tablesComplaint(["public.a", `"my.schema"."T""x"`, "b"])).toBeNull();
  expect(tablesComplaint(["public.a", `public.${long}`])).toMatch(
    /^holds an invalid name: .*is 64 bytes long/,
  );
  expect(tablesComplaint([`${long}.a`])).toMatch(/is 64 bytes long/);
  expect(tablesComplaint(["public."])).toMatch(
    /^holds an invalid name: "public\." is not a relation name: a part is empty/,
  );
  expect(tablesComplaint([""])).toMatch(/a part is empty/);
  expect(tablesComplaint(["a\0"])).toMatch(/^holds an invalid name: /);
});
