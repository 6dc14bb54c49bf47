import { Fn, Op, type Precondition, Token } from "cdktf";
import { cidrComplaint } from "./cidr";

/** The other side of a security group rule: exactly one of the four. */
export interface Peer {
  /** The servers that have this security group. */
  readonly securityGroupId?: string;
  /** The addresses of a network, such as "10.0.0.0/16". */
  readonly cidrIpv4?: string;
  /** The addresses of a network, such as "2001:db8::/32". */
  readonly cidrIpv6?: string;
  /** The networks of a prefix list. */
  readonly prefixListId?: string;
  /**
   * What the rule is for, in EC2's characters: letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`.
   *
   * @default - none
   */
  readonly description?: string;
}

/** What the resource of a rule has of its peer. */
export interface PeerRule {
  readonly referencedSecurityGroupId?: string;
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  readonly prefixListId?: string;
  readonly description?: string;
  readonly lifecycle?: { readonly precondition: Precondition[] };
}

/**
 * @param peers - by the stable keys that they are known by.
 * @param anywhere - the name of the property that permits all of the internet, and its value.
 * @returns the rules, by the same keys.
 * @throws Error when a peer is not exactly one thing, or is all of the internet without permission.
 */
export function peerRules(
  peers: Readonly<Record<string, Peer>>,
  anywhere: { readonly property: string; readonly permitted: boolean },
): [key: string, rule: PeerRule][] {
  return Object.entries(peers).map(([key, peer]) => {
    const { securityGroupId, cidrIpv4, cidrIpv6, prefixListId, description } = peer;
    const given = Object.entries({ securityGroupId, cidrIpv4, cidrIpv6, prefixListId }).filter(
      ([, value]) => value !== undefined,
    );
    if (given.length !== 1) {
      throw new Error(
        `peers.${key} must have exactly one of securityGroupId, cidrIpv4, cidrIpv6 and prefixListId. Got ${given.length === 0 ? "none" : given.map(([property]) => property).join(" and ")}.`,
      );
    }
    const precondition = [
      ...cidrConditions(key, "cidrIpv4", cidrIpv4, anywhere),
      ...cidrConditions(key, "cidrIpv6", cidrIpv6, anywhere),
    ];
    return [
      key,
      {
        ...(securityGroupId !== undefined && { referencedSecurityGroupId: securityGroupId }),
        ...(cidrIpv4 !== undefined && { cidrIpv4 }),
        ...(cidrIpv6 !== undefined && { cidrIpv6 }),
        ...(prefixListId !== undefined && { prefixListId }),
        ...(description !== undefined && { description }),
        ...(precondition.length > 0 && { lifecycle: { precondition } }),
      },
    ];
  });
}

/** Checks a CIDR block now when it is known, and by Terraform otherwise. */
function cidrConditions(
  key: string,
  property: "cidrIpv4" | "cidrIpv6",
  cidr: string | undefined,
  anywhere: { readonly property: string; readonly permitted: boolean },
): Precondition[] {
  if (cidr === undefined) return [];
  const isAnywhere = `peers.${key}.${property} is all of the internet. Name the networks that are meant, or set ${anywhere.property}: true.`;
  if (Token.isUnresolved(cidr)) {
    if (anywhere.permitted) return [];
    return [{ condition: Op.not(Fn.endswith(cidr, "/0")), errorMessage: isAnywhere }];
  }
  const complaint = cidrComplaint(property, cidr);
  if (complaint !== undefined) {
    throw new Error(`peers.${key}.${property} ${complaint}. Got ${JSON.stringify(cidr)}.`);
  }
  if (cidr.endsWith("/0") && !anywhere.permitted) throw new Error(isAnywhere);
  return [];
}
