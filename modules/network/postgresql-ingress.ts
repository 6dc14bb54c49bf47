import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { Construct } from "constructs";
import { PostgresqlRules, type PostgresqlRulesProps } from "./postgresql-rules";

/** Properties of {@link PostgresqlIngress}. */
export interface PostgresqlIngressProps extends PostgresqlRulesProps {
  /** Security group of the server. */
  readonly securityGroupId: string;
  /**
   * Whether a peer may be the entire internet, 0.0.0.0/0 or ::/0.
   *
   * @default false
   */
  readonly allowFromAnywhere?: boolean;
}

/**
 * Inbound rules that allow peers to connect to a PostgreSQL server.
 *
 * @example
 * ```ts
 * import { PostgresqlIngress } from "aurora-logical-replication/modules/network";
 *
 * new PostgresqlIngress(this, "publisher_ingress", {
 *   securityGroupId: "sg-0a1b2c3d",
 *   peers: { subscriber: { securityGroupId: "sg-4e5f6a7b" }, office: { cidrIpv4: "203.0.113.0/24" } },
 * });
 * ```
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export class PostgresqlIngress extends PostgresqlRules<VpcSecurityGroupIngressRule> {
  /**
   * @throws Error if a peer does not have exactly one address, is not a CIDR block, or is the entire internet without
   * permission.
   */
  constructor(scope: Construct, id: string, props: PostgresqlIngressProps) {
    super(scope, id, props, VpcSecurityGroupIngressRule, {
      property: "allowFromAnywhere",
      permitted: props.allowFromAnywhere ?? false,
    });
  }
}
