import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { type Peer, peerRules } from "./peer";

/** The properties of {@link PostgresqlIngress}. */
export interface PostgresqlIngressProps {
  /** The security group of the server. */
  readonly securityGroupId: string;
  /** Who may connect to the server, by keys that stay: a rule is made, kept and removed under its peer's key. */
  readonly peers: Readonly<Record<string, Peer>>;
  /** @default 5432 */
  readonly port?: number;
  /**
   * Whether the peers may be all of the internet, 0.0.0.0/0 or ::/0.
   *
   * @default false
   */
  readonly allowFromAnywhere?: boolean;
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/**
 * Lets peers connect to a PostgreSQL server: an inbound rule for each, and for nobody else.
 */
export class PostgresqlIngress extends Construct {
  /** The rules, by their peers' keys; what needs the connection has to come after them. */
  readonly rules: Readonly<Record<string, VpcSecurityGroupIngressRule>>;

  /** @throws Error when a peer is not exactly one thing, is no CIDR block, or is all of the internet without permission. */
  constructor(scope: Construct, id: string, props: PostgresqlIngressProps) {
    super(scope, id);
    const { securityGroupId, peers, port = 5432, allowFromAnywhere: permitted = false, tags } = props;
    this.rules = Object.fromEntries(
      peerRules(peers, { property: "allowFromAnywhere", permitted }).map(([key, rule]) => [
        key,
        new VpcSecurityGroupIngressRule(this, key, {
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
