import { DataResource, TerraformLocal, TerraformOutput } from "cdktf";
import { DmsServer, type DmsServerProps } from "../../../modules/dms";
import { all, conditions, only, synthesizedStack } from "../aurora/synthesized-stack";
import { terraformOutputs } from "../replication/terraform-outputs";

const cluster: DmsServerProps = { kind: "cluster", clusterIdentifier: "orders" };
const instance: DmsServerProps = { kind: "instance", dbInstanceIdentifier: "copy" };

function synth(props: DmsServerProps, beside?: DmsServerProps) {
  const { data, locals, resource } = synthesizedStack((stack) => {
    const other = beside && new DmsServer(stack, "publisher", beside);
    const server = new DmsServer(stack, "server", { ...props, ...(other && { sameNetworkAs: other }) });
    const { host, port, region, vpcId, subnetGroupName, subnetIds, securityGroupId } = server;
    const { instanceIdentifier, availabilityZone, engine, engineVersion, identifier } = server;
    const { adminUsername, adminSecretArn } = server;
    new TerraformLocal(stack, "seen", {
      host,
      port,
      region,
      vpcId,
      subnetGroupName,
      subnetIds,
      securityGroupId,
      instanceIdentifier,
      availabilityZone,
      engine,
      engineVersion,
      identifier,
      adminUsername,
      adminSecretArn,
    });
  });
  return { data, resource, seen: locals?.["seen"] as Readonly<Record<string, unknown>> };
}

