import { type Precondition, Token } from "cdktf";
import {
  DEFAULT_DMS_ENGINE_VERSION,
  dmsVersionNumber,
  FIRST_DMS_VERSIONS,
  firstDmsVersionFor,
  UNSUPPORTED_BY_DMS,
} from "../../facts/dms-versions";
import {
  engineVersionNumber,
  majorVersion,
  POSTGRESQL_ENGINES,
  type PostgresqlEngine,
} from "../../facts/engine-versions";
import { versionNumberExpression, versionPart } from "../aurora/engine-version";
import { shown } from "../validation";

/** What a task migrates: existing rows (full load), changes (change data capture), or both. */
export type MigrationType = "full-load" | "cdc" | "full-load-and-cdc";

/** Engine and version of a PostgreSQL server. */
export interface VersionedServer {
  /** Engine of the server. */
  readonly engine: PostgresqlEngine;
  /** Engine version of the server; may be a token. */
  readonly engineVersion: string;
}

/**
 * Checks whether a DMS engine version can connect to servers.
 *
 * @param servers - servers by the names that error messages call them.
 * @returns preconditions for servers whose version is unknown at synthesis.
 * @throws Error if the DMS engine version is invalid, or too old for a server whose version is known.
 */
export function dmsEngineConditions(
  dmsVersion: string,
  servers: Readonly<Record<string, VersionedServer>>,
): Precondition[] {
  if (Token.isUnresolved(dmsVersion) || Number.isNaN(dmsVersionNumber(dmsVersion))) {
    throw new Error(
      `engineVersion must be a DMS engine version, such as "${DEFAULT_DMS_ENGINE_VERSION}". Got ${shown(dmsVersion)}.`,
    );
  }
  const isTooOldFor = (needed: string) => dmsVersionNumber(dmsVersion) < dmsVersionNumber(needed);
  return Object.entries(servers).flatMap(([name, { engineVersion }]) => {
    const tooOld = (needed: string, got: string) =>
      `engineVersion must be ${needed} or later to connect to the ${name}, which runs PostgreSQL ${got}. Got ${dmsVersion}.`;
    if (!Token.isUnresolved(engineVersion)) {
      const needed = firstDmsVersionFor(majorVersion(engineVersion));
      if (needed !== undefined && isTooOldFor(needed)) throw new Error(tooOld(needed, engineVersion));
      return [];
    }
    return FIRST_DMS_VERSIONS.filter(([, needed]) => isTooOldFor(needed))
      .slice(0, 1)
      .map(([major, needed]) => ({
        condition: `\${try(tonumber(${versionPart(engineVersion, 0)}) < ${major}, false)}`,
        errorMessage: tooOld(needed, engineVersion),
      }));
  });
}

/**
 * Checks whether DMS supports the versions of a task's servers.
 *
 * @returns preconditions for servers whose version is unknown at synthesis.
 * @throws Error if a version that is known is too old.
 */
export function migrationConditions(
  migrationType: MigrationType,
  source: VersionedServer,
  target: VersionedServer,
): Precondition[] {
  const { product, firstWithCdc } = POSTGRESQL_ENGINES[source.engine];
  const first = engineVersionNumber(firstWithCdc);
  return [
    ...supported("source", source),
    ...supported("target", target),
    ...(migrationType === "full-load"
      ? []
      : check(
          source.engineVersion,
          (number) => number >= first,
          (number) => `${number} >= ${first}`,
          (got) =>
            `The source must be ${product} ${firstWithCdc} or later for migrationType ${JSON.stringify(migrationType)}, because DMS captures changes since that version. Got ${got}.`,
        )),
  ];
}

function supported(role: string, { engineVersion }: VersionedServer): Precondition[] {
  const unsupported = engineVersionNumber(UNSUPPORTED_BY_DMS);
  return check(
    engineVersion,
    (number) => number !== unsupported,
    (number) => `${number} != ${unsupported}`,
    (got) =>
      `The ${role} must not be PostgreSQL ${UNSUPPORTED_BY_DMS}, which DMS does not support. Got ${got}.`,
  );
}

/** Checks a version at synthesis if it is known, and through a precondition otherwise. */
function check(
  version: string,
  isMet: (number: number) => boolean,
  condition: (number: string) => string,
  message: (got: string) => string,
): Precondition[] {
  if (Token.isUnresolved(version)) {
    const number = `(${versionNumberExpression(version)})`;
    return [{ condition: `\${try(${condition(number)}, false)}`, errorMessage: message(version) }];
  }
  if (!isMet(engineVersionNumber(version))) throw new Error(message(version));
  return [];
}
