import {
  DEFAULT_DMS_ENGINE_VERSION,
  dmsVersionNumber,
  FIRST_DMS_VERSIONS,
  firstDmsVersionFor,
} from "../../facts/dms-versions";
import { engineVersionNumber, majorVersion } from "../../facts/engine-versions";

test.each([
  ["16", 16_999],
  ["16.4", 16_004],
  ["10.21", 10_021],
  ["9.6.24", 9_006],
  ["11.22-rds.20240418", 11_022],
  ["16.4-limitless", 16_004],
])("engine version %s is ordered as %d", (version, expected) => {
  expect(engineVersionNumber(version)).toBe(expected);
});

test.each(["", "latest", "16.4abc", "16.x"])("%j is not a PostgreSQL engine version", (version) => {
  expect(engineVersionNumber(version)).toBeNaN();
  expect(majorVersion(version)).toBeNaN();
});

test.each<[number, string | undefined]>([
  [12, undefined],
  [13, "3.4.3"],
  [16, "3.5.3"],
  [17, "3.6.1"],
  [18, "3.6.1"],
])("PostgreSQL %d requires DMS %s", (major, dmsVersion) => {
  expect(firstDmsVersionFor(major)).toBe(dmsVersion);
});

test("the default DMS engine version connects to every supported version of PostgreSQL", () => {
  for (const [, dmsVersion] of FIRST_DMS_VERSIONS) {
    expect(dmsVersionNumber(DEFAULT_DMS_ENGINE_VERSION)).toBeGreaterThanOrEqual(dmsVersionNumber(dmsVersion));
  }
});
