import { type Precondition, Token } from "cdktf";
import type { PostgresqlEngine } from "../aurora/engine-version";

/** What moves rows: DMS's terms for a task's migration type. */
export type MigrationType = "full-load" | "cdc" | "full-load-and-cdc";

/** A PostgreSQL server as far as versions go. */
export interface VersionedServer {
  /** The server's engine. */
  readonly engine: PostgresqlEngine;
  /** May be a token. */
  readonly engineVersion: string;
}

/** The first version of DMS's engine for each major version of PostgreSQL; later ones need the last of them. */
const dmsVersions: readonly (readonly [major: number, dms: string])[] = [
  [13, "3.4.3"],
  [14, "3.4.7"],
  [15, "3.5.1"],
  [16, "3.5.3"],
  [17, "3.6.1"],
];

/** The first versions that DMS follows changes of: later ones than for PostgreSQL's own logical replication. */
const firstWithCdc: Readonly<Record<PostgresqlEngine, string>> = {
  "aurora-postgresql": "10.6",
  postgres: "10.21",
};

/** A version that DMS works with neither as a source nor as a target. */
const UNSUPPORTED = "10.4";

/** A version of PostgreSQL, in JavaScript's syntax and in Terraform's: major and minor. */
const pattern = "^([0-9]+)(?:[.]([0-9]+).*)?$";
/** A version of DMS's engine. */
const dmsPattern = "^([0-9]+)[.]([0-9]+)[.]([0-9]+)$";
/** The minor version of a major one alone: AWS takes a recent one. */
const ANY_MINOR = 999;

/**
 * What a replication instance needs in order to connect to servers.
 *
 * @returns what Terraform has to check, where a version is not known yet.
 * @throws Error when DMS's version is none, or too old for a server's version that is known.
 */
export function dmsEngineConditions(
  dmsVersion: string,
  servers: Readonly<Record<string, VersionedServer>>,
): Precondition[] {
  if (Token.isUnresolved(dmsVersion) || Number.isNaN(dmsRank(dmsVersion))) {
    const got = Token.isUnresolved(dmsVersion)
      ? "a value that only Terraform will know"
      : JSON.stringify(dmsVersion);
    throw new Error(`engineVersion must be a version of DMS's engine, such as "3.6.1". Got ${got}.`);
  }
  return Object.entries(servers).flatMap(([name, { engineVersion }]) => {
    const tooOld = (needed: string, got: string) =>
      `engineVersion must be ${needed} or later for the ${name}'s PostgreSQL ${got}. Got ${dmsVersion}.`;
    if (!Token.isUnresolved(engineVersion)) {
      const needed = neededDmsVersion(Math.floor(rank(engineVersion) / 1000));
      if (needed !== undefined && dmsRank(dmsVersion) < dmsRank(needed)) {
        throw new Error(tooOld(needed, engineVersion));
      }
      return [];
    }
    return dmsVersions
      .filter(([, needed]) => dmsRank(dmsVersion) < dmsRank(needed))
      .slice(0, 1)
      .map(([major, needed]) => ({
        condition: `\${try(tonumber(${part(engineVersion, 0)}) < ${major}, false)}`,
        errorMessage: tooOld(needed, engineVersion),
      }));
  });
}

/**
 * What a task needs of its servers.
 *
 * @returns what Terraform has to check, where a version is not known yet.
 * @throws Error when a version that is known is too old.
 */
export function migrationConditions(
  migrationType: MigrationType,
  source: VersionedServer,
  target: VersionedServer,
): Precondition[] {
  const first = firstWithCdc[source.engine];
  return [
    ...supported("source", source),
    ...supported("target", target),
    ...(migrationType === "full-load"
      ? []
      : check(
          source.engineVersion,
          (number) => number >= rank(first),
          (number) => `${number} >= ${rank(first)}`,
          (got) =>
            `The source must be ${source.engine} ${first} or later for migrationType ${JSON.stringify(migrationType)}: DMS follows changes from there on. Got ${got}.`,
        )),
  ];
}

function supported(role: string, { engineVersion }: VersionedServer): Precondition[] {
  return check(
    engineVersion,
    (number) => number !== rank(UNSUPPORTED),
    (number) => `${number} != ${rank(UNSUPPORTED)}`,
    (got) => `The ${role} must not be PostgreSQL ${UNSUPPORTED}, which DMS does not work with. Got ${got}.`,
  );
}

/** Checks a version now when it is known, and by Terraform otherwise. */
function check(
  version: string,
  isMet: (number: number) => boolean,
  condition: (number: string) => string,
  message: (got: string) => string,
): Precondition[] {
  if (Token.isUnresolved(version)) {
    const number = `(tonumber(${part(version, 0)}) * 1000 + tonumber(coalesce(${part(version, 1)}, "${ANY_MINOR}")))`;
    return [{ condition: `\${try(${condition(number)}, false)}`, errorMessage: message(version) }];
  }
  if (!isMet(rank(version))) throw new Error(message(version));
  return [];
}

/** Part of the pattern, for a version that only Terraform will know. */
function part(version: string, index: number): string {
  return `regex("${pattern}", ${version})[${index}]`;
}

function neededDmsVersion(major: number): string | undefined {
  return dmsVersions.filter(([from]) => from <= major).at(-1)?.[1];
}

/** A number that orders versions of PostgreSQL; NaN for what is none. */
function rank(version: string): number {
  const [, major, minor = ANY_MINOR] = new RegExp(pattern).exec(version) ?? [];
  return Number(major) * 1000 + Number(minor);
}

/** A number that orders versions of DMS's engine; NaN for what is none. */
function dmsRank(version: string): number {
  const [, major, minor, patch] = new RegExp(dmsPattern).exec(version) ?? [];
  return Number(major) * 1_000_000 + Number(minor) * 1000 + Number(patch);
}
