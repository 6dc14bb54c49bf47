import { sameExpression } from "../../../../provider/postgres/table-definitions/expression";

test.each([
  [
    "a list of values for a varchar column, printed and read once more",
    "CHECK (((status)::text = ANY ((ARRAY['a'::character varying, 'it''s ]'::character varying])::text[])))",
    "CHECK (((status)::text = ANY (ARRAY[('a'::character varying)::text, ('it''s ]'::character varying)::text])))",
  ],
  [
    "a list with a backslash in it",
    String.raw`((a)::text <> ALL ((ARRAY[E'\\'''::character varying])::text[]))`,
    String.raw`((a)::text <> ALL (ARRAY[(E'\\'''::character varying)::text]))`,
  ],
  ["a double as 11 and 12 print it", "'0.100000000000000006'::double precision", "'0.1'::double precision"],
  ["a real as 11 and 12 print it", "(r > '0.100000001'::real)", "(r > '0.1'::real)"],
  ["not a number", "'NaN'::double precision", "'NaN'::double precision"],
  ["a bit string of an old server", `B'101'::"bit"`, `'101'::"bit"`],
  ["a constraint that was validated since", "CHECK ((a > 0)) NOT VALID", "CHECK ((a > 0))"],
  ["AT TIME ZONE before 14", "timezone('utc'::text, now())", "(now() AT TIME ZONE 'utc'::text)"],
  ["EXTRACT before 14", "(date_part('year'::text, d) > 1)", "(EXTRACT(year FROM d) > 1)"],
  ["SUBSTRING before 14", `"substring"((a)::text, 1, 2)`, "SUBSTRING(a FROM 1 FOR 2)"],
  ["TRIM before 14", "(btrim(a) <> ''::text)", "(TRIM(BOTH FROM a) <> ''::text)"],
])("%s is the same", (_, one, other) => {
  expect(sameExpression(one, other)).toBe(true);
  expect(sameExpression(other, one)).toBe(true);
});

test.each([
  ["another value", "'a'::text", "'b'::text"],
  [
    "another value in a list",
    "ARRAY[('a'::character varying)::text]",
    "(ARRAY['b'::character varying])::text[]",
  ],
  ["another number", "'0.1'::double precision", "'0.10000000000000002'::double precision"],
  ["another bracket", "((a OR b) AND c)", "(a OR (b AND c))"],
  ["another function", "(now() AT TIME ZONE 'utc'::text)", "now()"],
])("%s is not", (_, one, other) => {
  expect(sameExpression(one, other)).toBe(false);
});
