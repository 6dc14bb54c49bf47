import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { Construct } from "constructs";
import {
  type ParameterGroupProps,
  parameterGroupSettings,
  staticParameters,
} from "./parameter-group-settings";

/** The properties of {@link ReplicationDbParameterGroup}. */
export type ReplicationDbParameterGroupProps = ParameterGroupProps;

/**
 * The DB parameter group of an RDS for PostgreSQL instance that takes part in logical replication: `rds.logical_replication`,
 * and room for slots, senders and workers.
 */
export class ReplicationDbParameterGroup extends Construct {
  /** The group's name. */
  readonly name: string;
  /** The group's family, such as `aurora-postgresql16` or `postgres16`. */
  readonly family: string;
  /** The parameters that only a reboot puts into effect, by name. */
  readonly staticParameters: Readonly<Record<string, string>>;

  /**
   * @throws Error when the version has no logical replication, the family does not go with it, or a parameter makes no
   * sense.
   */
  constructor(scope: Construct, id: string, props: ReplicationDbParameterGroupProps) {
    super(scope, id);
    const settings = parameterGroupSettings(this, "postgres", props);
    this.name = new DbParameterGroup(this, "group", settings).name;
    this.family = settings.family;
    this.staticParameters = staticParameters(settings);
  }
}
