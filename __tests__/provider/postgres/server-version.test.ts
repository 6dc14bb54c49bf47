import { parseExpectedVersion, ServerVersion } from "../../../provider/postgres/server-version";

test.each([
  [180004, "18.4"],
  [100023, "10.23"],
  [90624, "9.6.24"],
])("%d is PostgreSQL %s", (num, text) => {
  expect(String(new ServerVersion(num))).toBe(text);
});

test("atLeast compares the major version, then the minor", () => {
  const version = new ServerVersion(150004);
  expect(version.atLeast(14)).toBe(true);
  expect(version.atLeast(15)).toBe(true);
  expect(version.atLeast(15, 4)).toBe(true);
  expect(version.atLeast(15, 5)).toBe(false);
  expect(version.atLeast(16)).toBe(false);
});

test.each([
  ["15", 150000],
  ["15.4", 150004],
  ["10.1.0", 100001],
  ["9.6.24", 90624],
])("expected_version %s is understood", (text, num) => {
  expect(parseExpectedVersion(text)?.num).toBe(num);
});

test.each(["9.0.0", "current"])("expected_version %s means that the server is asked", (text) => {
  expect(parseExpectedVersion(text)).toBeNull();
});

test.each(["", "fifteen", "15.", "15.4.3.2"])("expected_version %p is refused", (text) => {
  expect(() => parseExpectedVersion(text)).toThrow("is not a PostgreSQL version");
});
