import fc from "fast-check";
import { cidrError } from "../../../modules/network/cidr";

test.each(["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "192.168.1.128/25", "203.0.113.7/32"])(
  "%s is a network of IPv4",
  (cidr) => {
    expect(cidrError("cidrIpv4", cidr)).toBeUndefined();
  },
);

test.each(["::/0", "2001:db8::/32", "2001:db8:0:1::/64", "2001:db8::1/128", "fd00:0:1:2::8/125"])(
  "%s is a network of IPv6",
  (cidr) => {
    expect(cidrError("cidrIpv6", cidr)).toBeUndefined();
  },
);

test.each([
  "",
  "10.0.0.0",
  "10.0.0.0/",
  "10.0.0.0/33",
  "10.0.0.0/08",
  "10.0.0/16",
  "010.0.0.0/16",
  "256.0.0.0/8",
  "10.0.0.0/16/8",
  " 10.0.0.0/16",
  "db.example.com/32",
  "2001:db8::/32",
])("%j is no CIDR block of IPv4", (cidr) => {
  expect(cidrError("cidrIpv4", cidr)).toBe('must be a CIDR block, such as "10.0.0.0/16"');
});

test.each(["2001:db8::", "2001:db8::/129", "2001:db8:::/32", "fe80::1%eth0/128", "[::1]/128", "10.0.0.0/16"])(
  "%j is no CIDR block of IPv6",
  (cidr) => {
    expect(cidrError("cidrIpv6", cidr)).toBe('must be a CIDR block, such as "2001:db8::/32"');
  },
);

test.each([
  ["cidrIpv4", "10.0.0.1/16", 16],
  ["cidrIpv4", "128.0.0.0/0", 0],
  ["cidrIpv6", "2001:db8::1/64", 64],
] as const)(
  "%s %s is the address of a machine and not of a network, which EC2 would put right",
  (version, cidr, bits) => {
    expect(cidrError(version, cidr)).toBe(
      `must start with the address of the network: all bits after the first ${bits} must be zero`,
    );
  },
);

test.each([
  ["2001:DB8::/32", "2001:db8::/32"],
  ["2001:0db8:0:0:0:0:0:0/32", "2001:db8::/32"],
  ["::ffff:10.0.0.0/104", "::ffff:a00:0/104"],
])("%s is not how EC2 writes it", (cidr, usual) => {
  expect(cidrError("cidrIpv6", cidr)).toBe(`must be in canonical form: "${usual}"`);
});

test("of any IPv4 address exactly the networks with all other bits zero are taken", () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), fc.nat(32), (number, prefix) => {
      const address = [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".");
      const isNetwork = number % 2 ** (32 - prefix) === 0;
      expect(cidrError("cidrIpv4", `${address}/${prefix}`) === undefined).toBe(isNetwork);
    }),
  );
});

test("any text is judged, and none ends in an exception", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("cidrIpv4", "cidrIpv6"),
      fc.oneof(fc.string(), fc.ipV6()),
      fc.nat(130),
      (version, text, prefix) => {
        expect(typeof (cidrError(version, `${text}/${prefix}`) ?? "")).toBe("string");
      },
    ),
  );
});
