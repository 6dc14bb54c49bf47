import { RdsClusterParameterGroup } from "@cdktf/provider-aws/lib/rds-cluster-parameter-group";
import { Construct } from "constructs";
import {
  type ParameterGroupProps,
  parameterGroupSettings,
  staticParameters,
} from "./parameter-group-settings";

/** The properties of {@link ReplicationClusterParameterGroup}. */
export type ReplicationClusterParameterGroupProps = ParameterGroupProps;

/**
 * The DB cluster parameter group of an Aurora cluster that takes part in logical replication: `rds.logical_replication`,
 * and room for slots, senders and workers.
 */
export class ReplicationClusterParameterGroup extends Construct {
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
  constructor(scope: Construct, id: string, props: ReplicationClusterParameterGroupProps) {
    super(scope, id);
    const settings = parameterGroupSettings(this, "aurora-postgresql", props);
    this.name = new RdsClusterParameterGroup(this, "group", settings).name;
    this.family = settings.family;
    this.staticParameters = staticParameters(settings);
  }
}
