import { ec2 } from "./aws-api";

/** Creates a security group in the sandbox's VPC. @returns its ID. */
export async function createSecurityGroup(endpoint: string, name = "databases"): Promise<string> {
  const group = await ec2(endpoint, "CreateSecurityGroup", {
    GroupName: name,
    GroupDescription: "Databases",
    VpcId: /vpc-[0-9a-f]+/.exec(await ec2(endpoint, "DescribeVpcs"))?.[0] ?? "",
  });
  return /sg-[0-9a-f]+/.exec(group)?.[0] ?? "";
}
