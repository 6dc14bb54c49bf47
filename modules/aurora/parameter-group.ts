import type { TerraformResourceLifecycle } from "cdktf";
import { Construct } from "constructs";
import type { PostgresqlEngine } from "../../facts/engine-versions";
import { defined } from "../defined";
import { EngineVersion } from "./engine-version";
import {
  type Parameter,
  replicationParameters,
  type ReplicationParametersProps,
} from "./replication-parameters";
import { warnOfWriteThroughCache } from "./write-through-cache";

/** Properties of a {@link ReplicationParameterGroup}. */
export interface ParameterGroupProps extends ReplicationParametersProps {
  /** Engine version of the server, such as "16.4" or "16". May be a token: Terraform then checks the version at plan. */
  readonly engineVersion: string;
  /**
   * Parameter group family. Must be the family of the engine version.
   *
   * @default - the family of the engine version, so that a new major version creates a new group
   */
  readonly family?: string;
  /**
   * Prefix of the group's name: lower case letters, digits and hyphens.
   *
   * @default "logical-replication-"
   */
  readonly namePrefix?: string;
  /**
   * Tags of the group.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/** Arguments of both types of parameter groups. */
interface ParameterGroupConfig {
  readonly namePrefix: string;
  readonly family: string;
  readonly description: string;
  readonly parameter: Parameter[];
  readonly tags?: Record<string, string>;
  readonly lifecycle: TerraformResourceLifecycle;
}

/** Base class of the parameter groups for logical replication. */
export abstract class ReplicationParameterGroup extends Construct {
  /** Name of the group. */
  readonly name: string;
  /** Family of the group, such as `aurora-postgresql16` or `postgres16`. */
  readonly family: string;
  /** Parameters that require a reboot, by name. */
  readonly staticParameters: Readonly<Record<string, string>>;

  /**
   * @param Group - class of the resource.
   * @throws Error if the engine version does not support logical replication, the family does not match it, or a parameter
   * is invalid.
   */
  protected constructor(
    scope: Construct,
    id: string,
    props: ParameterGroupProps,
    engine: PostgresqlEngine,
    Group: new (scope: Construct, id: string, config: ParameterGroupConfig) => { readonly name: string },
  ) {
    super(scope, id);
    const version = new EngineVersion(this, engine, props.engineVersion, props.family);
    const parameter = replicationParameters(props);
    const withoutCache = parameter.some(
      ({ name, value }) => name === "rds.logical_wal_cache" && value === "0",
    );
    if (engine === "aurora-postgresql" && !withoutCache) warnOfWriteThroughCache(this, version);
    const group = new Group(this, "group", {
      namePrefix: props.namePrefix ?? "logical-replication-",
      family: version.family,
      description: "PostgreSQL logical replication",
      parameter,
      ...defined({ tags: props.tags }),
      // A server needs its new group before Terraform destroys the old one.
      lifecycle: { createBeforeDestroy: true, ...version.lifecycle },
    });
    this.name = group.name;
    this.family = version.family;
    this.staticParameters = Object.fromEntries(
      parameter
        .filter(({ applyMethod }) => applyMethod === "pending-reboot")
        .map(({ name, value }) => [name, value]),
    );
  }
}
