import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import type { Construct } from "constructs";
import { PostgresqlRules, type PostgresqlRulesProps } from "./postgresql-rules";

/** Properties of {@link PostgresqlEgress}. */
export interface PostgresqlEgressProps extends PostgresqlRulesProps {
  /** Security group of the client, such as the subscriber. */
  readonly securityGroupId: string;
  /**
   * Whether a peer may be the entire internet, 0.0.0.0/0 or ::/0.
   *
   * @default false
   */
  readonly allowToAnywhere?: boolean;
}

/**
 * Outbound rules that allow the members of a security group to connect to PostgreSQL servers. A subscriber requires one
 * to its publisher if Terraform created its security group: such a group has no outbound rules.
 *
 * @example
 * ```ts
 * import { PostgresqlEgress } from "aurora-logical-replication/modules/network";
 *
 * new PostgresqlEgress(this, "subscriber_egress", {
 *   securityGroupId: "sg-4e5f6a7b",
 *   peers: { publisher: { securityGroupId: "sg-0a1b2c3d" } },
 * });
 * ```
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export class PostgresqlEgress extends PostgresqlRules<VpcSecurityGroupEgressRule> {
  /**
   * @throws Error if a peer does not have exactly one address, is not a CIDR block, or is the entire internet without
   * permission.
   */
  constructor(scope: Construct, id: string, props: PostgresqlEgressProps) {
    super(scope, id, props, VpcSecurityGroupEgressRule, {
      property: "allowToAnywhere",
      permitted: props.allowToAnywhere ?? false,
    });
  }
}
