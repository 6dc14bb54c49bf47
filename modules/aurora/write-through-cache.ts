import { Annotations, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { LOSSY_CACHE_VERSIONS } from "../../facts/engine-versions";
import type { EngineVersion } from "./engine-version";

/**
 * Warns about a version of Aurora PostgreSQL that loses changes: at synthesis if the version is known, at plan otherwise.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical-monitoring.html
 */
export function warnOfWriteThroughCache(scope: Construct, { version, expression }: EngineVersion): void {
  const warning = (got: string) =>
    `Aurora PostgreSQL ${got} may lose replicated changes in its write-through cache. Upgrade it, or disable the cache: parameters: { "rds.logical_wal_cache": 0 }.`;
  if (expression === undefined) {
    if (LOSSY_CACHE_VERSIONS.includes(version)) Annotations.of(scope).addWarning(warning(version));
    return;
  }
  const stack = TerraformStack.of(scope);
  stack.addOverride(`check.${stack.getLogicalId(scope.node)}_write_through_cache.assert`, {
    condition: `\${!contains(${JSON.stringify(LOSSY_CACHE_VERSIONS)}, ${expression})}`,
    error_message: warning(`\${${expression}}`),
  });
}
