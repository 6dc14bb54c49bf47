import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Fn, Op, Token } from "cdktf";
import type { Construct } from "constructs";
import { requireAwsName } from "../validation";
import { defined } from "./defined";

export interface DatabasePlacementProps {
  /**
   * The server's identifier, and the name of what belongs to it: up to 50 lower case letters, digits and single hyphens,
   * of which the first is a letter and the last is not a hyphen.
   */
  readonly name: string;
  /** The VPC that the server is in. */
  readonly vpcId: string;
  /** The subnets that the server may be in: of that VPC, in two availability zones at least. */
  readonly subnetIds: string[];
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/**
 * Where in the network a new server is: a group of its subnets, and a security group of its own, which nobody may pass
 * yet.
 *
 * @throws Error when the name is none that RDS accepts, or there are less than two subnets.
 */
export function databasePlacement(
  scope: Construct,
  { name, vpcId, subnetIds, tags }: DatabasePlacementProps,
): { readonly securityGroupId: string; readonly subnetGroupName: string } {
  requireAwsName("name", name, { max: 50 });
  const tooFew =
    "subnetIds must be two subnets at least, in different availability zones: RDS insists on it.";
  if (!Token.isUnresolved(subnetIds) && new Set(subnetIds).size < 2) {
    throw new Error(`${tooFew} Got ${subnetIds.length === 0 ? "none" : subnetIds.join(", ")}.`);
  }
  const subnetGroup = new DbSubnetGroup(scope, "subnet_group", {
    name,
    description: `PostgreSQL server ${name}`,
    subnetIds,
    ...defined({ tags }),
    ...(Token.isUnresolved(subnetIds) && {
      lifecycle: {
        precondition: [{ condition: Op.gte(Fn.lengthOf(Fn.distinct(subnetIds)), 2), errorMessage: tooFew }],
      },
    }),
  });
  const securityGroup = new SecurityGroup(scope, "security_group", {
    name,
    description: `PostgreSQL server ${name}`,
    vpcId,
    ...defined({ tags }),
  });
  return { securityGroupId: securityGroup.id, subnetGroupName: subnetGroup.name };
}
