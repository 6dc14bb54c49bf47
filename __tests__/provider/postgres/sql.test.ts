import { id, keyword, list, lit, sql, textArray, verbatim } from "../../../provider/postgres/sql";

describe("sql", () => {
  test("joins text and pieces", () => {
    const statement = sql`ALTER PUBLICATION ${id("My-Pub")} OWNER TO ${id("o'neil")}`;
    expect(statement.text).toBe(`ALTER PUBLICATION "My-Pub" OWNER TO "o'neil"`);
  });

  test("nests", () => {
    const condition = sql`a = ${lit(1)}`;
    expect(sql`SELECT 1 WHERE ${condition}`.text).toBe("SELECT 1 WHERE a = 1");
  });

  test("refuses a plain string, to the compiler and at run time", () => {
    // @ts-expect-error A string is not Sql.
    expect(() => sql`DROP TABLE ${"t; DROP TABLE u"}`).toThrow("string where only Sql is allowed");
  });

  test("refuses an object that merely looks like Sql", () => {
    // @ts-expect-error Sql has a private constructor.
    expect(() => sql`DROP TABLE ${{ text: "t; DROP TABLE u" }}`).toThrow(TypeError);
  });
});

describe("id", () => {
  test("quotes and doubles double quotes", () => {
    expect(id('a"b').text).toBe('"a""b"');
  });

  test("joins parts with dots", () => {
    expect(id("public", "My.Table").text).toBe('"public"."My.Table"');
  });

  test.each([
    ["an empty name", ""],
    ["a NUL character", "a\0b"],
    ["half a surrogate pair", "a\uD83D"],
  ])("refuses %s", (_, name) => {
    expect(() => id(name)).toThrow(RangeError);
  });

  test("refuses a name that the server would cut, counting bytes", () => {
    expect(id("x".repeat(63)).text).toHaveLength(65);
    expect(() => id("x".repeat(64))).toThrow("64 bytes long; PostgreSQL keeps only 63");
    expect(() => id("é".repeat(32))).toThrow("64 bytes long");
  });
});

describe("lit", () => {
  test.each([
    ["it's", "'it''s'"],
    ["back\\slash'", " E'back\\\\slash'''"],
    [7, "7"],
    [2n ** 70n, "1180591620717411303424"],
    [true, "TRUE"],
    [null, "NULL"],
  ])("writes %p as %s", (value, text) => {
    expect(lit(value).text).toBe(text);
  });

  test("keeps a negative number from making a comment", () => {
    expect(sql`SELECT 1 -${lit(-5)}`.text).toBe("SELECT 1 - -5");
  });

  test.each([["a\0b"], ["\uDE00"], [NaN], [Infinity]])("refuses %p", (value) => {
    expect(() => lit(value)).toThrow(RangeError);
  });
});

test("list joins with commas, or with what is asked for", () => {
  const items = [id("a"), id("b")];
  expect(list(items).text).toBe('"a", "b"');
  expect(list(items, " AND ").text).toBe('"a" AND "b"');
});

test("keyword takes upper-case words only", () => {
  expect(keyword("ON DELETE CASCADE").text).toBe("ON DELETE CASCADE");
  expect(() => keyword("CASCADE; DROP")).toThrow(RangeError);
  expect(() => keyword("cascade")).toThrow(RangeError);
});

test("textArray is typed, so that an empty one works too", () => {
  expect(textArray([]).text).toBe("ARRAY[]::text[]");
  expect(textArray(["a", "b'"]).text).toBe("ARRAY['a', 'b''']::text[]");
});

test("verbatim takes the text as it is, but no NUL", () => {
  expect(verbatim("(a > 5)").text).toBe("(a > 5)");
  expect(() => verbatim("a\0")).toThrow(RangeError);
});
