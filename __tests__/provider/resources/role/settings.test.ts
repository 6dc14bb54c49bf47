import { RoleSettings } from "../../../../provider/resources/role/settings";

describe("RoleSettings", () => {
  test.each([
    ["30000", 30_000],
    ["30s", 30_000],
    ["5min", 300_000],
    ["1.5h", 5_400_000],
    ["2 d", 172_800_000],
    ["1500us", 2],
    ["0", 0],
    ["never", null],
  ])("reads %s as milliseconds", (text, milliseconds) => {
    const settings = new RoleSettings([`statement_timeout=${text}`]);
    expect(settings.milliseconds("statement_timeout")).toBe(milliseconds);
  });

  test.each([
    ['a, "B, c", "x""y", "$user", ""', ["a", "B, c", 'x"y', "$user", ""]],
    ['""', [""]],
    ["public", ["public"]],
    ["a,b", ["a", "b"]],
  ])("reads the names of %s", (text, names) => {
    expect(new RoleSettings([`search_path=${text}`]).names("search_path")).toEqual(names);
  });

  test("keeps a value with an equals sign whole, and has null for what is not set", () => {
    const settings = new RoleSettings(["role=a=b"]);
    expect(settings.text("role")).toBe("a=b");
    expect(settings.names("search_path")).toBeNull();
    expect(settings.milliseconds("statement_timeout")).toBeNull();
  });
});
