import type { Construct } from "constructs";
import { PostgresqlEgress } from "../modules/network/postgresql-egress";
import { PostgresqlIngress } from "../modules/network/postgresql-ingress";
import { portVariable, tagsVariable } from "./common-variables";
import { type ModuleGuide, TerraformModule } from "./terraform-module";

/** What a peer is, by the name that it has in the variable: exactly one of them. */
const kinds = ["security_group_id", "cidr_ipv4", "cidr_ipv6", "prefix_list_id"];

/** The module `replication-access`. */
export class ReplicationAccessModule extends TerraformModule {
  override readonly guide: ModuleGuide = {
    description:
      "Security group rules that let subscribers, and whoever administers, connect to a PostgreSQL server, and nobody else: an inbound rule for each peer on the server's security group. A peer with `egress` also gets the outbound rule on its own security group: a group that Terraform makes has none, and it is the subscriber that connects to the publisher.",
    example: `provider "aws" {
  region = "eu-central-1"
}

variable "publisher_security_group_id" {
  type = string
}

variable "subscriber_security_group_id" {
  type = string
}

module "access" {
  source = "./terraform-modules/replication-access"

  security_group_id = var.publisher_security_group_id
  peers = {
    subscriber = {
      security_group_id = var.subscriber_security_group_id
      egress            = true
    }
    administrators = {
      cidr_ipv4   = "10.8.0.0/16"
      description = "VPN"
    }
  }
}
`,
  };

  constructor(scope: Construct, name: string) {
    super(scope, name);
    this.useAws();
    const { stringValue: securityGroupId } = this.variable("security_group_id", {
      type: "string",
      description: "The security group of the server that is connected to, such as the publisher.",
    });
    this.declarePeers();
    const port = portVariable(this, "port", "The server's port.");
    const tags = tagsVariable(this);
    const each = (attribute: string) => `\${each.value.${attribute}}`;
    const inbound = new PostgresqlIngress(this, "inbound", {
      securityGroupId,
      peers: { peer: { securityGroupId: each("security_group_id"), description: each("description") } },
      port,
      tags,
    });
    const outbound = new PostgresqlEgress(this, "outbound", {
      securityGroupId: each("security_group_id"),
      peers: { peer: { securityGroupId, description: each("description") } },
      port,
      tags,
    });
    for (const rule of Object.values(inbound.rules)) {
      rule.addOverride("for_each", "${var.peers}");
      for (const kind of kinds.slice(1)) rule.addOverride(kind, each(kind));
    }
    for (const rule of Object.values(outbound.rules)) {
      rule.addOverride("for_each", "${{ for key, peer in var.peers : key => peer if peer.egress }}");
    }
    const ids = (rules: PostgresqlIngress["rules"] | PostgresqlEgress["rules"]) =>
      Object.values(rules).map(
        ({ terraformResourceType, friendlyUniqueId }) =>
          `\${{ for key, rule in ${terraformResourceType}.${friendlyUniqueId} : key => rule.security_group_rule_id }}`,
      )[0];
    this.output("ingress_rule_ids", "The inbound rules' IDs by their peers' keys.", ids(inbound.rules));
    this.output("egress_rule_ids", "The outbound rules' IDs by their peers' keys.", ids(outbound.rules));
  }

  private declarePeers(): void {
    this.flag("allow_from_anywhere", "Whether the peers may be all of the internet, 0.0.0.0/0 or ::/0.");
    const all = (condition: string) => `\${alltrue([for peer in values(var.peers) : ${condition}])}`;
    // `coalesce` has every condition hold for what a peer is not.
    const network = (kind: string, other: string, usual: string) =>
      all(
        `try(cidrsubnet(coalesce(peer.${kind}, "${usual}"), 0, 0) == coalesce(peer.${kind}, "${usual}") && !strcontains(coalesce(peer.${kind}, "${usual}"), "${other}"), false)`,
      );
    this.variable("peers", {
      type: `map(object({ ${kinds.map((kind) => `${kind} = optional(string)`).join(", ")}, description = optional(string), egress = optional(bool, false) }))`,
      description:
        "Who may connect to the server, by keys that stay: a rule is made, kept and removed under its peer's key. A peer is exactly one of: the servers that have a security group, the addresses of a network (`cidr_ipv4`, `cidr_ipv6`), the networks of a prefix list. `description` says what the rule is for; `egress` makes the outbound rule of the peer's security group.",
      validation: [
        {
          condition: all(
            `length([for kind in [${kinds.map((kind) => `peer.${kind}`).join(", ")}] : kind if kind != null]) == 1`,
          ),
          errorMessage: `peers: each must have exactly one of ${kinds.join(", ")}.`,
        },
        {
          condition: network("cidr_ipv4", ":", "10.0.0.0/16"),
          errorMessage:
            'peers: cidr_ipv4 must be a CIDR block, such as "10.0.0.0/16", and begin with the address of the network itself: the bits after the prefix are zero.',
        },
        {
          condition: network("cidr_ipv6", ".", "2001:db8::/32"),
          errorMessage:
            'peers: cidr_ipv6 must be a CIDR block, such as "2001:db8::/32", in the usual form, and begin with the address of the network itself: the bits after the prefix are zero.',
        },
        {
          condition: `\${var.allow_from_anywhere || alltrue([for peer in values(var.peers) : !endswith(coalesce(peer.cidr_ipv4, peer.cidr_ipv6, "-"), "/0")])}`,
          errorMessage:
            "peers: one is all of the internet. Name the networks that are meant, or set allow_from_anywhere = true.",
        },
        {
          condition: all("!peer.egress || peer.security_group_id != null"),
          errorMessage: "peers: egress needs security_group_id, whose outbound rule is made.",
        },
      ],
    });
  }
}
