import { TerraformLocal, TerraformOutput } from "cdktf";
import {
  type DatabaseServer,
  ExistingAuroraCluster,
  type ExistingAuroraClusterProps,
  ExistingRdsInstance,
  type ExistingRdsInstanceProps,
} from "../../../modules/aurora";
import { terraformOutputs } from "../replication/terraform-outputs";
import { conditions, only, synthesizedStack } from "./synthesized-stack";

function cluster(given: Partial<ExistingAuroraClusterProps> = {}) {
  return synth("aws_rds_cluster", (stack) => {
    return new ExistingAuroraCluster(stack, "server", {
      clusterIdentifier: "orders",
      databaseName: "app",
      ...given,
    });
  });
}

function instance(given: Partial<ExistingRdsInstanceProps> = {}) {
  return synth("aws_db_instance", (stack) => {
    return new ExistingRdsInstance(stack, "server", {
      dbInstanceIdentifier: "orders",
      databaseName: "app",
      ...given,
    });
  });
}

function synth(
  type: string,
  define: (stack: Parameters<Parameters<typeof synthesizedStack>[0]>[0]) => DatabaseServer,
) {
  const servers: DatabaseServer[] = [];
  const { data, resource, locals } = synthesizedStack((stack) => {
    const server = define(stack);
    servers.push(server);
    const { host, adminUsername, adminSecretArn, securityGroupId, identifier, databaseName } = server;
    new TerraformLocal(stack, "seen", {
      host,
      adminUsername,
      adminSecretArn,
      securityGroupId,
      identifier,
      databaseName,
    });
  });
  return {
    server: servers[0],
    resource,
    found: only(data, type),
    /** What others see of the server, in Terraform's words. */
    seen: locals?.["seen"] as Readonly<Record<string, unknown>>,
  };
}

