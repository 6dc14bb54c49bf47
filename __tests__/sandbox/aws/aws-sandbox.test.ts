import {
  CreateDBClusterCommand,
  CreateDBClusterParameterGroupCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSubnetGroupCommand,
  DeleteDBClusterCommand,
  DeleteDBClusterParameterGroupCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBClusterCommand,
  ModifyDBClusterParameterGroupCommand,
  ModifyDBInstanceCommand,
  RebootDBInstanceCommand,
  ResetDBClusterParameterGroupCommand,
  RDSServiceException,
  RestoreDBClusterFromSnapshotCommand,
  StopDBClusterCommand,
  type CreateDBClusterCommandInput,
  type Parameter,
  type RDSClient,
} from "@aws-sdk/client-rds";
import type { ClientConfig } from "pg";
import { startAwsSandbox, type AwsSandbox } from "../../../sandbox/aws/aws-sandbox";
import { connectionUrl } from "../../../sandbox/postgres-endpoint";
import { aSubnet, ec2, secretValue } from "../../support/aws-api";
import { describeAws } from "../../support/aws-sandbox";
import { createClient, sql, type Login } from "../../support/client";
import { eventually } from "../../support/eventually";
import { rdsClient } from "../../support/rds-client";
import { leftBehind, tracesOf } from "../left-behind";

const master = { user: "dba", password: "it's \\ secret" };