/** The secret that RDS keeps a server's master password in. */
const managed = { secret_arn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds" };

type Block = Readonly<Record<string, unknown>>;

/** Which of a data source's postconditions, by the beginning of their message, is not met by what it may find. */
function complaints(block: Block, found: Readonly<Record<string, Block>>, others: Block = {}) {
  const postconditions = conditions(block, "postcondition");
  const verdicts = terraformOutputs((stack) => {
    for (const [name, attributes] of Object.entries(found)) {
      const self = `local.${new TerraformLocal(stack, name, attributes).friendlyUniqueId}`;
      const value = postconditions.map(({ condition }) =>
        Object.entries(others).reduce(
          (expression, [reference, other]) =>
            expression.replace(new RegExp(reference, "g"), JSON.stringify(other)),
          condition.replaceAll("self", self),
        ),
      );
      new TerraformOutput(stack, `${name}_verdict`, { value });
    }
  });
  return Object.fromEntries(
    Object.keys(found).map((name) => {
      const met = verdicts[`${name}_verdict`] as readonly boolean[];
      return [name, postconditions.filter((_, index) => !met[index]).map((it) => it.error_message)];
    }),
  );
}

const attribute = (type: string, path: string) =>
  expect.stringMatching(
    new RegExp(`^\\$\\{(.*[( ])?data\\.${type}\\.server_\\w+\\.${path}[^.]*\\}$`),
  ) as unknown;

describe("a DmsServer", () => {
  test("that is a cluster is found with its writer, its network and its zone, and nothing is made", () => {
    const { data, seen, resource } = synth(cluster);
    expect(resource).toBeUndefined();
    expect(only(data, "aws_rds_cluster")).toMatchObject({ cluster_identifier: "orders" });
    expect(only(data, "aws_db_instance")["db_instance_identifier"]).toEqual(
      attribute("aws_rds_cluster", "cluster_members"),
    );
    expect(seen).toEqual({
      engine: "aurora-postgresql",
      identifier: "orders",
      engineVersion: attribute("aws_rds_cluster", "engine_version"),
      host: attribute("aws_rds_cluster", "endpoint"),
      port: attribute("aws_rds_cluster", "port"),
      region: attribute("aws_rds_cluster", "arn"),
      securityGroupId: attribute("aws_rds_cluster", "vpc_security_group_ids"),
      adminUsername: attribute("aws_rds_cluster", "master_username"),
      adminSecretArn: attribute("aws_rds_cluster", "master_user_secret\\[0\\].secret_arn"),
      vpcId: attribute("aws_db_subnet_group", "vpc_id"),
      subnetGroupName: attribute("aws_db_subnet_group", "name"),
      subnetIds: attribute("aws_db_subnet_group", "subnet_ids"),
      instanceIdentifier: attribute("aws_db_instance", "db_instance_identifier"),
      availabilityZone: attribute("aws_db_instance", "availability_zone"),
    });
  });

  test("that is an instance is found with the same", () => {
    const { data, seen } = synth(instance);
    expect(only(data, "aws_db_instance")).toMatchObject({ db_instance_identifier: "copy" });
    expect(seen).toMatchObject({
      engine: "postgres",
      host: attribute("aws_db_instance", "address"),
      region: attribute("aws_db_instance", "db_instance_arn"),
      securityGroupId: attribute("aws_db_instance", "vpc_security_groups"),
      adminUsername: attribute("aws_db_instance", "master_username"),
      adminSecretArn: attribute("aws_db_instance", "master_user_secret\\[0\\].secret_arn"),
      vpcId: attribute("aws_db_subnet_group", "vpc_id"),
      instanceIdentifier: attribute("aws_db_instance", "db_instance_identifier"),
    });
  });

  test("is refused at plan when it is something else, or its writer is not known", () => {
    const good = {
      engine: "aurora-postgresql",
      cluster_members: ["orders-1"],
      cluster_identifier: "orders",
      master_user_secret: [managed],
    };
    expect(
      complaints(only(synth(cluster).data, "aws_rds_cluster"), {
        good,
        mysql: { ...good, engine: "aurora-mysql" },
        readers: { ...good, cluster_members: ["orders-1", "orders-2"] },
        unmanaged: { ...good, master_user_secret: [] },
      }),
    ).toEqual({
      good: [],
      unmanaged: [expect.stringMatching(/has no master password that RDS manages .* Set adminSecretArn/)],
      mysql: [expect.stringMatching(/must be an Aurora PostgreSQL cluster/)],
      readers: [expect.stringMatching(/Set writerIdentifier/)],
    });
    const named = { ...cluster, writerIdentifier: "orders-2" };
    expect(
      complaints(only(synth(named).data, "aws_rds_cluster"), {
        good,
        readers: { ...good, cluster_members: ["orders-1", "orders-2"] },
      }),
    ).toEqual({
      good: [expect.stringMatching(/^writerIdentifier must be an instance of cluster .* Got orders-2\.$/)],
      readers: [],
    });
    const rds = { engine: "postgres", db_cluster_identifier: "", master_user_secret: [managed] };
    expect(
      complaints(only(synth(instance).data, "aws_db_instance"), {
        rds,
        mysql: { ...rds, engine: "mysql" },
        aurora: { ...rds, db_cluster_identifier: "orders" },
        unmanaged: { ...rds, master_user_secret: [] },
      }),
    ).toEqual({
      rds: [],
      unmanaged: [expect.stringMatching(/has no master password that RDS manages .* Set adminSecretArn/)],
      mysql: [expect.stringMatching(/must be an RDS for PostgreSQL instance/)],
      aurora: [expect.stringMatching(/For an Aurora PostgreSQL cluster, use kind: "cluster"/)],
    });
  });

  test("is refused at plan in another VPC or region than its counterpart's, with both named", () => {
    const { data } = synth(instance, cluster);
    const [, group = {}] = all(data, "aws_db_subnet_group");
    const vpc = { "data\\.aws_db_subnet_group\\.publisher_\\w+\\.vpc_id": "vpc-1" };
    expect(complaints(group, { same: { vpc_id: "vpc-1" }, other: { vpc_id: "vpc-2" } }, vpc)).toEqual({
      same: [],
      other: [
        expect.stringMatching(
          /^instance copy must be in the same VPC as cluster orders, \$\{data\.aws_db_subnet_group\.publisher_\w+\.vpc_id\}, because .* Got \$\{self\.vpc_id\}\.$/,
        ),
      ],
    });
    const found = all(data, "aws_db_instance").find((it) => it["db_instance_identifier"] === "copy") ?? {};
    const rds = {
      engine: "postgres",
      db_cluster_identifier: "",
      db_instance_identifier: "copy",
      master_user_secret: [managed],
    };
    const arn = (region: string) => `arn:aws:rds:${region}:123456789012:db:copy`;
    const region = { "data\\.aws_rds_cluster\\.publisher_\\w+\\.arn": arn("eu-central-1") };
    expect(
      complaints(
        found,
        {
          same: { ...rds, db_instance_arn: arn("eu-central-1") },
          other: { ...rds, db_instance_arn: arn("us-east-1") },
        },
        region,
      ),
    ).toEqual({
      same: [],
      other: [
        expect.stringMatching(
          /must be in the same region as cluster orders, \$\{.*Got \$\{split\(":", self\.db_instance_arn\)\[3\]\}\.$/,
        ),
      ],
    });
  });

  test("may be one that the same deployment makes", () => {
    const { data } = synthesizedStack((stack) => {
      const made = new DataResource(stack, "made", {});
      new DmsServer(stack, "server", { ...cluster, dependsOn: [made] });
    });
    const found = ["aws_rds_cluster", "aws_db_instance", "aws_db_subnet_group"].map((type) =>
      only(data, type),
    );
    expect(found.map((it) => it["depends_on"])).toEqual(Array(3).fill(["terraform_data.made"]));
  });

  test("is no endpoint", () => {
    const clusterIdentifier = "orders.cluster-ro-abc123.eu-central-1.rds.amazonaws.com";
    expect(() => synth({ kind: "cluster", clusterIdentifier })).toThrow(
      /^clusterIdentifier must be an identifier/,
    );
  });
});