/** Which of a data source's postconditions, by the beginning of their message, a server does not meet. */
function complaints(
  { found }: ReturnType<typeof synth>,
  servers: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Record<string, string[]> {
  const postconditions = conditions(found, "postcondition");
  const verdicts = terraformOutputs((stack) => {
    for (const [name, attributes] of Object.entries(servers)) {
      const self = `local.${new TerraformLocal(stack, name, attributes).friendlyUniqueId}`;
      const value = postconditions.map(({ condition }) => condition.replaceAll("self", self));
      new TerraformOutput(stack, `${name}_verdict`, { value });
    }
  });
  return Object.fromEntries(
    Object.keys(servers).map((name) => {
      const met = verdicts[`${name}_verdict`] as readonly boolean[];
      return [name, postconditions.filter((_, index) => !met[index]).map((it) => it.error_message)];
    }),
  );
}

describe("an ExistingAuroraCluster", () => {
  const good = {
    engine: "aurora-postgresql",
    engine_mode: "provisioned",
    replication_source_identifier: "",
    master_user_secret: [{ secret_arn: "arn" }],
  };

  test("is looked up, and gets a parameter group of its version's family, which is not attached", () => {
    const { found, resource, server } = cluster({ subscribers: 9, parameters: { work_mem: 65536 } });
    expect(found).toMatchObject({ cluster_identifier: "orders" });
    expect(Object.keys(resource)).toEqual(["aws_rds_cluster_parameter_group"]);
    expect(only(resource, "aws_rds_cluster_parameter_group")).toMatchObject({
      name_prefix: "orders-",
      family: expect.stringContaining('format("aurora-postgresql%s"') as unknown,
      parameter: expect.arrayContaining([
        { name: "work_mem", value: "65536", apply_method: "pending-reboot" },
        { name: "max_replication_slots", value: "32", apply_method: "pending-reboot" },
      ]) as unknown,
    });
    expect(server).toMatchObject({ kind: "cluster", staticParameters: { max_replication_slots: "32" } });
  });

  test("is known by what AWS says of it: its writer, its master user and the secret that RDS manages", () => {
    const attribute = (path: string) =>
      expect.stringMatching(new RegExp(`^\\$\\{data\\.aws_rds_cluster\\.\\w+\\.${path}\\}$`)) as unknown;
    expect(cluster().seen).toMatchObject({
      host: attribute("endpoint"),
      identifier: attribute("cluster_identifier"),
      adminUsername: attribute("master_username"),
      adminSecretArn: attribute("master_user_secret\\[0\\]\\.secret_arn"),
      databaseName: "app",
    });
  });

  test("may be administered by another user, by another secret, behind another group", () => {
    const { server, found } = cluster({
      adminUsername: "boss",
      adminSecretArn: "arn:secret",
      securityGroupId: "sg-1",
    });
    expect(server).toMatchObject({
      adminUsername: "boss",
      adminSecretArn: "arn:secret",
      securityGroupId: "sg-1",
    });
    expect(JSON.stringify(found)).not.toContain("master_user_secret");
  });

  test("is refused at plan when nothing can be replicated from it, or its password is nowhere", () => {
    expect(
      complaints(cluster(), {
        good,
        mysql: { ...good, engine: "aurora-mysql" },
        multi_az: { ...good, engine: "postgres" },
        serverless_v1: { ...good, engine_mode: "serverless" },
        replica: { ...good, replication_source_identifier: "arn:source" },
        no_attribute: { ...good, replication_source_identifier: null },
        own_password: { ...good, master_user_secret: [] },
      }),
    ).toEqual({
      good: [],
      mysql: [expect.stringMatching(/must be an Aurora PostgreSQL cluster/)],
      multi_az: [expect.stringMatching(/must be an Aurora PostgreSQL cluster/)],
      serverless_v1: [expect.stringMatching(/is Aurora Serverless v1/)],
      replica: [expect.stringMatching(/is a replica of/)],
      no_attribute: [],
      own_password: [expect.stringMatching(/has no master password that RDS manages.*Set adminSecretArn/)],
    });
  });

  test.each([
    "orders.cluster-ro-abc123.eu-central-1.rds.amazonaws.com",
    "orders.cluster-abc123.eu-central-1.rds.amazonaws.com",
    "Orders",
    "",
  ])("%j, which is no identifier, is refused", (clusterIdentifier) => {
    expect(() => cluster({ clusterIdentifier })).toThrow(
      `clusterIdentifier must be an identifier as RDS shows it, in lower case, such as "orders". An endpoint is not an identifier. Got ${JSON.stringify(clusterIdentifier)}.`,
    );
  });
});

describe("an ExistingRdsInstance", () => {
  const good = {
    engine: "postgres",
    db_cluster_identifier: "",
    replicate_source_db: "",
    master_user_secret: [{ secret_arn: "arn" }],
  };

  test("is looked up, and gets a parameter group of its version's family, which is not attached", () => {
    const { found, resource, server } = instance({ subscriptions: 9 });
    expect(found).toMatchObject({ db_instance_identifier: "orders" });
    expect(Object.keys(resource)).toEqual(["aws_db_parameter_group"]);
    expect(only(resource, "aws_db_parameter_group")).toMatchObject({
      name_prefix: "orders-",
      family: expect.stringContaining('format("postgres%s"') as unknown,
    });
    expect(server).toMatchObject({ kind: "instance", staticParameters: { max_replication_slots: "32" } });
  });

  test("is known by what AWS says of it", () => {
    const attribute = (path: string) =>
      expect.stringMatching(new RegExp(`^\\$\\{data\\.aws_db_instance\\.\\w+\\.${path}\\}$`)) as unknown;
    expect(instance().seen).toMatchObject({
      host: attribute("address"),
      identifier: attribute("db_instance_identifier"),
      adminUsername: attribute("master_username"),
      adminSecretArn: attribute("master_user_secret\\[0\\]\\.secret_arn"),
      databaseName: "app",
    });
  });

  test("is refused at plan when it cannot take part, or its password is nowhere", () => {
    expect(
      complaints(instance(), {
        good,
        mysql: { ...good, engine: "mysql" },
        aurora: { ...good, engine: "aurora-postgresql", db_cluster_identifier: "orders" },
        multi_az_cluster: { ...good, db_cluster_identifier: "orders" },
        replica: { ...good, replicate_source_db: "primary" },
        own_password: { ...good, master_user_secret: [] },
      }),
    ).toEqual({
      good: [],
      mysql: [expect.stringMatching(/must be an RDS for PostgreSQL instance/)],
      aurora: [expect.stringMatching(/use ExistingAuroraCluster/)],
      multi_az_cluster: [expect.stringMatching(/outside any cluster/)],
      replica: [expect.stringMatching(/is a read replica of/)],
      own_password: [expect.stringMatching(/Set adminSecretArn/)],
    });
  });

  test("an endpoint is refused", () => {
    const dbInstanceIdentifier = "orders.abc123.eu-central-1.rds.amazonaws.com";
    expect(() => instance({ dbInstanceIdentifier })).toThrow(
      /^dbInstanceIdentifier must be an identifier as RDS shows it/,
    );
  });
});

test("the first of a server's security groups is its own, whatever order AWS has them in", () => {
  const first = (server: ReturnType<typeof synth>) => String(server.seen["securityGroupId"]);
  const verdicts = terraformOutputs((stack) => {
    const groups = new TerraformLocal(stack, "groups", ["sg-2", "sg-1"]);
    for (const [name, server] of Object.entries({ cluster: cluster(), instance: instance() })) {
      const value = first(server).replace(/data\.\w+\.\w+\.\w+/, `local.${groups.friendlyUniqueId}`);
      new TerraformOutput(stack, name, { value });
    }
  });
  expect(verdicts).toEqual({ cluster: "sg-1", instance: "sg-1" });
});
