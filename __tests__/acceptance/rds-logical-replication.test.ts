import { RDS, type Parameter } from "@aws-sdk/client-rds";
import { type AwsSandbox, startAwsSandbox } from "../../sandbox/aws/aws-sandbox";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { describeAws } from "../support/aws-sandbox";
import { withClient } from "../support/client";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { createTerraform, type Terraform } from "../support/terraform";

const TYPE = "postgresql_rds_logical_replication";
const ADDRESS = `${TYPE}.r`;
const LOGICAL = { ParameterName: "rds.logical_replication", ParameterValue: "1" };
const MASTER = { MasterUsername: "dba", MasterUserPassword: "correct horse" };

const resource = (attributes: object) => ({ resource: { [TYPE]: { r: attributes } } });

describeAws(TYPE, () => {
  let aws: AwsSandbox;
  let rds: RDS;
  let clusters = 0;

  beforeAll(async () => {
    aws = await startAwsSandbox();
    const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
    rds = new RDS({ endpoint: aws.endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
    await createGroup("replicating", [LOGICAL]);
    await createGroup("replicating-more", [LOGICAL]);
  });

  afterAll(async () => {
    rds.destroy();
    await aws.stop();
  });

  async function createGroup(
    name: string,
    parameters: readonly Parameter[],
    family = "aurora-postgresql18",
  ): Promise<void> {
    const group = { DBClusterParameterGroupName: name };
    await rds.createDBClusterParameterGroup({
      ...group,
      DBParameterGroupFamily: family,
      Description: "of a test",
    });
    if (parameters.length > 0) {
      await rds.modifyDBClusterParameterGroup({ ...group, Parameters: pending(parameters) });
    }
  }

  const pending = (parameters: readonly Parameter[]): Parameter[] =>
    parameters.map((parameter) => ({ ...parameter, ApplyMethod: "pending-reboot" }));

  const setParameter = (group: string, name: string, value: string) =>
    rds.modifyDBClusterParameterGroup({
      DBClusterParameterGroupName: group,
      Parameters: pending([{ ParameterName: name, ParameterValue: value }]),
    });

  /** A cluster that somebody else has made, with a writer. */
  async function createCluster(group?: string): Promise<string> {
    const name = `c${(clusters += 1)}`;
    await rds.createDBCluster({
      DBClusterIdentifier: name,
      Engine: "aurora-postgresql",
      EngineVersion: "18",
      ...MASTER,
      ...(group !== undefined && { DBClusterParameterGroupName: group }),
    });
    await rds.createDBInstance({
      DBInstanceIdentifier: `${name}-1`,
      DBClusterIdentifier: name,
      Engine: "aurora-postgresql",
      DBInstanceClass: "db.r6g.large",
    });
    return name;
  }

  /** As the AWS CLI does it, and waits. */
  async function reboot(instance: string): Promise<void> {
    await rds.rebootDBInstance({ DBInstanceIdentifier: instance });
    await eventually(
      () => instanceStatus(instance),
      (status) => status === "available",
    );
  }

  async function instanceStatus(instance: string): Promise<string | undefined> {
    const { DBInstances: [found] = [] } = await rds.describeDBInstances({ DBInstanceIdentifier: instance });
    return found?.DBInstanceStatus;
  }

  /** What RDS has of a cluster. */
  async function cluster(name: string): Promise<{ group: string | undefined; status: string | undefined }> {
    const { DBClusters: [found] = [] } = await rds.describeDBClusters({ DBClusterIdentifier: name });
    const member = found?.DBClusterMembers?.[0];
    return { group: found?.DBClusterParameterGroup, status: member?.DBClusterParameterGroupStatus };
  }

  /** The server as the master user has it. */
  const master = (identifier: string): PostgresEndpoint => ({
    ...aws.server(identifier),
    username: MASTER.MasterUsername,
    password: MASTER.MasterUserPassword,
  });

  async function live(identifier: string): Promise<{ wal_level: string; started: string; slots: string }> {
    const { rows } = await withClient(master(identifier), (client) =>
      client.query<{ wal_level: string; started: string; slots: string }>(
        "SELECT current_setting('wal_level') AS wal_level, pg_postmaster_start_time()::text AS started, current_setting('max_replication_slots') AS slots",
      ),
    );
    return rows[0] ?? { wal_level: "", started: "", slots: "" };
  }

  const terraformFor = (identifier: string, providerArguments: object = {}): Promise<Terraform> =>
    createTerraform({
      provider: { server: master(identifier), arguments: { ...providerArguments } },
      environment: aws.environment,
    });

  test("attaches the group, reboots once, is imported, follows parameters and drift, and restores the former group", async () => {
    await createGroup("former", [{ ParameterName: "max_wal_senders", ParameterValue: "15" }]);
    await setParameter("replicating", "max_wal_senders", "20");
    const name = await createCluster("former");
    const before = await live(name);
    expect(before.wal_level).toBe("replica");
    const terraform = await terraformFor(name);
    const configuration = { cluster_identifier: name, parameter_group_name: "replicating" };
    await terraform.write(resource(configuration));
    const { diagnostics } = await terraform.apply();
    expect(diagnostics[0]).toMatchObject({ severity: "warning", summary: "The writer may be rebooted" });
    expect(await terraform.state(ADDRESS)).toMatchObject({
      id: `cluster:${name}`,
      region: "us-east-1",
      reboot: "if_pending",
      former_parameter_group_name: "former",
      writer: `${name}-1`,
      wal_level: "logical",
      parameter_apply_status: "in-sync",
    });
    const after = await live(name);
    expect(after.wal_level).toBe("logical");
    expect(after.started).not.toBe(before.started);
    const { changes: none, diagnostics: silence } = await terraform.plan();
    expect([none, silence]).toEqual([{}, []]);
    await terraform.apply();
    expect(await live(name)).toEqual(after);

    const importing = await terraformFor(name);
    await importing.write(resource(configuration));
    await importing.import(ADDRESS, `cluster:${name}`);
    await importing.expectEmptyPlan();

    await setParameter("replicating", "max_replication_slots", "33");
    const changed = await terraform.plan();
    expect(changed.changes[ADDRESS]).toMatchObject({
      actions: ["update"],
      before: { parameter_apply_status: "pending-reboot" },
      after: { parameter_apply_status: "in-sync" },
    });
    await terraform.apply();
    const more = await live(name);
    expect(more).toMatchObject({ wal_level: "logical", slots: "33" });
    expect(more.started).not.toBe(after.started);

    await createGroup("somebody-elses", []);
    await rds.modifyDBCluster({ DBClusterIdentifier: name, DBClusterParameterGroupName: "somebody-elses" });
    await reboot(`${name}-1`);
    const drift = await terraform.plan();
    expect(drift.changes[ADDRESS]).toMatchObject({
      actions: ["update"],
      before: { parameter_group_name: "somebody-elses", wal_level: "replica" },
      after: { parameter_group_name: "replicating", wal_level: "logical" },
    });
    await terraform.apply();
    expect(await terraform.state(ADDRESS)).toMatchObject({ former_parameter_group_name: "somebody-elses" });

    const last = await live(name);
    const destroyed = await terraform.destroy();
    expect(destroyed.diagnostics).toMatchObject([
      { severity: "warning", summary: "Logical replication is on until the next reboot" },
    ]);
    expect(await cluster(name)).toEqual({ group: "somebody-elses", status: "pending-reboot" });
    expect(await live(name)).toEqual(last);
  });

  test("leaves the reboot to the user when told never, and goes on after it without touching anything again", async () => {
    const name = await createCluster();
    const terraform = await terraformFor(name);
    const configuration = { cluster_identifier: name, parameter_group_name: "replicating", reboot: "never" };
    await terraform.write(resource(configuration));
    const { diagnostics } = await errorOf(terraform.apply());
    expect(diagnostics).toMatchObject([
      { severity: "error", summary: "Reboot is pending", attribute: "reboot" },
    ]);
    expect(diagnostics[0]?.detail).toContain(
      `aws rds reboot-db-instance --db-instance-identifier ${name}-1 --region us-east-1`,
    );
    expect(await cluster(name)).toEqual({ group: "replicating", status: "pending-reboot" });

    await reboot(`${name}-1`);
    const rebooted = await live(name);
    const { diagnostics: goingOn } = await terraform.apply();
    expect(goingOn).toMatchObject([{ severity: "warning", summary: "Parameter group not restored" }]);
    expect(await terraform.state(ADDRESS)).toMatchObject({
      former_parameter_group_name: "default.aurora-postgresql18",
      wal_level: "logical",
    });
    expect(await live(name)).toEqual(rebooted);

    await setParameter("replicating", "max_replication_slots", "44");
    await terraform.expectEmptyPlan();
    await terraform.write(resource({ ...configuration, refresh_triggers: { max_replication_slots: "44" } }));
    const again = await errorOf(terraform.apply());
    expect(again.diagnostics[0]).toMatchObject({ summary: "Reboot is pending" });
    await terraform.write(
      resource({ ...configuration, reboot: "if_pending", refresh_triggers: { max_replication_slots: "44" } }),
    );
    await terraform.apply();
    expect(await live(name)).toMatchObject({ slots: "44" });

    await terraform.destroy();
    expect(await cluster(name)).toMatchObject({ group: "default.aurora-postgresql18" });
  });

  test("is created without a second reboot when its creation was interrupted during the first", async () => {
    const name = await createCluster();
    const terraform = await terraformFor(name);
    await terraform.write(resource({ cluster_identifier: name, parameter_group_name: "replicating" }));
    const interrupted = await terraform.applyUntil(
      async () => (await instanceStatus(`${name}-1`)) === "rebooting",
    );
    expect(interrupted.diagnostics.map(({ detail }) => detail).join("\n")).toMatch(
      /The operation was cancelled\..*applying again goes on/s,
    );
    await eventually(
      () => instanceStatus(`${name}-1`),
      (status) => status === "available",
    );
    const rebooted = await live(name);
    expect(rebooted.wal_level).toBe("logical");

    const { diagnostics } = await terraform.apply();
    expect(diagnostics).toMatchObject([{ severity: "warning", summary: "Parameter group not restored" }]);
    expect(await live(name)).toEqual(rebooted);
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await cluster(name)).toMatchObject({ group: "default.aurora-postgresql18" });
  });

  test("does the same for an RDS instance", async () => {
    const name = "single";
    const group = { DBParameterGroupName: "replicating-instance" };
    await rds.createDBParameterGroup({
      ...group,
      DBParameterGroupFamily: "postgres18",
      Description: "of a test",
    });
    await rds.modifyDBParameterGroup({ ...group, Parameters: pending([LOGICAL]) });
    await rds.createDBInstance({
      DBInstanceIdentifier: name,
      Engine: "postgres",
      EngineVersion: "18",
      DBInstanceClass: "db.t4g.micro",
      AllocatedStorage: 20,
      ...MASTER,
    });
    const terraform = await terraformFor(name);
    await terraform.write(
      resource({ db_instance_identifier: name, parameter_group_name: group.DBParameterGroupName }),
    );
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      id: "instance:single",
      former_parameter_group_name: "default.postgres18",
      writer: name,
      wal_level: "logical",
    });
    expect((await live(name)).wal_level).toBe("logical");
    await terraform.destroy();
    const { DBInstances: [instance] = [] } = await rds.describeDBInstances({ DBInstanceIdentifier: name });
    expect(instance?.DBParameterGroups).toMatchObject([
      { DBParameterGroupName: "default.postgres18", ParameterApplyStatus: "pending-reboot" },
    ]);
  });

  test("changes and reboots nothing where the group is live already, and survives a server or cluster that is gone", async () => {
    const name = await createCluster("replicating");
    const before = await live(name);
    const terraform = await terraformFor(name, { port: "${var.port}" });
    const configuration = (port: number) => ({
      variable: { port: { default: port } },
      ...resource({ cluster_identifier: name, parameter_group_name: "replicating" }),
    });
    await terraform.write(configuration(5432));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await live(name)).toEqual(before);

    await terraform.write(configuration(1));
    const { changes, diagnostics } = await terraform.plan();
    expect(changes).toEqual({});
    expect(diagnostics).toMatchObject([{ severity: "warning", summary: "wal_level could not be asked for" }]);

    await rds.deleteDBInstance({ DBInstanceIdentifier: `${name}-1` });
    await rds.deleteDBCluster({ DBClusterIdentifier: name, SkipFinalSnapshot: true });
    const gone = await terraform.plan();
    expect(gone.changes[ADDRESS]?.actions).toEqual(["create"]);
    const { diagnostics: complaints } = await errorOf(terraform.apply());
    expect(complaints[0]?.detail).toContain(`There is no cluster "${name}" in us-east-1.`);
  });

  test("refuses what would end badly, before anything is changed", async () => {
    await createGroup("rich", [{ ParameterName: "max_wal_senders", ParameterValue: "15" }]);
    await createGroup("old-family", [LOGICAL], "aurora-postgresql17");
    await createGroup("without", []);
    const name = await createCluster("rich");
    const terraform = await terraformFor(name);
    const on = (group: string) => ({ cluster_identifier: name, parameter_group_name: group });
    await terraform.write({
      resource: {
        [TYPE]: {
          poorer: on("replicating-more"),
          without: on("without"),
          family: on("old-family"),
          nonesuch: on("nonesuch"),
        },
      },
    });
    const planned = await errorOf(terraform.plan());
    expect(planned.diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
      { summary: "Parameter group of another family", address: `${TYPE}.family` },
    ]);
    expect(planned.message).toContain("needs one of the family aurora-postgresql18");
    // What the same apply may change is foretold, and refused when it is not changed.
    await terraform.write({
      resource: {
        [TYPE]: { poorer: on("replicating-more"), without: on("without"), nonesuch: on("nonesuch") },
      },
    });
    const applied = await errorOf(terraform.apply());
    const saidOf = (wanted: string) =>
      applied.diagnostics
        .filter(({ severity }) => severity === wanted)
        .map(({ address, summary }) => `${address}: ${summary}`);
    const foreseeable = [
      `${TYPE}.poorer: Parameters would be lost`,
      `${TYPE}.without: Parameter group without logical replication`,
    ];
    expect(saidOf("warning")).toEqual(expect.arrayContaining(foreseeable));
    expect(saidOf("error").sort()).toEqual(
      [...foreseeable, `${TYPE}.nonesuch: Parameter group does not exist`].sort(),
    );
    expect(applied.message).toContain("max_wal_senders = 15");

    await terraform.write(
      resource({ db_instance_identifier: `${name}-1`, parameter_group_name: "replicating-more" }),
    );
    const member = await errorOf(terraform.plan());
    expect(member.diagnostics).toMatchObject([{ severity: "error", summary: "Instance of a cluster" }]);
    expect(member.message).toContain(`Set cluster_identifier = "${name}"`);
    expect(await cluster(name)).toEqual({ group: "rich", status: "in-sync" });
    expect(await terraform.state(ADDRESS)).toBeUndefined();

    await terraform.write({
      resource: {
        [TYPE]: {
          endpoint: {
            cluster_identifier: "p.cluster-abc.eu-west-1.rds.amazonaws.com",
            parameter_group_name: "g",
          },
          both: { cluster_identifier: "a", db_instance_identifier: "b", parameter_group_name: "g" },
          neither: { parameter_group_name: "g" },
          default: { cluster_identifier: "a", parameter_group_name: "default.aurora-postgresql18" },
          reboot: { cluster_identifier: "a", parameter_group_name: "g", reboot: "always" },
        },
      },
    });
    const { diagnostics } = await errorOf(terraform.plan());
    const details: Record<string, string> = Object.fromEntries(
      diagnostics.map(({ address, detail }) => [`${address}`, detail]),
    );
    expect(details[`${TYPE}.endpoint`]).toContain("looks like an endpoint");
    expect(details[`${TYPE}.both`]).toContain("cannot be set together");
    expect(details[`${TYPE}.neither`]).toContain("Either cluster_identifier");
    expect(details[`${TYPE}.default`]).toContain("Name a custom parameter group");
    expect(details[`${TYPE}.reboot`]).toContain('"if_pending" or "never"');
  });
});
