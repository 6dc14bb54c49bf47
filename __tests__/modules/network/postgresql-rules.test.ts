import { TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { type Peer, PostgresqlEgress, PostgresqlIngress } from "../../../modules/network";
import { all, conditions, synthesizedStack } from "../aurora/synthesized-stack";

interface Given {
  readonly peers: Readonly<Record<string, Peer>>;
  readonly port?: number;
  readonly anywhere?: boolean;
  readonly tags?: Record<string, string>;
}

describe.each([
  {
    name: "PostgresqlIngress",
    type: "aws_vpc_security_group_ingress_rule",
    anywhereProperty: "allowFromAnywhere",
    make: (scope: Construct, { anywhere, ...props }: Given) =>
      new PostgresqlIngress(scope, "rules", {
        securityGroupId: "sg-1",
        ...props,
        ...(anywhere !== undefined && { allowFromAnywhere: anywhere }),
      }),
  },
  {
    name: "PostgresqlEgress",
    type: "aws_vpc_security_group_egress_rule",
    anywhereProperty: "allowToAnywhere",
    make: (scope: Construct, { anywhere, ...props }: Given) =>
      new PostgresqlEgress(scope, "rules", {
        securityGroupId: "sg-1",
        ...props,
        ...(anywhere !== undefined && { allowToAnywhere: anywhere }),
      }),
  },
])("$name", ({ type, anywhereProperty, make }) => {
  function synth(given: Given | ((scope: Construct) => Given)) {
    const keys: string[][] = [];
    const { resource = {} } = synthesizedStack((stack) => {
      const { rules } = make(stack, typeof given === "function" ? given(stack) : given);
      keys.push(Object.keys(rules));
    });
    return { resource, rules: all(resource, type), keys: keys[0] };
  }

  test("makes one rule a peer, for PostgreSQL's port only", () => {
    const { rules, keys } = synth({
      peers: {
        subscriber: { securityGroupId: "sg-2" },
        office: { cidrIpv4: "203.0.113.0/24", description: "The office" },
        vpn: { cidrIpv6: "2001:db8::/32" },
        lambdas: { prefixListId: "pl-1" },
      },
      tags: { team: "data" },
    });
    const common = {
      security_group_id: "sg-1",
      ip_protocol: "tcp",
      from_port: 5432,
      to_port: 5432,
      tags: { team: "data" },
    };
    expect(rules).toHaveLength(4);
    expect(rules).toEqual(
      expect.arrayContaining([
        { ...common, referenced_security_group_id: "sg-2" },
        { ...common, description: "The office", cidr_ipv4: "203.0.113.0/24" },
        { ...common, cidr_ipv6: "2001:db8::/32" },
        { ...common, prefix_list_id: "pl-1" },
      ]),
    );
    expect(keys).toEqual(["subscriber", "office", "vpn", "lambdas"]);
  });

  test("keeps a peer's rule when others come and go", () => {
    const ids = (peers: Readonly<Record<string, Peer>>) => Object.keys(synth({ peers }).resource[type] ?? {});
    const office = { cidrIpv4: "203.0.113.0/24" };
    const [id] = ids({ office });
    expect(ids({ first: { securityGroupId: "sg-2" }, office })).toContain(id);
  });

  test("takes another port", () => {
    const { rules } = synth({ peers: { subscriber: { securityGroupId: "sg-2" } }, port: 6000 });
    expect(rules).toMatchObject([{ from_port: 6000, to_port: 6000 }]);
  });

  test.each<[string, Peer, string]>([
    ["none of the four", {}, "none"],
    ["two of the four", { securityGroupId: "sg-2", cidrIpv4: "10.0.0.0/16" }, "securityGroupId and cidrIpv4"],
  ])("refuses a peer that is %s", (_, peer, got) => {
    expect(() => synth({ peers: { office: peer } })).toThrow(
      `peers.office must have exactly one of securityGroupId, cidrIpv4, cidrIpv6 and prefixListId. Got ${got}.`,
    );
  });

  test("refuses what is no network", () => {
    expect(() => synth({ peers: { office: { cidrIpv4: "203.0.113.7" } } })).toThrow(
      'peers.office.cidrIpv4 must be a CIDR block, such as "10.0.0.0/16". Got "203.0.113.7".',
    );
  });

  test.each<Peer>([{ cidrIpv4: "0.0.0.0/0" }, { cidrIpv6: "::/0" }])(
    "refuses all of the internet, %j, unless it is permitted in so many words",
    (peer) => {
      expect(() => synth({ peers: { world: peer } })).toThrow(
        `peers.world.${Object.keys(peer)[0]} is the entire internet. Specify the networks to allow, or set ${anywhereProperty}: true.`,
      );
      expect(synth({ peers: { world: peer }, anywhere: true }).rules).toHaveLength(1);
    },
  );

  test("has Terraform refuse all of the internet, where only Terraform knows the network", () => {
    const peers = (scope: Construct) => ({
      office: { cidrIpv4: new TerraformVariable(scope, "network", { type: "string" }).stringValue },
    });
    const [rule = {}] = synth((scope) => ({ peers: peers(scope) })).rules;
    expect(conditions(rule, "precondition")).toEqual([
      {
        condition: '${!endswith(var.network, "/0")}',
        error_message: `peers.office.cidrIpv4 is the entire internet. Specify the networks to allow, or set ${anywhereProperty}: true.`,
      },
    ]);
    const [permitted = {}] = synth((scope) => ({ peers: peers(scope), anywhere: true })).rules;
    expect(conditions(permitted, "precondition")).toEqual([]);
  });
});
