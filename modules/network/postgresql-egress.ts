import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Construct } from "constructs";
import { type Peer, peerRules } from "./peer";

/** The properties of {@link PostgresqlEgress}. */
export interface PostgresqlEgressProps {
  /** The security group of who connects, such as the subscriber. */
  readonly securityGroupId: string;
  /** The servers that may be connected to, by keys that stay: a rule is made, kept and removed under its peer's key. */
  readonly peers: Readonly<Record<string, Peer>>;
  /** @default 5432 */
  readonly port?: number;
  /**
   * Whether the peers may be all of the internet, 0.0.0.0/0 or ::/0.
   *
   * @default false
   */
  readonly allowToAnywhere?: boolean;
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/**
 * Lets whoever has a security group connect to PostgreSQL servers: an outbound rule for each. A group that Terraform makes
 * has no outbound rule of its own, and it is the subscriber that connects to the publisher.
 */
export class PostgresqlEgress extends Construct {
  /** The rules, by their peers' keys; what needs the connection has to come after them. */
  readonly rules: Readonly<Record<string, VpcSecurityGroupEgressRule>>;

  /** @throws Error when a peer is not exactly one thing, is no CIDR block, or is all of the internet without permission. */
  constructor(scope: Construct, id: string, props: PostgresqlEgressProps) {
    super(scope, id);
    const { securityGroupId, peers, port = 5432, allowToAnywhere: permitted = false, tags } = props;
    this.rules = Object.fromEntries(
      peerRules(peers, { property: "allowToAnywhere", permitted }).map(([key, rule]) => [
        key,
        new VpcSecurityGroupEgressRule(this, key, {
          securityGroupId,
          ...rule,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          ...(tags && { tags }),
        }),
      ]),
    );
  }
}