describeAws("the AWS side of the sandbox", () => {
  let aws: AwsSandbox;
  let rds: RDSClient;

  beforeAll(async () => {
    aws = await startAwsSandbox();
    rds = rdsClient(aws.endpoint);
  });

  afterAll(() => aws.stop());

  /** A cluster with a writer, `NAME-1`; the master user's login at its endpoint. */
  async function createCluster(
    name: string,
    input: Partial<CreateDBClusterCommandInput> = {},
  ): Promise<Login> {
    const { DBCluster: cluster } = await rds.send(
      new CreateDBClusterCommand({
        DBClusterIdentifier: name,
        Engine: "aurora-postgresql",
        EngineVersion: "18",
        MasterUsername: master.user,
        ...(input.ManageMasterUserPassword !== true && { MasterUserPassword: master.password }),
        DatabaseName: "app",
        ...input,
      }),
    );
    await addWriter(name);
    return { host: cluster?.Endpoint, ...master };
  }

  const addWriter = (name: string) =>
    rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: `${name}-1`,
        DBClusterIdentifier: name,
        Engine: "aurora-postgresql",
        DBInstanceClass: "db.r6g.large",
      }),
    );

  const createGroup = (name: string, family = "aurora-postgresql18") =>
    rds.send(
      new CreateDBClusterParameterGroupCommand({
        DBClusterParameterGroupName: name,
        DBParameterGroupFamily: family,
        Description: "of a test",
      }),
    );

  const setParameter = (group: string, parameter: Parameter) =>
    rds.send(
      new ModifyDBClusterParameterGroupCommand({
        DBClusterParameterGroupName: group,
        Parameters: [parameter],
      }),
    );

  const logicalReplication: Parameter = {
    ParameterName: "rds.logical_replication",
    ParameterValue: "1",
    ApplyMethod: "pending-reboot",
  };

  /** What the API says of the cluster's writer and its parameter group. */
  async function memberStatus(name: string): Promise<string | undefined> {
    const { DBClusters } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: name }));
    return DBClusters?.[0]?.DBClusterMembers?.[0]?.DBClusterParameterGroupStatus;
  }

  async function instanceStatus(name: string): Promise<string | undefined> {
    const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }));
    return DBInstances?.[0]?.DBInstanceStatus;
  }

  async function reboot(instance: string): Promise<void> {
    const { DBInstance } = await rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: instance }));
    expect(DBInstance?.DBInstanceStatus).toBe("rebooting");
    await eventually(async () => (await instanceStatus(instance)) === "available");
  }

  const show = async (login: Login, setting: string) =>
    (await sql<{ value: string }>(login, `SELECT current_setting('${setting}') AS value`))[0]?.value;

  /** Whether the login may replicate: what PostgreSQL itself says to it. */
  async function mayReplicate({ host = "", user, password, database = "app" }: Login): Promise<boolean> {
    const options = { host, user, password, database, ssl: { rejectUnauthorized: false } };
    const client = createClient({ ...options, replication: "database" } as ClientConfig);
    try {
      await client.connect();
      await client.query("IDENTIFY_SYSTEM");
      return true;
    } catch (error) {
      expect((error as Error).message).toMatch(/permission denied to start WAL sender|replication role/);
      return false;
    } finally {
      await client.end();
    }
  }

  test("a cluster's endpoint answers, encrypted, once the cluster has an instance", async () => {
    const { DBCluster: cluster } = await rds.send(
      new CreateDBClusterCommand({
        DBClusterIdentifier: "empty",
        Engine: "aurora-postgresql",
        EngineVersion: "18",
        MasterUsername: master.user,
        MasterUserPassword: master.password,
        DatabaseName: "app",
        Port: 5433,
      }),
    );
    const login = { host: cluster?.Endpoint, port: 5433, ...master };
    await expect(sql(login, "SELECT")).rejects.toThrow("ECONNREFUSED");
    await addWriter("empty");
    expect(
      await sql(
        login,
        "SELECT ssl, split_part(version(), '.', 1) AS version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
      ),
    ).toEqual([{ ssl: true, version: "PostgreSQL 18" }]);
    expect(await sql({ ...login, host: cluster?.ReaderEndpoint }, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(aws.server("empty")).toMatchObject({ host: cluster?.Endpoint, port: 5433, username: "rdsadmin" });
    expect(() => aws.server("other")).toThrow(
      /^There is no server "other" in the sandbox: there is .*"empty"/,
    );

    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "empty-1" }));
    await expect(sql(login, "SELECT")).rejects.toThrow("ECONNREFUSED");
  });

  test("a static parameter reaches the server at the reboot, a dynamic one at once", async () => {
    const login = await createCluster("publisher");
    await createGroup("logical");
    await setParameter("logical", logicalReplication);
    expect(await memberStatus("publisher")).toBe("in-sync");

    await rds.send(
      new ModifyDBClusterCommand({
        DBClusterIdentifier: "publisher",
        DBClusterParameterGroupName: "logical",
      }),
    );
    expect(await memberStatus("publisher")).toBe("pending-reboot");
    expect(await show(login, "wal_level")).toBe("replica");
    await reboot("publisher-1");
    expect(await memberStatus("publisher")).toBe("in-sync");
    expect(await show(login, "wal_level")).toBe("logical");
    expect(await show(login, "rds.logical_replication")).toBe("on");

    const dynamic = { ParameterName: "work_mem", ApplyMethod: "immediate" } as const;
    const former = await show(login, "work_mem");
    await setParameter("logical", { ...dynamic, ParameterValue: "8192" });
    await eventually(async () => (await show(login, "work_mem")) === "8MB");
    await rds.send(
      new ResetDBClusterParameterGroupCommand({
        DBClusterParameterGroupName: "logical",
        Parameters: [dynamic],
      }),
    );
    await eventually(async () => (await show(login, "work_mem")) === former);
    expect(await memberStatus("publisher")).toBe("in-sync");

    await setParameter("logical", { ...logicalReplication, ParameterValue: "0" });
    expect(await memberStatus("publisher")).toBe("pending-reboot");
    expect(await show(login, "wal_level")).toBe("logical");
  });

  test("a cluster that is created with a group boots with it; parameters that make no sense stop it", async () => {
    await createGroup("from-the-start");
    await setParameter("from-the-start", logicalReplication);
    const login = await createCluster("ready", { DBClusterParameterGroupName: "from-the-start" });
    expect(await memberStatus("ready")).toBe("in-sync");
    expect(await show(login, "wal_level")).toBe("logical");

    const connections: Parameter = { ParameterName: "max_connections", ApplyMethod: "pending-reboot" };
    await setParameter("from-the-start", { ...connections, ParameterValue: "1" });
    await rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "ready-1" }));
    await eventually(async () => (await instanceStatus("ready-1")) === "incompatible-parameters");
    await setParameter("from-the-start", { ...connections, ParameterValue: "50" });
    await reboot("ready-1");
    expect(await show(login, "max_connections")).toBe("50");
  });

  test("the master user is no superuser, and may do what it takes to replicate", async () => {
    const login = await createCluster("roles");
    const roles = await sql<{ name: string }>(
      login,
      "SELECT rolname AS name FROM pg_roles WHERE NOT rolsuper AND rolname !~ '^pg_' ORDER BY 1",
    );
    expect(roles.map(({ name }) => name)).toEqual([
      "dba",
      "rds_iam",
      "rds_password",
      "rds_replication",
      "rds_superuser",
    ]);
    expect(await mayReplicate(login)).toBe(true);
    await sql(
      login,
      "CREATE SUBSCRIPTION s CONNECTION 'host=x password=x' PUBLICATION p WITH (connect = false)",
    );
  });

  test("members of rds_replication may replicate, and no attribute of theirs shows it", async () => {
    const login = await createCluster("rights");
    const role = { ...login, user: "replicator", password: "x" };
    await sql(login, "CREATE ROLE replicator LOGIN PASSWORD 'x'; CREATE ROLE team");
    await sql(login, "CREATE DATABASE from_template0 TEMPLATE template0");
    expect(await mayReplicate(role)).toBe(false);

    await sql(login, "GRANT rds_replication TO team; GRANT team TO replicator");
    await eventually(() => mayReplicate(role));
    for (const database of ["app", "from_template0"]) {
      expect(await sql({ ...login, database }, "SELECT rolname FROM pg_roles WHERE rolreplication")).toEqual([
        { rolname: "rdsadmin" },
      ]);
    }

    await sql(login, "REVOKE team FROM replicator");
    await eventually(async () => !(await mayReplicate(role)));
  });

  test("a restored cluster has the rows of the snapshot, and gets a managed password before its first instance", async () => {
    const login = await createCluster("original");
    await sql(login, "CREATE TABLE t AS SELECT generate_series(1, 3) AS a");
    await rds.send(
      new CreateDBClusterSnapshotCommand({
        DBClusterIdentifier: "original",
        DBClusterSnapshotIdentifier: "three",
      }),
    );
    await sql(login, "INSERT INTO t VALUES (4)");
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "original-1" }));
    await rds.send(
      new DeleteDBClusterCommand({ DBClusterIdentifier: "original", FinalDBSnapshotIdentifier: "four" }),
    );

    const count = async (name: string, snapshot: string, manage: boolean) => {
      const { DBCluster: restored } = await rds.send(
        new RestoreDBClusterFromSnapshotCommand({
          DBClusterIdentifier: name,
          SnapshotIdentifier: snapshot,
          Engine: "aurora-postgresql",
        }),
      );
      let { password } = master;
      if (manage) {
        const { DBCluster: managed } = await rds.send(
          new ModifyDBClusterCommand({ DBClusterIdentifier: name, ManageMasterUserPassword: true }),
        );
        ({ password } = await secretValue(aws.endpoint, managed?.MasterUserSecret?.SecretArn));
      }
      await addWriter(name);
      const rows = await sql<{ n: number }>(
        { host: restored?.Endpoint, user: master.user, password },
        "SELECT count(*)::int AS n FROM t",
      );
      return rows[0]?.n;
    };
    expect(await count("with-three", "three", true)).toBe(3);
    expect(await count("with-four", "four", false)).toBe(4);
  });

  test("an instance of RDS has a managed password, which rotates; before 16 its master user is a superuser", async () => {
    const { DBInstance: instance } = await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: "subscriber",
        Engine: "postgres",
        EngineVersion: "10.23",
        DBInstanceClass: "db.t4g.micro",
        AllocatedStorage: 20,
        MasterUsername: "boss",
        ManageMasterUserPassword: true,
      }),
    );
    const secret = instance?.MasterUserSecret?.SecretArn;
    const first = await secretValue(aws.endpoint, secret);
    expect(first.username).toBe("boss");
    // It was created without a database of its own.
    const here = { host: instance?.Endpoint?.Address, database: "postgres", user: "boss" };
    expect(
      await sql(
        { ...here, password: first.password },
        "SELECT rolsuper FROM pg_roles WHERE rolname = 'boss'",
      ),
    ).toEqual([{ rolsuper: true }]);

    await rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: "subscriber",
        RotateMasterUserPassword: true,
        ApplyImmediately: true,
      }),
    );
    const second = await secretValue(aws.endpoint, secret);
    expect(second.password).not.toBe(first.password);
    const login = { ...here, password: second.password };
    await sql(login, "CREATE ROLE replicator LOGIN PASSWORD 'x' IN ROLE rds_replication");
    await eventually(() => mayReplicate({ ...login, user: "replicator", password: "x" }));
    await expect(sql({ ...here, password: first.password }, "SELECT")).rejects.toThrow(
      "password authentication failed",
    );
  });

  test("a password that is set by ModifyDBCluster is the server's", async () => {
    const login = await createCluster("passwords");
    const password = "quite' another";
    await rds.send(
      new ModifyDBClusterCommand({ DBClusterIdentifier: "passwords", MasterUserPassword: password }),
    );
    expect(await sql({ ...login, password }, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("what AWS refuses is refused, with its error code", async () => {
    await createCluster("protected", { DeletionProtection: true });
    await createGroup("static");
    await createGroup("of-16", "aurora-postgresql16");
    await createGroup("in-use");
    await rds.send(
      new ModifyDBClusterCommand({ DBClusterIdentifier: "protected", DBClusterParameterGroupName: "in-use" }),
    );
    const refused = async (request: Promise<unknown>) => {
      const error: unknown = await request.then(
        () => "nothing",
        (error: unknown) => error,
      );
      expect(error).toBeInstanceOf(RDSServiceException);
      const { name, message, $metadata } = error as RDSServiceException;
      expect(Math.floor(($metadata.httpStatusCode ?? 0) / 100)).toBe(4);
      return `${name}: ${message}`;
    };

    expect(
      await refused(setParameter("static", { ...logicalReplication, ApplyMethod: "immediate" })),
    ).toMatch(/^InvalidParameterCombination: cannot use immediate apply method for static parameter/);
    expect(
      await refused(
        rds.send(
          new ModifyDBClusterCommand({
            DBClusterIdentifier: "protected",
            DBClusterParameterGroupName: "of-16",
          }),
        ),
      ),
    ).toMatch(/^InvalidParameterCombination: .*aurora-postgresql16.*aurora-postgresql18/);
    expect(
      await refused(
        rds.send(new DeleteDBClusterParameterGroupCommand({ DBClusterParameterGroupName: "in-use" })),
      ),
    ).toMatch(/^InvalidDBParameterGroupState/);
    expect(await refused(rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "nobody" })))).toMatch(
      /^DBInstanceNotFound/,
    );
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "protected-1" }));
    expect(
      await refused(
        rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier: "protected", SkipFinalSnapshot: true })),
      ),
    ).toMatch(/^InvalidParameterCombination: .*protect/);
    expect(await refused(createCluster("old", { EngineVersion: "9.6" }))).toMatch(
      /^InvalidParameterCombination: Cannot find version 9.6/,
    );
    expect(await refused(rds.send(new StopDBClusterCommand({ DBClusterIdentifier: "protected" })))).toMatch(
      /^NotImplemented: rds StopDBCluster/,
    );
    const oneZone = [await aSubnet(aws.endpoint)];
    expect(
      await refused(
        rds.send(
          new CreateDBSubnetGroupCommand({
            DBSubnetGroupName: "one-zone",
            DBSubnetGroupDescription: "of a test",
            SubnetIds: oneZone,
          }),
        ),
      ),
    ).toMatch(/^DBSubnetGroupDoesNotCoverEnoughAZs/);
  });

  test("nothing is left of a cluster that is deleted", async () => {
    await createCluster("short-lived");
    const traces = await tracesOf(connectionUrl(aws.server("short-lived")));
    expect(leftBehind(traces)).toHaveLength(2);
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "short-lived-1" }));
    await rds.send(
      new DeleteDBClusterCommand({ DBClusterIdentifier: "short-lived", SkipFinalSnapshot: true }),
    );
    expect(leftBehind(traces)).toEqual([]);
    expect(() => aws.server("short-lived")).toThrow("There is no server");
  });

  test("reports a security group rule that does not exist with the error that Terraform ignores", async () => {
    const [, group = ""] = /<groupId>(sg-\w+)</.exec(await ec2(aws.endpoint, "DescribeSecurityGroups")) ?? [];
    for (const action of ["RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"]) {
      const rule = { GroupId: group, "SecurityGroupRuleId.1": "sgr-00000000000000000" };
      await expect(ec2(aws.endpoint, action, rule)).rejects.toThrow("InvalidSecurityGroupRuleId.NotFound");
    }
  });
});
