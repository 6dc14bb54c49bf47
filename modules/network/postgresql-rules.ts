import { Construct } from "constructs";
import { defined } from "../defined";
import { type Peer, type PeerRule, peerRules } from "./peer";

/** Properties that inbound and outbound rules have in common. */
export interface PostgresqlRulesProps {
  /**
   * Peers, by stable keys. Each peer has its own rule: changing the key of a peer replaces its rule.
   */
  readonly peers: Readonly<Record<string, Peer>>;
  /**
   * Port of PostgreSQL.
   *
   * @default 5432
   */
  readonly port?: number;
  /**
   * Tags of the rules.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/** Arguments of a rule. */
interface RuleConfig extends PeerRule {
  readonly securityGroupId: string;
  readonly ipProtocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly tags?: Record<string, string>;
}

/** Security group rules for PostgreSQL: one rule for each peer. */
export abstract class PostgresqlRules<Rule> extends Construct {
  /** The rules, by the keys of their peers. Resources that use a connection must depend on its rule. */
  readonly rules: Readonly<Record<string, Rule>>;

  /**
   * @param Resource - class of the rules.
   * @param anywhere - name and value of the property that permits the entire internet as a peer.
   * @throws Error if a peer does not have exactly one address, is not a CIDR block, or is the entire internet without
   * permission.
   */
  protected constructor(
    scope: Construct,
    id: string,
    {
      securityGroupId,
      peers,
      port = 5432,
      tags,
    }: PostgresqlRulesProps & { readonly securityGroupId: string },
    Resource: new (scope: Construct, id: string, config: RuleConfig) => Rule,
    anywhere: { readonly property: string; readonly permitted: boolean },
  ) {
    super(scope, id);
    this.rules = Object.fromEntries(
      peerRules(peers, anywhere).map(([key, rule]) => [
        key,
        new Resource(this, key, {
          securityGroupId,
          ...rule,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          ...defined({ tags }),
        }),
      ]),
    );
  }
}
