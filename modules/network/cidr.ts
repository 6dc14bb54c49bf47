import { isIPv4, isIPv6 } from "node:net";

/** Differences between the two versions of IP. */
const VERSIONS = {
  cidrIpv4: { bits: 32, isAddress: isIPv4, toNumber: ipv4ToNumber, example: "10.0.0.0/16" },
  cidrIpv6: { bits: 128, isAddress: isIPv6, toNumber: ipv6ToNumber, example: "2001:db8::/32" },
} as const;

/**
 * Requires a CIDR block that EC2 stores unchanged: the canonical address of a network, and the length of its prefix.
 *
 * @returns what the text must be, or undefined if it is valid.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function cidrError(version: keyof typeof VERSIONS, cidr: string): string | undefined {
  const { bits, isAddress, toNumber, example } = VERSIONS[version];
  const [, address = "", digits = ""] = /^([^/%]+)\/(0|[1-9][0-9]{0,2})$/.exec(cidr) ?? [];
  const prefix = Number(digits);
  if (!isAddress(address) || prefix > bits) return `must be a CIDR block, such as "${example}"`;
  // EC2 stores the canonical form and the address of the network, so Terraform would report drift for any other.
  if (version === "cidrIpv6" && canonicalIpv6(address) !== address) {
    return `must be in canonical form: "${canonicalIpv6(address)}/${prefix}"`;
  }
  const host = toNumber(address) & ((1n << BigInt(bits - prefix)) - 1n);
  return host === 0n
    ? undefined
    : `must start with the address of the network: all bits after the first ${prefix} must be zero`;
}

function ipv4ToNumber(address: string): bigint {
  return address.split(".").reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function ipv6ToNumber(address: string): bigint {
  const [left = [], right = []] = canonicalIpv6(address)
    .split("::")
    .map((groups) => (groups === "" ? [] : groups.split(":")));
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n);
}

/** The canonical form of RFC 5952, which URLs use too. */
function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
