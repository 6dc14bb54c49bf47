import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Fn, type ITerraformDependable, Op, TerraformOutput, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import type { Peer } from "../modules/network/peer";
import { PostgresqlIngress } from "../modules/network/postgresql-ingress";
import { requireAwsName } from "../modules/validation";
import { type CloudStackProps, runInCloud } from "./cloud";

/** What every stack in AWS takes. */
export interface AwsStackProps extends CloudStackProps {
  /**
   * The AWS region.
   *
   * @default - that of the environment: AWS_REGION, or the AWS profile's
   */
  readonly region?: string;
  /**
   * From where servers are administered: an inbound rule for each on the publisher and on the subscriber, under these keys.
   * The machine that runs Terraform has to be among them, unless it gets in already.
   *
   * @default - none
   */
  readonly administrators?: Readonly<Record<string, Peer>>;
  /**
   * Tags of everything in AWS.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/** What inbound rules are added to. */
export interface Listener {
  /** The server's security group. */
  readonly securityGroupId: string;
  /** The port that it listens on. */
  readonly port: number;
}

/** A stack in AWS whose things have names that begin alike. */
export abstract class AwsStack extends TerraformStack {
  /** The name, as roles, slots and publications have it. */
  protected readonly sqlName: string;

  /**
   * @param baseName - what names in AWS begin with.
   * @throws Error when it cannot be.
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
    runInCloud(this, cloud);
    this.sqlName = baseName.replaceAll("-", "_");
    new AwsProvider(this, "aws", {
      ...(region !== undefined && { region }),
      ...(tags && { defaultTags: [{ tags }] }),
    });
    this.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");
    // Write-only attributes, which the passwords go into, came with it.
    this.addOverride("terraform.required_version", ">= 1.11.0");
  }

  /**
   * Inbound rules of a server.
   *
   * @param other - a server with rules for the same peers; both exist already. When they have the same security group, its
   * rules are not made twice, which AWS would refuse.
   */
  protected letIn(
    id: string,
    { securityGroupId, port }: Listener,
    peers: Readonly<Record<string, Peer>>,
    other?: Listener,
  ): ITerraformDependable[] {
    const rules = Object.values(new PostgresqlIngress(this, id, { securityGroupId, port, peers }).rules);
    if (other !== undefined) {
      const same = Op.and(Op.eq(other.securityGroupId, securityGroupId), Op.eq(other.port, port));
      for (const rule of rules) rule.count = Token.asNumber(Fn.conditional(same, 0, 1));
    }
    return rules;
  }

  protected output(name: string, description: string, value: unknown): void {
    new TerraformOutput(this, name, { description, value });
  }
}
