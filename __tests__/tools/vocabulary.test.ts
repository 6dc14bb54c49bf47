import { findPhrases } from "../../tools/vocabulary";

test("a phrase is reported with its line and the terms to write instead", () => {
  expect(findPhrases("// Fine.\n// The copy goes on.\n")).toEqual([
    { line: 2, phrase: "goes on", instead: "continue, resume" },
  ]);
});

test.each([
  ["a comment", "/**\n * The security group lets\n * in the subscriber.\n */"],
  ["a string", '"The security group lets " +\n  "in the subscriber."'],
  ["a paragraph", "The security group lets\nin the subscriber."],
  ["a Python comment", "# The security group lets\n# in the subscriber."],
])("a phrase across two lines of %s is found", (_, text) => {
  expect(findPhrases(text).map(({ phrase }) => phrase)).toEqual(["lets in"]);
});

test("a part of a word is not a phrase", () => {
  expect(findPhrases("handmade, retold, wholets in, madeOf")).toEqual([]);
});

test("the account nobody may be named in quotes", () => {
  expect(findPhrases('Runs as `nobody`, or as "nobody".')).toEqual([]);
  expect(findPhrases("Nobody reads it.")).toHaveLength(1);
});

test("a quotation of the style guide is not reported", () => {
  expect(findPhrases("| verbs | make, be there, let in, take, go on, end, tell |")).toEqual([]);
});
