import { sameEncoding } from "../../../../provider/resources/database/encoding";

describe("sameEncoding", () => {
  test.each([
    ["UTF8", "utf-8"],
    ["UTF8", "Unicode"],
    ["LATIN1", "ISO_8859_1"],
    ["LATIN9", "iso885915"],
    ["WIN1252", "windows-1252"],
    ["SQL_ASCII", "sqlascii"],
  ])("takes %s and %s for the same", (one, other) => {
    expect(sameEncoding(one, other)).toBe(true);
  });

  test("tells encodings apart", () => {
    expect(sameEncoding("UTF8", "LATIN1")).toBe(false);
    expect(sameEncoding("LATIN1", "LATIN10")).toBe(false);
  });
});
