import {
  CreateDBClusterCommand,
  CreateDBClusterParameterGroupCommand,
  CreateDBInstanceCommand,
  ModifyDBClusterParameterGroupCommand,
} from "@aws-sdk/client-rds";
import { startAwsSandbox, type AwsSandbox } from "../../../sandbox/aws/aws-sandbox";
import { ec2, secretsManager } from "../../support/aws-api";
import { describeAws } from "../../support/aws-sandbox";
import { sql, type Login } from "../../support/client";
import { rdsClient } from "../../support/rds-client";
import { DmsClient, type ReplicationTask } from "./dms-client";

const mappings = (...rules: readonly object[]) => JSON.stringify({ rules });
const everything = {
  "rule-type": "selection",
  "rule-id": "1",
  "rule-name": "1",
  "rule-action": "include",
  "object-locator": { "schema-name": "public", "table-name": "%" },
};

describeAws("DMS in the AWS side of the sandbox", () => {
  let aws: AwsSandbox;
  let dms: DmsClient;
  let login: Login;
  let subnets: string[];
  /** What the tests' tasks are made of. */
  let task: { ReplicationInstanceArn: unknown; SourceEndpointArn: string; TargetEndpointArn: string };

  beforeAll(async () => {
    aws = await startAwsSandbox();
    dms = new DmsClient(aws.endpoint);
    login = await createSource();
    subnets = [...new Set((await ec2(aws.endpoint, "DescribeSubnets")).match(/subnet-[0-9a-f]+/g))];
  });

  afterAll(() => aws.stop());

  /** An Aurora cluster that is ready for logical replication, and its master user's login. */
  async function createSource(): Promise<Login> {
    const rds = rdsClient(aws.endpoint);
    const group = { DBClusterParameterGroupName: "logical" };
    const family = { DBParameterGroupFamily: "aurora-postgresql18", Description: "of a test" };
    await rds.send(new CreateDBClusterParameterGroupCommand({ ...group, ...family }));
    await rds.send(
      new ModifyDBClusterParameterGroupCommand({
        ...group,
        Parameters: [
          {
            ParameterName: "rds.logical_replication",
            ParameterValue: "1",
            ApplyMethod: "pending-reboot",
          },
        ],
      }),
    );
    const master = { user: "dba", password: "a password" };
    const { DBCluster: cluster } = await rds.send(
      new CreateDBClusterCommand({
        ...group,
        DBClusterIdentifier: "publisher",
        Engine: "aurora-postgresql",
        EngineVersion: "18",
        MasterUsername: master.user,
        MasterUserPassword: master.password,
        DatabaseName: "app",
      }),
    );
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: "publisher-1",
        DBClusterIdentifier: "publisher",
        Engine: "aurora-postgresql",
        DBInstanceClass: "db.r6g.large",
      }),
    );
    return { host: cluster?.Endpoint, ...master };
  }

  /** A role that DMS may assume, and that may do what DMS needs it for. */
  async function createRole(name: string): Promise<string> {
    const trust = {
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: ["dms.amazonaws.com", "dms.us-east-1.amazonaws.com"] },
      },
    };
    const policy = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
    const arn = /<Arn>(.*?)<\/Arn>/.exec(
      await iam("CreateRole", { RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    )?.[1];
    await iam("PutRolePolicy", { RoleName: name, PolicyName: "p", PolicyDocument: JSON.stringify(policy) });
    return arn ?? "";
  }

  async function iam(action: string, parameters: Record<string, string>): Promise<string> {
    const response = await fetch(aws.endpoint, {
      method: "POST",
      headers: {
        Authorization:
          "AWS4-HMAC-SHA256 Credential=sandbox/20250101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
      },
      body: new URLSearchParams({ Action: action, Version: "2010-05-08", ...parameters }),
    });
    return response.text();
  }

  async function createEndpoint(input: Readonly<Record<string, unknown>>): Promise<string> {
    const { Endpoint } = await dms.send("CreateEndpoint", {
      EngineName: "aurora-postgresql",
      DatabaseName: "app",
      ...input,
    });
    return Endpoint.EndpointArn;
  }

  async function createTask(
    name: string,
    input: Readonly<Record<string, unknown>> = {},
  ): Promise<ReplicationTask> {
    const { ReplicationTask } = await dms.send("CreateReplicationTask", {
      ReplicationTaskIdentifier: name,
      MigrationType: "full-load-and-cdc",
      TableMappings: mappings(everything),
      ...task,
      ...input,
    });
    return dms.settled(ReplicationTask.ReplicationTaskArn);
  }

  async function start(arn: string, type = "start-replication"): Promise<ReplicationTask> {
    const request = { ReplicationTaskArn: arn, StartReplicationTaskType: type };
    const { ReplicationTask } = await dms.send("StartReplicationTask", request);
    expect(ReplicationTask.Status).toBe("starting");
    return dms.settled(arn);
  }

  async function stop(arn: string): Promise<ReplicationTask> {
    const { ReplicationTask } = await dms.send("StopReplicationTask", { ReplicationTaskArn: arn });
    expect(ReplicationTask.Status).toBe("stopping");
    return dms.settled(arn);
  }

  const remove = (arn: string) => dms.send("DeleteReplicationTask", { ReplicationTaskArn: arn });

  const slots = async () =>
    (await sql<{ name: string }>(login, "SELECT slot_name AS name FROM pg_replication_slots")).map(
      ({ name }) => name,
    );

  test("a subnet group and an instance need dms-vpc-role, and the group two zones", async () => {
    const group = {
      ReplicationSubnetGroupIdentifier: "group",
      ReplicationSubnetGroupDescription: "of a test",
    };
    const create = (SubnetIds: string[]) => dms.send("CreateReplicationSubnetGroup", { ...group, SubnetIds });
    const instance = {
      ReplicationInstanceIdentifier: "instance",
      ReplicationInstanceClass: "dms.t3.medium",
      ReplicationSubnetGroupIdentifier: "group",
    };
    const unassumable = /^AccessDeniedFault: The IAM Role .*:role\/dms-vpc-role is not configured properly/;
    await expect(create(subnets)).rejects.toThrow(unassumable);
    await expect(dms.send("CreateReplicationInstance", instance)).rejects.toThrow(unassumable);

    await createRole("dms-vpc-role");
    await expect(create(subnets.slice(0, 1))).rejects.toThrow(/^ReplicationSubnetGroupDoesNotCoverEnoughAZs/);
    expect((await create(subnets)).ReplicationSubnetGroup).toMatchObject({
      SubnetGroupStatus: "Complete",
      VpcId: expect.stringMatching(/^vpc-/) as string,
    });
    await expect(
      dms.send("CreateReplicationInstance", { ...instance, MultiAZ: true, AvailabilityZone: "us-east-1a" }),
    ).rejects.toThrow(/^InvalidParameterCombinationException/);
    const { ReplicationInstance: created } = await dms.send("CreateReplicationInstance", instance);
    expect(created["ReplicationInstanceArn"]).not.toContain("instance");

    const modified = async (ApplyImmediately: boolean) =>
      (
        await dms.send("ModifyReplicationInstance", {
          ReplicationInstanceArn: created["ReplicationInstanceArn"],
          ReplicationInstanceClass: "dms.t3.large",
          ApplyImmediately,
        })
      ).ReplicationInstance;
    expect(await modified(false)).toMatchObject({
      ReplicationInstanceClass: "dms.t3.medium",
      PendingModifiedValues: { ReplicationInstanceClass: "dms.t3.large" },
    });
    expect(await modified(true)).toMatchObject({ ReplicationInstanceClass: "dms.t3.large" });
    await expect(dms.send("DeleteReplicationSubnetGroup", group)).rejects.toThrow(
      /^InvalidResourceStateFault: .* in use by the replication instance instance/,
    );
    await prepareTasks(created["ReplicationInstanceArn"]);
  });

  async function prepareTasks(ReplicationInstanceArn: unknown): Promise<void> {
    const { host, user, password } = login;
    const { ARN } = (await secretsManager(aws.endpoint, "CreateSecret", {
      Name: "source",
      SecretString: JSON.stringify({ host, port: 5432, username: user, password }),
      ClientRequestToken: "00000000-0000-4000-8000-000000000000",
    })) as { ARN: string };
    task = {
      ReplicationInstanceArn,
      SourceEndpointArn: await createEndpoint({
        EndpointIdentifier: "source",
        EndpointType: "source",
        SslMode: "require",
        PostgreSQLSettings: {
          SecretsManagerSecretId: ARN,
          SecretsManagerAccessRoleArn: await createRole("secret-reader"),
          DatabaseName: "app",
          HeartbeatEnable: true,
        },
      }),
      TargetEndpointArn: await createEndpoint({
        EndpointIdentifier: "target",
        EndpointType: "target",
        ServerName: host,
        Port: 5432,
        Username: user,
        Password: password,
      }),
    };
  }

  test("an endpoint's settings are merged, unless exactly those are asked for, and its password is not told", async () => {
    const EndpointArn = task.TargetEndpointArn;
    const modify = async (input: Readonly<Record<string, unknown>>) =>
      (await dms.send("ModifyEndpoint", { EndpointArn, ...input })).Endpoint.PostgreSQLSettings;
    const connection = { DatabaseName: "app", ServerName: login.host, Port: 5432, Username: "dba" };

    expect(await modify({ PostgreSQLSettings: { MaxFileSize: 1000 } })).toEqual({
      ...connection,
      MaxFileSize: 1000,
    });
    expect(await modify({ PostgreSQLSettings: { ExecuteTimeout: 10 } })).toEqual({
      ...connection,
      MaxFileSize: 1000,
      ExecuteTimeout: 10,
    });
    const exact = { ...connection, Password: login.password };
    expect(await modify({ ExactSettings: true, PostgreSQLSettings: exact })).toEqual(connection);
    await expect(modify({ SslMode: "verify-full" })).rejects.toThrow("CertificateArn is required");
  });

  test("a task has DMS's states, and a slot at its source from the first start until it is deleted", async () => {
    const { ReplicationTaskArn: arn, Status: status } = await createTask("states");
    expect(status).toBe("ready");
    expect(await slots()).toEqual([]);
    await expect(start(arn, "resume-processing")).rejects.toThrow(/^InvalidParameterCombinationException/);

    expect(await start(arn)).toMatchObject({ Status: "running" });
    const [slot] = await slots();
    expect(slot).toBeDefined();
    const modify = () =>
      dms.send("ModifyReplicationTask", {
        ReplicationTaskArn: arn,
        TableMappings: mappings(everything, { ...everything, "rule-id": "2", "rule-name": "2" }),
      });
    const running = /^InvalidResourceStateFault: .* while /;
    await expect(modify()).rejects.toThrow(running);
    await expect(remove(arn)).rejects.toThrow(running);
    await expect(
      dms.send("ModifyEndpoint", { EndpointArn: task.SourceEndpointArn, PostgreSQLSettings: {} }),
    ).rejects.toThrow(running);

    expect(await stop(arn)).toMatchObject({ Status: "stopped" });
    expect((await modify()).ReplicationTask.Status).toBe("modifying");
    expect(await dms.settled(arn)).toMatchObject({ Status: "stopped" });
    await expect(start(arn)).rejects.toThrow("valid only for tasks running for the first time");
    expect(await start(arn, "resume-processing")).toMatchObject({ Status: "running" });
    expect(await slots()).toEqual([slot]);
    await stop(arn);
    await start(arn, "reload-target");
    expect(await slots()).not.toEqual([slot]);

    await expect(
      dms.send("DeleteReplicationInstance", { ReplicationInstanceArn: task.ReplicationInstanceArn }),
    ).rejects.toThrow("has one or more replication tasks");
    await expect(dms.send("DeleteEndpoint", { EndpointArn: task.SourceEndpointArn })).rejects.toThrow(
      "is part of one or more replication tasks",
    );
    await stop(arn);
    await remove(arn);
    expect(await slots()).toEqual([]);
  });

  test("a task fails, and says why, when it cannot have its slot", async () => {
    await sql(login, "CREATE ROLE nobody LOGIN PASSWORD 'x'");
    const user = { ServerName: login.host, Port: 5432, Username: "nobody", Password: "x" };
    const source = { EndpointType: "source", ...user };
    const unprivileged = await createEndpoint({ EndpointIdentifier: "unprivileged", ...source });
    const slotless = await createEndpoint({
      EndpointIdentifier: "slotless",
      ...source,
      PostgreSQLSettings: { SlotName: "mine" },
    });
    const elsewhere = await createEndpoint({
      EndpointIdentifier: "elsewhere",
      ...source,
      ServerName: "db.example.com",
    });
    const failure = async (name: string, SourceEndpointArn: string) => {
      const { ReplicationTaskArn: arn } = await createTask(name, { SourceEndpointArn });
      const { Status, LastFailureMessage } = await start(arn);
      await remove(arn);
      return `${Status}: ${LastFailureMessage}`;
    };
    expect(await failure("one", unprivileged)).toMatch(
      /^failed: Endpoint unprivileged: permission denied to use replication slots/,
    );
    expect(await failure("two", slotless)).toMatch(
      /^failed: .*There is no replication slot "mine" at the source/,
    );
    expect(await failure("three", elsewhere)).toMatch(
      /^failed: .*There is no server at db.example.com:5432 in the sandbox/,
    );
    expect(await slots()).toEqual([]);

    await sql(login, "SELECT pg_create_logical_replication_slot('mine', 'test_decoding')");
    const { ReplicationTaskArn: arn } = await createTask("four", { SourceEndpointArn: slotless });
    expect(await start(arn)).toMatchObject({ Status: "running" });
    await stop(arn);
    await remove(arn);
    expect(await slots()).toEqual(["mine"]);
    await sql(login, "SELECT pg_drop_replication_slot('mine')");
  });

  test("a task's settings are completed when it is made, and kept when it is modified", async () => {
    const { ReplicationTaskArn: arn, ReplicationTaskSettings: made } = await createTask("settings", {
      MigrationType: "cdc",
      ReplicationTaskSettings: JSON.stringify({
        TargetMetadata: { LobMaxSize: 64 },
        Logging: { LogComponents: [{ Id: "IO", Severity: "LOGGER_SEVERITY_DEBUG" }] },
      }),
    });
    type Settings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    const settings = JSON.parse(made) as Settings;
    expect(settings).toMatchObject({
      TargetMetadata: { LobMaxSize: 64, LimitedSizeLobMode: true },
      FullLoadSettings: { TargetTablePrepMode: "DO_NOTHING" },
      BeforeImageSettings: null,
    });
    expect(settings["Logging"]?.["LogComponents"]).toHaveLength(19);
    expect(settings["ValidationSettings"]).toBeUndefined();

    const modify = (wanted: object) =>
      dms.send("ModifyReplicationTask", {
        ReplicationTaskArn: arn,
        ReplicationTaskSettings: JSON.stringify(wanted),
      });
    const { ReplicationTask: modified } = await modify({ ValidationSettings: { EnableValidation: true } });
    expect(JSON.parse(modified.ReplicationTaskSettings)).toMatchObject({
      TargetMetadata: { LobMaxSize: 64 },
      ValidationSettings: { EnableValidation: true, ThreadCount: 5 },
    });
    await dms.settled(arn);
    await expect(modify({ Logging: { EnableLogging: true } })).rejects.toThrow(
      "role/dms-cloudwatch-logs-role is not configured properly",
    );
    await expect(modify({ Logging: { CloudWatchLogGroup: "mine" } })).rejects.toThrow(
      /^InvalidParameterValueException/,
    );
    await remove(arn);
  });

  test.each([
    ["Invalid table mapping document", "[]"],
    ["There is no selection rule", mappings({ ...everything, "rule-type": "transformation" })],
    ["The rule-id 1 is there more than once", mappings(everything, { ...everything, "rule-name": "2" })],
  ])("table mappings are refused: %s", async (reason, TableMappings) => {
    await expect(createTask("refused", { TableMappings })).rejects.toThrow(reason);
  });

  test("a connection is tested at the real server", async () => {
    const { ReplicationInstanceArn, TargetEndpointArn: EndpointArn } = task;
    const tested = async () =>
      (await dms.send("TestConnection", { ReplicationInstanceArn, EndpointArn })).Connection;
    expect(await tested()).toMatchObject({ Status: "successful" });
    await dms.send("ModifyEndpoint", { EndpointArn, Password: "wrong" });
    expect(await tested()).toMatchObject({
      Status: "failed",
      LastFailureMessage: expect.stringContaining("password authentication failed") as string,
    });
  });

  test("a certificate in use is kept, and an event subscription needs a topic", async () => {
    const CertificatePem = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    const { Certificate } = await dms.send("ImportCertificate", {
      CertificateIdentifier: "ca",
      CertificatePem,
    });
    const EndpointArn = await createEndpoint({
      EndpointIdentifier: "verified",
      EndpointType: "target",
      SslMode: "verify-full",
      ...Certificate,
    });
    await expect(dms.send("DeleteCertificate", Certificate)).rejects.toThrow(/^InvalidResourceStateFault/);
    await dms.send("DeleteEndpoint", { EndpointArn });
    await dms.send("DeleteCertificate", Certificate);
    await expect(dms.send("DeleteCertificate", Certificate)).rejects.toThrow(/^ResourceNotFoundFault/);

    await expect(
      dms.send("CreateEventSubscription", { SubscriptionName: "failures", SnsTopicArn: "arn:none" }),
    ).rejects.toThrow(/^SNSInvalidTopicFault/);
  });

  test("what the sandbox has no engine for is refused at once", async () => {
    await expect(createEndpoint({ EndpointIdentifier: "m", EngineName: "mysql" })).rejects.toThrow(
      "NotImplemented: dms CreateEndpoint: the sandbox has no server of the engine mysql",
    );
    await expect(dms.send("MoveReplicationTask")).rejects.toThrow(/^NotImplemented/);
  });
});
