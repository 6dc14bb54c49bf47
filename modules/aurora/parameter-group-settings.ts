import type { TerraformResourceLifecycle } from "cdktf";
import type { Construct } from "constructs";
import type { PostgresqlEngine } from "../../facts/engine-versions";
import { defined } from "./defined";
import { EngineVersion } from "./engine-version";
import {
  type Parameter,
  replicationParameters,
  type ReplicationParametersProps,
} from "./replication-parameters";
import { warnOfWriteThroughCache } from "./write-through-cache";

/** @inline */
export interface ParameterGroupProps extends ReplicationParametersProps {
  /** The version of the server's engine, such as "16.4", or "16". It may be a token: Terraform then checks it at plan. */
  readonly engineVersion: string;
  /**
   * The parameter group family, which has to be the engine version's.
   *
   * @default - the engine version's: a group of its own for each major version
   */
  readonly family?: string;
  /**
   * What the group's name begins with: lower case letters, digits and hyphens.
   *
   * @default "logical-replication-"
   */
  readonly namePrefix?: string;
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/** What the resource of a parameter group consists of, for clusters and for DB instances alike. */
export interface ParameterGroupSettings {
  readonly namePrefix: string;
  readonly family: string;
  readonly description: string;
  readonly parameter: Parameter[];
  readonly tags?: Record<string, string>;
  readonly lifecycle: TerraformResourceLifecycle;
}

/**
 * @throws Error when the version has no logical replication, the family does not go with it, or a parameter makes no
 * sense.
 */
export function parameterGroupSettings(
  scope: Construct,
  engine: PostgresqlEngine,
  props: ParameterGroupProps,
): ParameterGroupSettings {
  const version = new EngineVersion(scope, engine, props.engineVersion, props.family);
  const parameter = replicationParameters(props);
  const withoutCache = parameter.some(({ name, value }) => name === "rds.logical_wal_cache" && value === "0");
  if (engine === "aurora-postgresql" && !withoutCache) warnOfWriteThroughCache(scope, version);
  return {
    namePrefix: props.namePrefix ?? "logical-replication-",
    family: version.family,
    description: "PostgreSQL logical replication",
    parameter,
    ...defined({ tags: props.tags }),
    // A group of another family comes to the server before the former one goes.
    lifecycle: { createBeforeDestroy: true, ...version.lifecycle },
  };
}

/** Those that only a reboot puts into effect, by name. */
export function staticParameters({ parameter }: ParameterGroupSettings): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parameter
      .filter(({ applyMethod }) => applyMethod === "pending-reboot")
      .map(({ name, value }) => [name, value]),
  );
}
