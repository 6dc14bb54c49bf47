import { Fn, Op, type Precondition, Token } from "cdktf";
import { defined } from "../defined";
import { cidrError } from "./cidr";

/** The other end of a security group rule. Set exactly one of the first four properties. */
export interface Peer {
  /**
   * Security group of the peer.
   *
   * @default - none
   */
  readonly securityGroupId?: string;
  /**
   * IPv4 network of the peer, such as "10.0.0.0/16".
   *
   * @default - none
   */
  readonly cidrIpv4?: string;
  /**
   * IPv6 network of the peer, such as "2001:db8::/32".
   *
   * @default - none
   */
  readonly cidrIpv6?: string;
  /**
   * Prefix list with the networks of the peer.
   *
   * @default - none
   */
  readonly prefixListId?: string;
  /**
   * Description of the rule: letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`.
   *
   * @default - none
   */
  readonly description?: string;
}

/** Arguments of a rule that depend on its peer. */
export interface PeerRule {
  readonly referencedSecurityGroupId?: string;
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  readonly prefixListId?: string;
  readonly description?: string;
  readonly lifecycle?: { readonly precondition: Precondition[] };
}

/**
 * @param peers - peers by stable keys.
 * @param anywhere - name and value of the property that permits the entire internet as a peer.
 * @returns the rules, by the same keys.
 * @throws Error if a peer does not have exactly one address, is not a CIDR block, or is the entire internet without
 * permission.
 */
export function peerRules(
  peers: Readonly<Record<string, Peer>>,
  anywhere: { readonly property: string; readonly permitted: boolean },
): [key: string, rule: PeerRule][] {
  return Object.entries(peers).map(([key, peer]) => {
    const { securityGroupId, cidrIpv4, cidrIpv6, prefixListId, description } = peer;
    const addresses = Object.keys(defined({ securityGroupId, cidrIpv4, cidrIpv6, prefixListId }));
    if (addresses.length !== 1) {
      throw new Error(
        `peers.${key} must have exactly one of securityGroupId, cidrIpv4, cidrIpv6 and prefixListId. Got ${addresses.length === 0 ? "none" : addresses.join(" and ")}.`,
      );
    }
    const precondition = [
      ...cidrConditions(key, "cidrIpv4", cidrIpv4, anywhere),
      ...cidrConditions(key, "cidrIpv6", cidrIpv6, anywhere),
    ];
    return [
      key,
      {
        ...defined({
          referencedSecurityGroupId: securityGroupId,
          cidrIpv4,
          cidrIpv6,
          prefixListId,
          description,
        }),
        ...(precondition.length > 0 && { lifecycle: { precondition } }),
      },
    ];
  });
}

/** Checks a CIDR block at synthesis if it is known, and through a precondition otherwise. */
function cidrConditions(
  key: string,
  property: "cidrIpv4" | "cidrIpv6",
  cidr: string | undefined,
  anywhere: { readonly property: string; readonly permitted: boolean },
): Precondition[] {
  if (cidr === undefined) return [];
  const isAnywhere = `peers.${key}.${property} is the entire internet. Specify the networks to allow, or set ${anywhere.property}: true.`;
  if (Token.isUnresolved(cidr)) {
    if (anywhere.permitted) return [];
    return [{ condition: Op.not(Fn.endswith(cidr, "/0")), errorMessage: isAnywhere }];
  }
  const error = cidrError(property, cidr);
  if (error !== undefined) {
    throw new Error(`peers.${key}.${property} ${error}. Got ${JSON.stringify(cidr)}.`);
  }
  if (cidr.endsWith("/0") && !anywhere.permitted) throw new Error(isAnywhere);
  return [];
}
