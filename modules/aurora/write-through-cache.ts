import { Annotations, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { EngineVersion } from "./engine-version";

/**
 * The versions of Aurora PostgreSQL that brought the write-through cache for logical replication, in which changes get
 * lost (reported by RisingWave's documentation for exactly these).
 */
const affected = ["11.17", "12.12", "13.8", "14.5"];

/** Warns of a version of Aurora PostgreSQL that loses changes, at synth when it is known, at plan otherwise. */
export function warnOfWriteThroughCache(scope: Construct, { version, expression }: EngineVersion): void {
  const warning = (got: string) =>
    `Aurora PostgreSQL ${got} may lose replicated changes in its write-through cache. Upgrade it, or turn the cache off: parameters: { "rds.logical_wal_cache": 0 }.`;
  if (expression === undefined) {
    if (affected.includes(version)) Annotations.of(scope).addWarning(warning(version));
    return;
  }
  const stack = TerraformStack.of(scope);
  stack.addOverride(`check.${stack.getLogicalId(scope.node)}_write_through_cache`, {
    assert: {
      condition: `\${!contains(${JSON.stringify(affected)}, ${expression})}`,
      error_message: warning(`\${${expression}}`),
    },
  });
}
