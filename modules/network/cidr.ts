import { isIPv4, isIPv6 } from "node:net";

/** What differs between the two versions of IP. */
const versions = {
  cidrIpv4: { bits: 32, isAddress: isIPv4, toNumber: ipv4ToNumber, example: "10.0.0.0/16" },
  cidrIpv6: { bits: 128, isAddress: isIPv6, toNumber: ipv6ToNumber, example: "2001:db8::/32" },
} as const;

/**
 * Why a text is no CIDR block, as EC2 has them: the address of a network, and the length of its prefix.
 *
 * @returns undefined when it is one.
 */
export function cidrComplaint(version: keyof typeof versions, cidr: string): string | undefined {
  const { bits, isAddress, toNumber, example } = versions[version];
  const [, address = "", digits = ""] = /^([^/%]+)\/(0|[1-9][0-9]{0,2})$/.exec(cidr) ?? [];
  const prefix = Number(digits);
  if (!isAddress(address) || prefix > bits) return `must be a CIDR block, such as "${example}"`;
  // EC2 would keep the usual form, or the network's own address, and Terraform would not find what it asked for.
  if (version === "cidrIpv6" && canonicalIpv6(address) !== address) {
    return `must be in the usual form, which is "${canonicalIpv6(address)}/${prefix}"`;
  }
  const host = toNumber(address) & ((1n << BigInt(bits - prefix)) - 1n);
  return host === 0n
    ? undefined
    : `must begin with the address of the network itself: the bits after the first ${prefix} are zero`;
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

/** Groups of hexadecimal digits in lower case, with the longest run of zeros left out: as a URL has it. */
function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
