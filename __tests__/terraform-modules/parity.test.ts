import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  CreateDBSubnetGroupCommand,
} from "@aws-sdk/client-rds";
import { App, type TerraformStack } from "cdktf";
import { PROVIDER_SOURCE } from "../../facts/provider-address";
import { type AwsSandbox, startAwsSandbox } from "../../sandbox/aws/aws-sandbox";
import { ec2 } from "../support/aws-api";
import { awsProviderObstacle } from "../support/aws-provider";
import { describeAws } from "../support/aws-sandbox";
import { createHclWorkspace } from "../support/hcl-workspace";
import { rdsClient } from "../support/rds-client";
import { createSecurityGroup } from "../support/security-group";
import { type ParityCase, parityCases } from "./parity-cases";
import { type PlanFile, plannedOutput, plannedResources } from "./planned-resources";

const TIMEOUT_MS = 600_000;
/** The providers, which both sides share: a run starts each of them only once. */
const PROVIDERS = `
terraform {
  required_providers {
    postgresql = {
      source = "${PROVIDER_SOURCE}"
    }
  }
}
provider "aws" {
  region = "us-east-1"
}
provider "postgresql" {
  alias = "publisher"
  port  = 1
}
provider "postgresql" {
  alias = "subscriber"
  port  = 1
}
data "aws_rds_cluster" "source" {
  cluster_identifier = "source"
}
data "aws_db_instance" "writer" {
  db_instance_identifier = "source-1"
}
data "aws_db_instance" "target" {
  db_instance_identifier = "target"
}
data "aws_db_subnet_group" "databases" {
  name = "databases"
}
`;

const cases = parityCases.map((parityCase, index) => ({ ...parityCase, id: `case_${index}` }));

describeAws(
  "a Terraform module plans the same as the construct",
  () => {
    let plan: PlanFile;

    // One plan of everything: most of a run's time goes into starting the AWS provider.
    beforeAll(async () => {
      const aws = await startAwsSandbox();
      try {
        await createServers(aws);
        plan = await planAll(aws);
      } finally {
        await aws.stop();
      }
    }, TIMEOUT_MS);

    test.each(cases)("$module: $title", ({ id }) => {
      const module = plannedResources(plan, `${id}_module`);
      expect(module).toEqual(plannedResources(plan, `${id}_construct`));
      expect(module).not.toEqual([]);

      const outputs = plannedOutput(plan, id) as Readonly<Record<"module" | "construct", object>>;
      expect(outputs.module).toMatchObject(outputs.construct);
    });
  },
  awsProviderObstacle,
);

async function planAll({ environment }: AwsSandbox): Promise<PlanFile> {
  const app = new App();
  const stacks = cases.map(({ id, synthesize }) => [id, synthesize(app, id)] as const);
  const { command } = await createHclWorkspace(
    [PROVIDERS, ...cases.map(callsOf)].join("\n"),
    {},
    environment,
    Object.fromEntries(
      stacks.map(([id, stack]) => [`constructs/${id}/main.tf.json`, JSON.stringify(asModule(stack))]),
    ),
  );
  await command("plan", "-input=false", "-no-color", "-out=tfplan");
  return JSON.parse(await command("show", "-json", "tfplan")) as PlanFile;
}

/** Calls the module and the construct. */
function callsOf({ id, module, inputs }: ParityCase & { readonly id: string }): string {
  const providers = /^(native-replication|dms-migration)$/.test(module)
    ? "providers = {\n postgresql.publisher = postgresql.publisher\n postgresql.subscriber = postgresql.subscriber\n }"
    : "";
  const values = Object.entries(inputs)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return `
module "${id}_module" {
  source = "./terraform-modules/${module}"
  ${providers}
  ${values.join("\n  ")}
}
module "${id}_construct" {
  source = "./constructs/${id}"
  ${providers}
}
output "${id}" {
  value = { module = module.${id}_module, construct = module.${id}_construct }
}
`;
}

interface SynthesizedStack {
  readonly provider?: Readonly<Record<string, readonly { readonly alias?: string }[]>>;
}

/** A stack as a child module, which has the providers of the root module instead of its own. */
function asModule(stack: TerraformStack): object {
  const { provider = {}, ...elements } = stack.toTerraform() as SynthesizedStack;
  const aliases = (provider["postgresql"] ?? []).map(({ alias }) => `postgresql.${alias}`);
  return {
    ...elements,
    terraform: {
      required_providers: {
        postgresql: { source: PROVIDER_SOURCE, configuration_aliases: aliases },
      },
    },
  };
}

/** The servers that a migration is between: a cluster and an RDS instance, each with a security group. */
async function createServers({ endpoint }: AwsSandbox): Promise<void> {
  const rds = rdsClient(endpoint);
  const subnets = (await ec2(endpoint, "DescribeSubnets")).match(/subnet-[0-9a-f]+/g);
  const placement = { DBSubnetGroupName: "databases" };
  await rds.send(
    new CreateDBSubnetGroupCommand({
      ...placement,
      DBSubnetGroupDescription: "of a test",
      SubnetIds: [...new Set(subnets)],
    }),
  );
  const administrator = { MasterUsername: "dba", ManageMasterUserPassword: true };
  const instance = { DBInstanceClass: "db.r5.large" };
  const createCluster = async () => {
    await rds.send(
      new CreateDBClusterCommand({
        ...placement,
        ...administrator,
        DBClusterIdentifier: "source",
        Engine: "aurora-postgresql",
        EngineVersion: "10.21",
        VpcSecurityGroupIds: [await createSecurityGroup(endpoint, "source")],
      }),
    );
    await rds.send(
      new CreateDBInstanceCommand({
        ...instance,
        DBInstanceIdentifier: "source-1",
        DBClusterIdentifier: "source",
        Engine: "aurora-postgresql",
      }),
    );
  };
  await createCluster();
  await rds.send(
    new CreateDBInstanceCommand({
      ...placement,
      ...administrator,
      ...instance,
      DBInstanceIdentifier: "target",
      Engine: "postgres",
      EngineVersion: "18.1",
      AllocatedStorage: 20,
      VpcSecurityGroupIds: [await createSecurityGroup(endpoint, "target")],
    }),
  );
}
