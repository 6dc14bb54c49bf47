import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Fn, Op, Token } from "cdktf";
import type { Construct } from "constructs";
import { defined } from "../defined";
import { requireAwsName } from "../validation";

/** Name and network of a new server. */
export interface DatabasePlacementProps {
  /**
   * Identifier of the server, and name of its subnet group and security group: up to 50 lower case letters, digits and
   * single hyphens, starting with a letter and not ending with a hyphen.
   */
  readonly name: string;
  /** VPC of the server. */
  readonly vpcId: string;
  /**
   * Subnets of the server: at least two subnets of the VPC, in different availability zones.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
   */
  readonly subnetIds: string[];
  /**
   * Tags of the AWS resources.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/**
 * Creates a subnet group for a new server and its own security group, with no inbound rules yet.
 *
 * @throws Error if RDS does not accept the name, or there are fewer than two subnets.
 */
export function databasePlacement(
  scope: Construct,
  { name, vpcId, subnetIds, tags }: DatabasePlacementProps,
): { readonly securityGroupId: string; readonly subnetGroupName: string } {
  requireAwsName("name", name, { max: 50 });
  const tooFew =
    "subnetIds must contain at least two subnets, in different availability zones: RDS requires it.";
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
