import { type Precondition, TerraformLocal, Token } from "cdktf";
import type { Construct } from "constructs";

/** The engines of RDS that are PostgreSQL, by RDS's own names. */
export type PostgresqlEngine = "aurora-postgresql" | "postgres";

/**
 * The first versions with logical replication: Aurora PostgreSQL 2.2.0, which is 10.6 (AWS Knowledge Center, on
 * replicating tables of Aurora PostgreSQL), and RDS for PostgreSQL 10.4 (RDS User Guide, on logical replication).
 */
const engines: Readonly<Record<PostgresqlEngine, { readonly product: string; readonly first: string }>> = {
  "aurora-postgresql": { product: "Aurora PostgreSQL", first: "10.6" },
  postgres: { product: "RDS for PostgreSQL", first: "10.4" },
};

/** `16`, `16.4`, `11.22-rds.20240418`: major version and minor one, both in JavaScript's syntax and in Terraform's. */
const pattern = "^([0-9]+)(?:[.]([0-9]+)(?:[.-].*)?)?$";

/** The minor version of a major one alone: AWS takes a recent one. */
const ANY_MINOR = 999;

/**
 * The version of a server's engine, which has to have logical replication. When it is not known before Terraform runs,
 * then Terraform finds out, at plan.
 */
export class EngineVersion {
  /** The parameter group family that goes with it: `aurora-postgresql16`, `postgres16`. */
  readonly family: string;
  /** Terraform's expression for a version that is not known yet. */
  readonly expression: string | undefined;
  private readonly preconditions: Precondition[] = [];

  /**
   * @param family - the family that somebody asked for, which has to be the version's.
   * @throws Error when the version is known and has no logical replication, or belongs to another family.
   */
  constructor(
    scope: Construct,
    readonly engine: PostgresqlEngine,
    readonly version: string,
    family?: string,
  ) {
    const { first } = engines[engine];
    const tooOld = (got: string) => `engineVersion ${logicalReplicationRequirement(engine)} Got ${got}.`;
    if (Token.isUnresolved(version)) {
      this.expression = `local.${new TerraformLocal(scope, "engine_version", version).friendlyUniqueId}`;
      this.family = `\${format("${engine}%s", try(${part(this.expression, 0)}, "?"))}`;
      this.preconditions.push({
        condition: `\${${hasLogicalReplication(engine, this.expression)}}`,
        errorMessage: tooOld(`\${${this.expression}}`),
      });
    } else {
      if (!(rank(version) >= rank(first))) throw new Error(tooOld(JSON.stringify(version)));
      this.family = `${engine}${Math.floor(rank(version) / 1000)}`;
    }
    if (family !== undefined) this.requireFamily(family);
  }

  /** What a resource needs that depends on the version: that Terraform sees to what is not known yet. */
  get lifecycle(): { readonly precondition?: Precondition[] } {
    return this.preconditions.length > 0 ? { precondition: this.preconditions } : {};
  }

  private requireFamily(family: string): void {
    const mismatch = (got: string) =>
      `family must be the engine version's, ${this.family}, or be left out. Got ${got}.`;
    if (Token.isUnresolved(family) || this.expression !== undefined) {
      this.preconditions.push({
        condition: `\${${quoted(this.family)} == ${quoted(family)}}`,
        errorMessage: mismatch(family),
      });
    } else if (family !== this.family) {
      throw new Error(mismatch(JSON.stringify(family)));
    }
  }
}

/** Terraform's expression for whether a version of the engine has logical replication. */
export function hasLogicalReplication(engine: PostgresqlEngine, version: string): string {
  const number = `tonumber(${part(version, 0)}) * 1000 + tonumber(coalesce(${part(version, 1)}, "${ANY_MINOR}"))`;
  return `try(${number} >= ${rank(engines[engine].first)}, false)`;
}

/** What a version of the engine has to be, and why: a sentence without its subject. */
export function logicalReplicationRequirement(engine: PostgresqlEngine): string {
  const { product, first } = engines[engine];
  return `must be ${first} or later, such as "16.4": ${product} has logical replication from there on.`;
}

/** Part of the pattern, for a version that only Terraform will know. */
function part(version: string, index: number): string {
  return `regex("${pattern}", ${version})[${index}]`;
}

function quoted(template: string): string {
  return `"${template}"`;
}

/** A number that orders versions; NaN for what is none. */
function rank(version: string): number {
  const [, major, minor = ANY_MINOR] = new RegExp(pattern).exec(version) ?? [];
  return Number(major) * 1000 + Number(minor);
}
