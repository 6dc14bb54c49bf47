import { warnOfNotice } from "../../../../provider/resources/shared/notices";

function warningsOf(severity: string, sqlState: string): string[] {
  const details: string[] = [];
  const operation = { warn: (_summary: string, detail: string) => void details.push(detail) };
  const notice = { severity, sqlState, message: "m", detail: undefined, hint: "h" };
  warnOfNotice(operation, "Publication p", notice);
  return details;
}

describe("what the server says besides its answer", () => {
  test.each([
    ["WARNING", "01000"],
    ["WARNING", "55000"],
    ["WARNUNG", "01000"],
    ["ATTENTION", "55000"],
  ])("reaches the user when it warns: %s, SQLSTATE %s", (severity, sqlState) => {
    expect(warningsOf(severity, sqlState)).toEqual(["Publication p: the server warns: m\nh"]);
  });

  test.each([
    ["NOTICE", "00000"],
    ["NOTICE", "01000"],
    ["INFO", "00000"],
    ["HINWEIS", "00000"],
    // "schema already exists, skipping"
    ["HINWEIS", "42P06"],
  ])("does not when it only narrates: %s, SQLSTATE %s", (severity, sqlState) => {
    expect(warningsOf(severity, sqlState)).toEqual([]);
  });
});
