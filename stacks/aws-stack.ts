import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Fn, type ITerraformDependable, Op, TerraformOutput, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { defined } from "../modules/defined";
import type { Peer } from "../modules/network/peer";
import { PostgresqlIngress } from "../modules/network/postgresql-ingress";
import { requireAwsName } from "../modules/validation";
import { addCloudBlock, type CloudStackProps } from "./hcp-terraform";

/** Properties that all stacks in AWS have in common. */
export interface AwsStackProps extends CloudStackProps {
  /**
   * AWS region.
   *
   * @default - from the environment: AWS_REGION, or the AWS profile
   */
  readonly region?: string;
  /**
   * Peers that administer the servers, by stable keys. Each gets an inbound rule on the publisher and on the subscriber.
   * Include the machine that runs Terraform, unless the servers already allow it.
   *
   * @default - none
   */
  readonly administrators?: Readonly<Record<string, Peer>>;
  /**
   * Tags of all AWS resources.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/** Security group and port of a server. */
export interface DatabaseEndpoint {
  /** Security group of the server. */
  readonly securityGroupId: string;
  /** Port of the database. */
  readonly port: number;
}

/** Description and value of an output. */
export type Output = readonly [description: string, value: unknown];

/** Base class of stacks in AWS. The names of all their resources start with the same base name. */
export abstract class AwsStack extends TerraformStack {
  /** Base name for roles, slots and publications: with underscores instead of hyphens. */
  protected readonly sqlName: string;

  /**
   * @param baseName - base name of AWS resources.
   * @throws Error if it is invalid.
   */
  constructor(
    scope: Construct,
    id: string,
    protected readonly baseName: string,
    { region, tags, cloud }: AwsStackProps,
  ) {
    super(scope, id);
    // The longest derived names, such as "<name>-subscriber", must be valid names of servers and slots.
    requireAwsName("name", baseName, { max: 39 });
    addCloudBlock(this, cloud);
    this.sqlName = baseName.replaceAll("-", "_");
    new AwsProvider(this, "aws", {
      ...defined({ region }),
      ...(tags && { defaultTags: [{ tags }] }),
    });
    this.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");
    // The first version with write-only attributes, which the passwords require.
    this.addOverride("terraform.required_version", ">= 1.11.0");
  }

  /**
   * Creates inbound rules of a server.
   *
   * @param other - another existing server with rules for the same peers. If both have the same security group, its rules
   * are created only once: AWS rejects duplicates.
   * @returns the rules.
   */
  protected allowIngress(
    id: string,
    { securityGroupId, port }: DatabaseEndpoint,
    peers: Readonly<Record<string, Peer>>,
    other?: DatabaseEndpoint,
  ): ITerraformDependable[] {
    const rules = Object.values(new PostgresqlIngress(this, id, { securityGroupId, port, peers }).rules);
    if (other !== undefined) {
      const same = Op.and(Op.eq(other.securityGroupId, securityGroupId), Op.eq(other.port, port));
      for (const rule of rules) rule.count = Token.asNumber(Fn.conditional(same, 0, 1));
    }
    return rules;
  }

  /** Creates outputs with their descriptions. */
  protected addOutputs(outputs: Readonly<Record<string, Output>>): void {
    for (const [name, [description, value]] of Object.entries(outputs)) {
      new TerraformOutput(this, name, { description, value });
    }
  }
}
