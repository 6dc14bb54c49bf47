import { Annotations, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { EngineVersion } from "./engine-version";

/**
 * The versions of Aurora PostgreSQL that brought the write-through cache for logical replication, in which changes get
 * lost (reported by RisingWave's documentation for exactly these).
 */
const AFFECTED_VERSIONS = ["11.17", "12.12", "13.8", "14.5"];

/** Warns of a version of Aurora PostgreSQL that loses changes, at synth when it is known, at plan otherwise. */
export function warnOfWriteThroughCache(scope: Construct, { version, expression }: EngineVersion): void {
  const warning = (got: string) =>
    `Aurora PostgreSQL ${got} may lose replicated changes in its write-through cache. Upgrade it, or turn the cache off: parameters: { "rds.logical_wal_cache": 0 }.`;
  if (expression === undefined) {
    if (AFFECTED_VERSIONS.includes(version)) Annotations.of(scope).addWarning(warning(version));
    return;
  }
  TerraformStack.of(scope).addOverride(`${checkAddress(scope)}.assert`, {
    condition: `\${!${isAffected(expression)}}`,
    error_message: warning(`\${${expression}}`),
  });
}

/**
 * Has the warning that Terraform gives for a construct depend on more than the version: whether the cache is turned off
 * may be known to Terraform only, too.
 *
 * @param unless - the expression that it is not given for.
 */
export function warnOfWriteThroughCacheUnless(scope: Construct, version: string, unless: string): void {
  TerraformStack.of(scope).addOverride(
    `${checkAddress(scope)}.assert.condition`,
    `\${!${isAffected(version)} || ${unless}}`,
  );
}

function isAffected(version: string): string {
  return `contains(${JSON.stringify(AFFECTED_VERSIONS)}, ${version})`;
}

function checkAddress(scope: Construct): string {
  return `check.${TerraformStack.of(scope).getLogicalId(scope.node)}_write_through_cache`;
}
