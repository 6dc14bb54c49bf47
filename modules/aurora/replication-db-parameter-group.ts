import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import type { Construct } from "constructs";
import { type ParameterGroupProps, ReplicationParameterGroup } from "./parameter-group";

/** Properties of {@link ReplicationDbParameterGroup}. */
export type ReplicationDbParameterGroupProps = ParameterGroupProps;

/**
 * A DB parameter group for an RDS for PostgreSQL instance that is a publisher or subscriber: it enables
 * `rds.logical_replication` and provides enough slots, senders and workers.
 *
 * @example
 * ```ts
 * import { ReplicationDbParameterGroup } from "aurora-logical-replication/modules/aurora";
 *
 * const group = new ReplicationDbParameterGroup(this, "parameters", { engineVersion: "17", subscriptions: 2 });
 * ```
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html
 */
export class ReplicationDbParameterGroup extends ReplicationParameterGroup {
  /**
   * @throws Error if the engine version does not support logical replication, the family does not match it, or a parameter
   * is invalid.
   */
  constructor(scope: Construct, id: string, props: ReplicationDbParameterGroupProps) {
    super(scope, id, props, "postgres", DbParameterGroup);
  }
}
