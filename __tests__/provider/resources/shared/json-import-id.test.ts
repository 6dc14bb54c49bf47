import { DiagnosticError } from "../../../../provider/framework/diagnostics";
import { parseJsonImportId } from "../../../../provider/resources/shared/json-import-id";

const SHAPE = {
  required: ["role"],
  optional: ["schema"],
  lists: ["objects"],
  example: '{"role": "app"}',
} as const;

describe("parseJsonImportId", () => {
  test("reads all parts, null for what is left out", () => {
    expect(parseJsonImportId('{"role": "a.b", "objects": ["x", "y"]}', SHAPE)).toEqual({
      role: "a.b",
      schema: null,
      objects: ["x", "y"],
    });
  });

  test.each([
    "app",
    "[]",
    "null",
    '{"schema": "s"}',
    '{"role": 1}',
    '{"role": "a", "objects": "x"}',
    '{"role": "a", "objects": [1]}',
    '{"role": "a", "rolle": "b"}',
  ])("refuses %s and shows one as it should be", (importId) => {
    expect(() => parseJsonImportId(importId, SHAPE)).toThrow(DiagnosticError);
    expect(() => parseJsonImportId(importId, SHAPE)).toThrow(SHAPE.example);
  });
});
