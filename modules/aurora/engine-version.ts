import { type Precondition, TerraformLocal, Token } from "cdktf";
import type { Construct } from "constructs";
import {
  ANY_MINOR,
  ENGINE_VERSION_PATTERN,
  engineVersionNumber,
  majorVersion,
  POSTGRESQL_ENGINES,
  type PostgresqlEngine,
} from "../../facts/engine-versions";

/**
 * The version of a server's engine, which must support logical replication. A version that is unknown at synthesis is
 * checked by Terraform, at plan.
 */
export class EngineVersion {
  /** Parameter group family of the version: `aurora-postgresql16`, `postgres16`. */
  readonly family: string;
  /** Terraform's expression for a version that is unknown at synthesis. */
  readonly expression: string | undefined;
  readonly #preconditions: Precondition[] = [];

  /**
   * @param family - the family to require; the default is the version's.
   * @throws Error if the version is known and does not support logical replication, or belongs to another family.
   */
  constructor(
    scope: Construct,
    readonly engine: PostgresqlEngine,
    readonly version: string,
    family?: string,
  ) {
    const { firstWithLogicalReplication: first } = POSTGRESQL_ENGINES[engine];
    const tooOld = (got: string) => `engineVersion ${logicalReplicationRequirement(engine)} Got ${got}.`;
    if (Token.isUnresolved(version)) {
      this.expression = `local.${new TerraformLocal(scope, "engine_version", version).friendlyUniqueId}`;
      this.family = `\${format("${engine}%s", try(${versionPart(this.expression, 0)}, "?"))}`;
      this.#preconditions.push({
        condition: `\${${hasLogicalReplication(engine, this.expression)}}`,
        errorMessage: tooOld(`\${${this.expression}}`),
      });
    } else {
      if (!(engineVersionNumber(version) >= engineVersionNumber(first)))
        throw new Error(tooOld(JSON.stringify(version)));
      this.family = `${engine}${majorVersion(version)}`;
    }
    if (family !== undefined) this.#requireFamily(family);
  }

  /** Preconditions of a resource that depends on a version unknown at synthesis. */
  get lifecycle(): { readonly precondition?: Precondition[] } {
    return this.#preconditions.length > 0 ? { precondition: this.#preconditions } : {};
  }

  #requireFamily(family: string): void {
    const mismatch = (got: string) =>
      `family must be ${this.family}, the family of the engine version. Change it or omit it. Got ${got}.`;
    if (Token.isUnresolved(family) || this.expression !== undefined) {
      this.#preconditions.push({
        condition: `\${${quoted(this.family)} == ${quoted(family)}}`,
        errorMessage: mismatch(family),
      });
    } else if (family !== this.family) {
      throw new Error(mismatch(JSON.stringify(family)));
    }
  }
}

/** Terraform's expression for whether a version of the engine supports logical replication. */
function hasLogicalReplication(engine: PostgresqlEngine, version: string): string {
  const { firstWithLogicalReplication: first } = POSTGRESQL_ENGINES[engine];
  return `try(${versionNumberExpression(version)} >= ${engineVersionNumber(first)}, false)`;
}

/** What an engine version must be, and why: an error message without its subject. */
function logicalReplicationRequirement(engine: PostgresqlEngine): string {
  const { product, firstWithLogicalReplication: first } = POSTGRESQL_ENGINES[engine];
  return `must be ${first} or later, such as "16.4", because ${product} supports logical replication since ${first}.`;
}

/** Terraform's expression for {@link engineVersionNumber}; it fails for a text that is not a version. */
export function versionNumberExpression(version: string): string {
  return `tonumber(${versionPart(version, 0)}) * 1000 + tonumber(coalesce(${versionPart(version, 1)}, "${ANY_MINOR}"))`;
}

/** Terraform's expression for the major version (0) or the minor version (1), as text. */
export function versionPart(version: string, index: 0 | 1): string {
  return `regex("${ENGINE_VERSION_PATTERN}", ${version})[${index}]`;
}

function quoted(template: string): string {
  return `"${template}"`;
}
