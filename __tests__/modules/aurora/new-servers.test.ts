import { Fn, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import {
  AuroraCluster,
  type AuroraClusterProps,
  RdsInstance,
  type RdsInstanceProps,
} from "../../../modules/aurora";
import type { NewServerProps } from "../../../modules/aurora/new-server-props";
import { all, conditions, matching, only, synthesizedStack } from "./synthesized-stack";

const required: NewServerProps = {
  name: "orders",
  engineVersion: "16.4",
  vpcId: "vpc-1",
  subnetIds: ["subnet-1", "subnet-2"],
};

type Given<Props> = Partial<Props> | ((scope: Construct) => Partial<Props>);

function cluster(given: Given<AuroraClusterProps> = {}) {
  const servers: AuroraCluster[] = [];
  const { resource } = synthesizedStack((stack) => {
    const props = typeof given === "function" ? given(stack) : given;
    servers.push(new AuroraCluster(stack, "server", { ...required, ...props }));
  });
  const [server] = servers;
  return {
    server,
    resource,
    main: only(resource, "aws_rds_cluster"),
    instances: all(resource, "aws_rds_cluster_instance"),
  };
}

function instance(given: Given<RdsInstanceProps> = {}) {
  const servers: RdsInstance[] = [];
  const { resource } = synthesizedStack((stack) => {
    const props = typeof given === "function" ? given(stack) : given;
    servers.push(new RdsInstance(stack, "server", { ...required, ...props }));
  });
  const [server] = servers;
  const main = only(resource, "aws_db_instance");
  return { server, resource, main, instances: [main] };
}

describe.each([
  {
    Server: AuroraCluster,
    synth: (given: Given<NewServerProps> = {}) => cluster(given),
    type: "aws_rds_cluster",
    names: {
      username: "master_username",
      database: "database_name",
      group: "db_cluster_parameter_group_name",
    },
    groupType: "aws_rds_cluster_parameter_group",
  },
  {
    Server: RdsInstance,
    synth: (given: Given<NewServerProps> = {}) => instance(given),
    type: "aws_db_instance",
    names: { username: "username", database: "db_name", group: "parameter_group_name" },
    groupType: "aws_db_parameter_group",
  },
])("a new $Server.name", ({ Server, synth, type, names, groupType }) => {
  test("is encrypted, backed up and protected, has a password that RDS manages, and no open port", () => {
    const { main, instances, resource } = synth();
    expect(main).toMatchObject({
      storage_encrypted: true,
      backup_retention_period: 7,
      copy_tags_to_snapshot: true,
      deletion_protection: true,
      skip_final_snapshot: false,
      manage_master_user_password: true,
      apply_immediately: false,
      port: 5432,
    });
    expect(main).not.toHaveProperty("kms_key_id");
    expect(JSON.stringify(resource)).not.toMatch(/"(master_)?password(_wo)?"/);
    expect(instances).toMatchObject([{ instance_class: "db.t4g.medium", publicly_accessible: false }]);
    expect(Object.keys(resource).filter((other) => other.includes("_rule"))).toEqual([]);
  });

  test("is in its subnets, behind a security group of its own", () => {
    const { main, resource } = synth();
    expect(only(resource, "aws_db_subnet_group")).toMatchObject({
      name: "orders",
      subnet_ids: ["subnet-1", "subnet-2"],
    });
    expect(only(resource, "aws_security_group")).toMatchObject({ name: "orders", vpc_id: "vpc-1" });
    expect(main).toMatchObject({
      db_subnet_group_name: matching(/^\$\{aws_db_subnet_group\.\w+\.name\}$/),
      vpc_security_group_ids: [matching(/^\$\{aws_security_group\.\w+\.id\}$/)],
    });
  });

  test("starts with a parameter group that has logical replication on, sized for what it takes part in", () => {
    const { main, resource, server } = synth({ subscribers: 9, tablesSyncedAtOnce: 4 });
    expect(main).toMatchObject({
      [names.group]: matching(new RegExp(`^\\$\\{${groupType}\\.\\w+\\.name\\}$`)),
    });
    expect(only(resource, groupType)).toMatchObject({
      name_prefix: "orders-",
      parameter: expect.arrayContaining([
        { name: "rds.logical_replication", value: "1", apply_method: "pending-reboot" },
        { name: "max_replication_slots", value: "50", apply_method: "pending-reboot" },
      ]) as unknown,
    });
    expect(server?.staticParameters).toMatchObject({ max_replication_slots: "50" });
  });

  test("has the user and the database postgres, which is there without being created", () => {
    const { main, server } = synth();
    expect(main).toMatchObject({ [names.username]: "postgres" });
    expect(main).not.toHaveProperty(names.database);
    expect(server).toMatchObject({ adminUsername: "postgres", databaseName: "postgres", port: 5432 });
    expect(synth({ databaseName: "postgres" }).main).not.toHaveProperty(names.database);
  });

  test("has another user, database and port when asked", () => {
    const { main, server } = synth({ masterUsername: "boss", databaseName: "app", port: 6000 });
    expect(main).toMatchObject({ [names.username]: "boss", [names.database]: "app", port: 6000 });
    expect(server).toMatchObject({ adminUsername: "boss", databaseName: "app", port: 6000 });
  });

  test("restored from a snapshot has the snapshot's user and database, and a later snapshot changes nothing", () => {
    const { main, server } = synth({ snapshotIdentifier: "nightly" });
    expect(main).toMatchObject({
      snapshot_identifier: "nightly",
      lifecycle: { ignore_changes: ["snapshot_identifier"] },
    });
    expect(main).not.toHaveProperty(names.username);
    expect(main).not.toHaveProperty(names.database);
    expect(server?.adminUsername).toMatch(/TfToken/);
    expect(server?.databaseName).toMatch(/TfToken/);
    const named = synth({ snapshotIdentifier: "nightly", databaseName: "app" });
    expect(named.main).not.toHaveProperty(names.database);
    expect(named.server?.databaseName).toBe("app");
  });

  test("restored from a snapshot cannot have another user", () => {
    expect(() => synth({ snapshotIdentifier: "nightly", masterUsername: "boss" })).toThrow(
      'masterUsername must be omitted with snapshotIdentifier: the server keeps the master user of the snapshot. Got "boss".',
    );
  });

  test("leaves a snapshot behind whose name stays, and is another one for another server of its name", () => {
    const { main, resource } = synth({ kmsKeyId: "key", masterUsername: "boss", databaseName: "app" });
    expect(main["final_snapshot_identifier"]).toMatch(
      /^orders-final-\$\{substr\(terraform_data\.\w+\.id, 0, 8\)\}$/,
    );
    expect(only(resource, "terraform_data")).toEqual({
      triggers_replace: { name: "orders", kmsKeyId: "key", masterUsername: "boss", databaseName: "app" },
    });
  });

  test("can be given up for good", () => {
    expect(synth({ deletionProtection: false, skipFinalSnapshot: true }).main).toMatchObject({
      deletion_protection: false,
      skip_final_snapshot: true,
    });
  });

  test("stays at a minor version that was asked for, and is kept up to date otherwise", () => {
    const upgrades = (given: Given<NewServerProps>) =>
      synth(given).instances.map(({ auto_minor_version_upgrade }) => auto_minor_version_upgrade);
    expect(upgrades({ engineVersion: "16.4" })).toEqual([false]);
    expect(upgrades({ engineVersion: "16" })).toEqual([true]);
    const variable = (scope: Construct) => new TerraformVariable(scope, "release", { type: "string" });
    expect(upgrades((scope) => ({ engineVersion: variable(scope).stringValue }))).toEqual([false]);
  });

  test("what else was asked for is passed on", () => {
    const { main, instances, resource } = synth({
      instanceClass: "db.r6g.large",
      kmsKeyId: "arn:aws:kms:eu-central-1:1:key/k",
      publiclyAccessible: true,
      backupRetentionPeriod: 30,
      applyImmediately: true,
      tags: { team: "data" },
    });
    expect(main).toMatchObject({
      kms_key_id: "arn:aws:kms:eu-central-1:1:key/k",
      backup_retention_period: 30,
      apply_immediately: true,
    });
    expect(instances).toMatchObject([
      { instance_class: "db.r6g.large", publicly_accessible: true, apply_immediately: true },
    ]);
    for (const tagged of [type, groupType, "aws_db_subnet_group", "aws_security_group"]) {
      expect(only(resource, tagged)).toMatchObject({ tags: { team: "data" } });
    }
  });

  test("is known by what AWS says of it", () => {
    const { server } = synth({});
    expect(server).toMatchObject({
      engineVersion: "16.4",
      kind: Server === AuroraCluster ? "cluster" : "instance",
    });
    for (const value of [server?.host, server?.identifier, server?.adminSecretArn, server?.securityGroupId]) {
      expect(value).toMatch(/TfToken/);
    }
  });

  test.each(["Orders", "1st", "orders-", "or--ders", "my_orders", "", "o".repeat(51)])(
    "the name %j, which RDS does not accept or does not keep, is refused",
    (name) => {
      expect(() => synth({ name })).toThrow(
        `name must consist of up to 50 lower case letters, digits and single hyphens, begin with a letter, and not end with a hyphen. Got ${JSON.stringify(name)}.`,
      );
    },
  );

  test.each([
    [[], "none"],
    [["subnet-1"], "subnet-1"],
    [["subnet-1", "subnet-1"], "subnet-1, subnet-1"],
  ])("the subnets %j are refused: RDS needs two", (subnetIds, got) => {
    expect(() => synth({ subnetIds })).toThrow(
      `subnetIds must contain at least two subnets, in different availability zones: RDS requires it. Got ${got}.`,
    );
  });

  test("subnets that only Terraform knows are counted by Terraform", () => {
    const { resource } = synth((scope) => ({
      subnetIds: new TerraformVariable(scope, "subnets", { type: "list(string)" }).listValue,
    }));
    expect(conditions(only(resource, "aws_db_subnet_group"), "precondition")).toEqual([
      {
        condition: "${(length(distinct(var.subnets)) >= 2)}",
        error_message: matching(/^subnetIds must contain at least two subnets/),
      },
    ]);
    expect(() => synth({ subnetIds: [Fn.join("", ["a"]), Fn.join("", ["b"])] })).not.toThrow();
  });

  test("a version without logical replication is refused", () => {
    expect(() => synth({ engineVersion: "9.6.22" })).toThrow(/^engineVersion must be 10\.[46] or later/);
  });
});

describe("a new AuroraCluster", () => {
  test("has a writer, and the readers that were asked for, which come after it", () => {
    const { instances, server } = cluster({ readers: 2 });
    const writer = matching(/^aws_rds_cluster_instance\.\w*writer\w*$/);
    const common = { engine: matching(/^\$\{aws_rds_cluster\.\w+\.engine\}$/), copy_tags_to_snapshot: true };
    expect(
      [...instances].sort((a, b) => String(a["identifier"]).localeCompare(String(b["identifier"]))),
    ).toMatchObject([
      { ...common, identifier: "orders-1", promotion_tier: 0 },
      { ...common, identifier: "orders-2", promotion_tier: 1, depends_on: [writer] },
      { ...common, identifier: "orders-3", promotion_tier: 2, depends_on: [writer] },
    ]);
    expect(server?.ready).toHaveLength(3);
  });

  test.each([-1, 16, 0.5])("%p readers are refused", (readers) => {
    expect(() => cluster({ readers })).toThrow(
      `readers must be a whole number from 0 to 15. Got ${readers}.`,
    );
  });

  test("may be serverless, when it is said how far it scales", () => {
    const serverlessv2ScalingConfiguration = { minCapacity: 0.5, maxCapacity: 4 };
    const { main, instances } = cluster({ instanceClass: "db.serverless", serverlessv2ScalingConfiguration });
    expect(main).toMatchObject({
      serverlessv2_scaling_configuration: { min_capacity: 0.5, max_capacity: 4 },
    });
    expect(instances).toMatchObject([{ instance_class: "db.serverless" }]);
    expect(() => cluster({ instanceClass: "db.serverless" })).toThrow(
      /^serverlessv2ScalingConfiguration is required/,
    );
  });
});

describe("a new RdsInstance", () => {
  test("has 20 GiB of gp3 storage that does not grow, and no standby", () => {
    const { main, server } = instance();
    expect(main).toMatchObject({ allocated_storage: 20, storage_type: "gp3", multi_az: false });
    expect(main).not.toHaveProperty("max_allocated_storage");
    expect(server?.ready).toHaveLength(1);
  });

  test("has the storage that was asked for, and the snapshot's otherwise", () => {
    const storage = { allocatedStorage: 100, maxAllocatedStorage: 500, storageType: "io2", multiAz: true };
    expect(instance(storage).main).toMatchObject({
      allocated_storage: 100,
      max_allocated_storage: 500,
      storage_type: "io2",
      multi_az: true,
    });
    expect(instance({ snapshotIdentifier: "nightly" }).main).not.toHaveProperty("allocated_storage");
  });
});
