/** Engines of RDS that are PostgreSQL, by RDS's names. */
export type PostgresqlEngine = "aurora-postgresql" | "postgres";

/** What the engines are called, and the first versions that replicate. */
export interface EngineFacts {
  readonly product: string;
  /** First version with PostgreSQL's own logical replication. */
  readonly firstWithLogicalReplication: string;
  /** First version whose changes DMS captures. */
  readonly firstWithCdc: string;
}

/**
 * The engines. Aurora PostgreSQL has logical replication since 2.2, which is compatible with PostgreSQL 10.6.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
 */
export const POSTGRESQL_ENGINES: Readonly<Record<PostgresqlEngine, EngineFacts>> = {
  "aurora-postgresql": {
    product: "Aurora PostgreSQL",
    firstWithLogicalReplication: "10.6",
    firstWithCdc: "10.6",
  },
  postgres: {
    product: "RDS for PostgreSQL",
    firstWithLogicalReplication: "10.4",
    firstWithCdc: "10.21",
  },
};

/** `16`, `16.4`, `11.22-rds.20240418`: major and minor version. Valid in JavaScript and in Terraform. */
export const ENGINE_VERSION_PATTERN = "^([0-9]+)(?:[.]([0-9]+)(?:[.-].*)?)?$";

/** Minor version of a major version alone, for which AWS chooses a recent minor version. */
export const ANY_MINOR = 999;

/** A number that orders engine versions: 16004 for "16.4"; NaN for a text that is not a version. */
export function engineVersionNumber(version: string): number {
  const [, major, minor = ANY_MINOR] = new RegExp(ENGINE_VERSION_PATTERN).exec(version) ?? [];
  return Number(major) * 1000 + Number(minor);
}

/** Major version of an engine version; NaN for a text that is not a version. */
export function majorVersion(version: string): number {
  return Math.floor(engineVersionNumber(version) / 1000);
}

/**
 * Aurora PostgreSQL versions that introduced the write-through cache for logical replication. According to RisingWave's
 * documentation, exactly these lose changes in it.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical-monitoring.html
 */
export const LOSSY_CACHE_VERSIONS: readonly string[] = ["11.17", "12.12", "13.8", "14.5"];
