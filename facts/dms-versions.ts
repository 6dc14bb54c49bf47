/** DMS engine version of a new replication instance; it connects to every supported version of PostgreSQL. */
export const DEFAULT_DMS_ENGINE_VERSION = "3.6.1";

/**
 * First DMS engine version for each major version of PostgreSQL. An older major version works with any DMS engine
 * version; a newer one needs at least the last of these.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
 */
export const FIRST_DMS_VERSIONS: readonly (readonly [major: number, dmsVersion: string])[] = [
  [13, "3.4.3"],
  [14, "3.4.7"],
  [15, "3.5.1"],
  [16, "3.5.3"],
  [17, "3.6.1"],
];

/** PostgreSQL version that DMS supports neither as a source nor as a target. */
export const UNSUPPORTED_BY_DMS = "10.4";

/** `3.6.1`. Valid in JavaScript and in Terraform. */
const DMS_VERSION_PATTERN = "^([0-9]+)[.]([0-9]+)[.]([0-9]+)$";

/** A number that orders DMS engine versions: 3006001 for "3.6.1"; NaN for a text that is not a version. */
export function dmsVersionNumber(version: string): number {
  const [, major, minor, patch] = new RegExp(DMS_VERSION_PATTERN).exec(version) ?? [];
  return Number(major) * 1_000_000 + Number(minor) * 1000 + Number(patch);
}

/** First DMS engine version that works with a major version of PostgreSQL; undefined when every version does. */
export function firstDmsVersionFor(major: number): string | undefined {
  return FIRST_DMS_VERSIONS.filter(([from]) => from <= major).at(-1)?.[1];
}
