/** Functions that are printed in SQL's own syntax from PostgreSQL 14 on, and as calls before. */
const SPELLINGS: readonly (readonly [syntax: RegExp, call: RegExp])[] = [
  [/ AT TIME ZONE /, /\btimezone\(/],
  [/\bEXTRACT\(/, /\bdate_part\(/],
  [/\bSUBSTRING\(/, /"substring"\(/],
  [/\bTRIM\(/, /\b[blr]trim\(/],
  [/\bPOSITION\(/, /"position"\(/],
  [/\bOVERLAY\(/, /"overlay"\(/],
  [/ OVERLAPS /, /"overlaps"\(/],
];

/**
 * Whether two texts that PostgreSQL printed are the same definition. They can differ all the same when one of them is
 * the other after it was printed and read once more, or when the servers' versions differ.
 */
export function sameExpression(one: string, other: string): boolean {
  const [a, b] = [canonical(one), canonical(other)];
  return (
    a === b ||
    SPELLINGS.some(([syntax, call]) => (syntax.test(a) && call.test(b)) || (syntax.test(b) && call.test(a)))
  );
}

const STRING = String.raw`E?'(?:[^'\\]|''|\\.)*'`;
const CAST_ARRAY = new RegExp(String.raw`\((ARRAY\[(?:${STRING}|[^\]'])*\])\)::text\[\]`, "g");
const CAST_ELEMENT = new RegExp(String.raw`\((${STRING}::character varying)\)::text`, "g");

function canonical(text: string): string {
  return (
    text
      // `varchar_column IN ('a', 'b')` casts the array to text; read again, each of its elements.
      .replace(CAST_ARRAY, "$1")
      .replace(CAST_ELEMENT, "$1")
      // Before PostgreSQL 12, more digits are printed than are needed.
      .replace(
        /'([-\d.e+]+)'::double precision/g,
        (_, digits: string) => `'${Number(digits)}'::double precision`,
      )
      .replace(/'([-\d.e+]+)'::real/g, (_, digits: string) => `'${Math.fround(Number(digits))}'::real`)
      // Older servers print bit strings with a B in front.
      .replace(/\bB'([01]*)'/g, "'$1'")
      // Whether the rows that were there before were checked says nothing of those to come.
      .replace(/ NOT VALID$/, "")
  );
}
