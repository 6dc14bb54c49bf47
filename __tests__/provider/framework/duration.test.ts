import { parseDuration } from "../../../provider/framework/duration";

describe("durations", () => {
  test.each([
    ["30s", 30_000],
    ["10m", 600_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["500ms", 500],
    ["0s", 0],
  ])("reads %s", (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  test.each(["", "30", "s", "1 h", "-5m", "10x", "1h30"])("does not take %j for one", (text) =>
    expect(parseDuration(text)).toBeNull(),
  );
});
