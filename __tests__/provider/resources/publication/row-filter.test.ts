import fc from "fast-check";
import { filterClause, filterComplaint } from "../../../../provider/resources/publication/row-filter";

test.each([
  "id > 100",
  "(a = 1) AND (b IN (1, 2))",
  "name = 'it''s (fine; -- really $1)'",
  `"odd ""column"" ;(" IS NOT NULL`,
  "name LIKE 'a\\_b'",
  "path = E'c:\\\\temp'",
  "a - -1 > 0",
  "tags @> '{a}'::text[]",
  "name = '😀'",
])("the filter %j is accepted and sent as it is", (filter) => {
  expect(filterComplaint(filter)).toBeNull();
  expect(filterClause(filter).text).toBe(`WHERE (${filter})`);
});

test.each<[string, RegExp]>([
  ["", /is empty/],
  [" \n", /is empty/],
  ["true); DROP TABLE orders; --", /closes a parenthesis/],
  ["true), TABLE secret WHERE (true", /closes a parenthesis/],
  ["(true", /opens a parenthesis/],
  ["true; DROP TABLE orders", /semicolon/],
  ["true -- )", /comment/],
  ["true /* ) */", /comment/],
  ["a = $$x$$", /dollar sign/],
  ["a = 'x", /quote that is not closed/],
  ['"a = 1', /quote that is not closed/],
  // One string, or a string and an end of the clause: this depends on standard_conforming_strings.
  ["a = 'x\\' OR b = ') , TABLE secret --'", /backslash before a quote/],
  ["a = E'x\\'y'", /backslash before a quote/],
  ["a = 'x\0'", /^$/],
])("the filter %j is refused", (filter, reason) => {
  if (reason.source === "^$") {
    expect(() => filterClause(filter)).toThrow(/NUL/);
    return;
  }
  expect(filterComplaint(filter)).toMatch(reason);
  expect(() => filterClause(filter)).toThrow(RangeError);
});

test("whatever is accepted ends its strings and parentheses under both settings of standard_conforming_strings", () => {
  const characters = fc.constantFrom("(", ")", "'", '"', "\\", ";", "$", "-", "/", "*", "E", "a", " ", "\n");
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 20 }), (parts) => {
      const filter = parts.join("");
      if (filterComplaint(filter) !== null) {
        return;
      }
      for (const backslashEscapes of [false, true]) {
        expect(endsOutside(filter, backslashEscapes)).toBe(true);
      }
    }),
    { numRuns: 20_000 },
  );
});

/** A reader of SQL, character by character: whether it is outside of all quotes and parentheses at the end, and never left them. */
function endsOutside(text: string, backslashEscapes: boolean): boolean {
  let quote = "";
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? "";
    const escapes = quote === "'" && (backslashEscapes || /E'[^']*$/.test(text.slice(0, index)));
    if (quote !== "" && character === "\\" && escapes) {
      index += 1;
    } else if (quote !== "" && character === quote && text[index + 1] === quote) {
      index += 1;
    } else if (character === quote) {
      quote = "";
    } else if (quote !== "") {
      continue;
    } else if (character === "'" || character === '"') {
      quote = character;
    } else if (character === "(") {
      depth += 1;
    } else if (character === ")" && --depth < 0) {
      return false;
    }
  }
  return quote === "" && depth === 0;
}
