import { RdsClusterParameterGroup } from "@cdktf/provider-aws/lib/rds-cluster-parameter-group";
import type { Construct } from "constructs";
import { type ParameterGroupProps, ReplicationParameterGroup } from "./parameter-group";

/** Properties of {@link ReplicationClusterParameterGroup}. */
export type ReplicationClusterParameterGroupProps = ParameterGroupProps;

/**
 * A DB cluster parameter group for an Aurora cluster that is a publisher or subscriber: it enables
 * `rds.logical_replication` and provides enough slots, senders and workers.
 *
 * @example
 * ```ts
 * import { ReplicationClusterParameterGroup } from "aurora-logical-replication/modules/aurora";
 *
 * const group = new ReplicationClusterParameterGroup(this, "parameters", {
 *   engineVersion: "16.4",
 *   subscribers: 3,
 *   parameters: { wal_sender_timeout: { value: 60_000, applyMethod: "immediate" } },
 * });
 * ```
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical.html
 */
export class ReplicationClusterParameterGroup extends ReplicationParameterGroup {
  /**
   * @throws Error if the engine version does not support logical replication, the family does not match it, or a parameter
   * is invalid.
   */
  constructor(scope: Construct, id: string, props: ReplicationClusterParameterGroupProps) {
    super(scope, id, props, "aurora-postgresql", RdsClusterParameterGroup);
  }
}
