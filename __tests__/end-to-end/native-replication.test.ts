import {
  CreateDBClusterCommand,
  type CreateDBClusterCommandInput,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  DeleteDBClusterCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  type RDSClient,
} from "@aws-sdk/client-rds";
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { QueryResultRow } from "pg";
import { LogicalReplicationService, type Pgoutput, PgoutputPlugin } from "pg-logical-replication";
import type { NativeReplicationStackProps } from "../../stacks/native-replication";
import { inventory, passwords } from "../support/aws-account";
import { secretValue, secretsManager } from "../support/aws-api";
import { awsProviderObstacle } from "../support/aws-provider";
import { describeAws } from "../support/aws-sandbox";
import { sql, type Login } from "../support/client";
import { eventually } from "../support/eventually";
import { rdsClient } from "../support/rds-client";
import { createSecurityGroup } from "../support/security-group";
import { createAwsWorkspace, type Outputs } from "./aws-workspace";
import { filesWith } from "./files-with";

const TIMEOUT_MS = 600_000;
const ROWS = 1000;
/** All servers' database with the tables. */
const database = "shop";
const tables = ["public.orders"];
const administrators = { terraform: { cidrIpv4: "127.0.0.0/8" } };
const disposable = { deletionProtection: false, skipFinalSnapshot: true };

describeAws(
  "the native stack",
  () => {
    test.concurrent(
      "replicates from a new Aurora cluster to a new RDS instance, and copies nothing again for another password",
      async () => {
        const account = await setUp();
        const { rds, endpoint, deploy, run } = account;
        await account.createPublisher("seed", { StorageEncrypted: true });
        await rds.send(
          new CreateDBClusterSnapshotCommand({
            DBClusterIdentifier: "seed",
            DBClusterSnapshotIdentifier: "seeded",
          }),
        );
        await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "seed-1" }));
        await rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier: "seed", SkipFinalSnapshot: true }));
        const before = await inventory(endpoint);

        const stack: NativeReplicationStackProps = {
          name: "fresh",
          tables,
          publisher: {
            kind: "new-cluster",
            engineVersion: "17.5",
            snapshotIdentifier: "seeded",
            ...disposable,
          },
          subscriber: {
            kind: "new-instance",
            engineVersion: "18.1",
            databaseName: database,
            ...disposable,
          },
          administrators,
        };
        const outputs = await deploy(stack);
        const publisher = account.administrator("fresh-publisher");
        const subscriber = account.administrator("fresh-subscriber");
        expect(await notes(subscriber)).toHaveLength(ROWS);
        expect(outputs).toMatchObject({
          publication: "fresh",
          subscription: "fresh",
          slot_name: "fresh",
          publisher_port: 5432,
          subscriber_port: 5432,
          replicated_tables: tables,
          replication_status: {
            slot_exists: true,
            slot_lost: false,
            subscription_exists: true,
            enabled: true,
            initial_sync_done: true,
            tables: { "public.orders": "ready" },
          },
          row_counts: { "public.orders": { publisher: ROWS, subscriber: ROWS } },
        });
        for (const side of ["publisher", "subscriber"]) {
          const login = {
            ...(await secretValue(endpoint, String(outputs[`${side}_secret_arn`]))),
            host: String(outputs[`${side}_endpoint`]),
          };
          expect(await notes(as({ ...login, user: login.username }))).toHaveLength(ROWS);
        }
        await expectChangesToArrive(publisher, subscriber);
        expect(await run("diff")).toContain("No changes.");

        const copied = await copies(subscriber);
        const secret = String(outputs["replication_secret_arn"]);
        const { password: former } = await secretValue(endpoint, secret);
        await deploy({ ...stack, passwordVersion: 2 });
        const { password: current } = await secretValue(endpoint, secret);
        expect(current).not.toBe(former);
        await publisher("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");
        await publisher("INSERT INTO orders VALUES (-1, 'with the new password')");
        await eventually(async () => (await notes(subscriber)).includes("with the new password"));
        expect(await copies(subscriber)).toEqual(copied);

        await account.expectCleanDestroy("fresh", before);
      },
      TIMEOUT_MS,
    );

    test.concurrent(
      "replicates from an Aurora cluster that was there before to a new one, and reboots it once",
      async () => {
        const account = await setUp();
        const { rds, endpoint, deploy, run } = account;
        await account.createPublisher("existing", {
          VpcSecurityGroupIds: [await createSecurityGroup(endpoint)],
        });
        const publisher = account.administrator("existing");
        expect(await publisher("SHOW wal_level")).toEqual([{ wal_level: "replica" }]);
        const before = await inventory(endpoint);
        const group = await parameterGroup(rds, "existing");

        const starts = await watchStarts(publisher);
        const stack: NativeReplicationStackProps = {
          name: "grown",
          tables,
          publisher: { kind: "existing-cluster", clusterIdentifier: "existing", databaseName: database },
          subscriber: {
            kind: "new-cluster",
            engineVersion: "17.5",
            databaseName: database,
            ...disposable,
          },
          administrators,
        };
        await deploy(stack);
        const subscriber = account.administrator("grown-subscriber");
        expect(await notes(subscriber)).toHaveLength(ROWS);
        expect(await publisher("SHOW wal_level")).toEqual([{ wal_level: "logical" }]);
        expect(await parameterGroup(rds, "existing")).not.toBe(group);
        await expectChangesToArrive(publisher, subscriber);
        expect(await run("diff")).toContain("No changes.");
        await deploy(stack);
        expect(await starts()).toBe(2);

        await account.expectCleanDestroy("grown", before);
        expect(await parameterGroup(rds, "existing")).toBe(group);
        expect(await remains(publisher)).toEqual([]);
      },
      TIMEOUT_MS,
    );

    test.concurrent(
      "lets an application read from an Aurora cluster that was there before",
      async () => {
        const account = await setUp();
        const { endpoint, deploy, run } = account;
        const password = randomBytes(16).toString("hex");
        await account.createPublisher("source", {
          VpcSecurityGroupIds: [await createSecurityGroup(endpoint)],
          ManageMasterUserPassword: false,
          MasterUserPassword: password,
        });
        const { ARN: adminSecretArn } = (await secretsManager(endpoint, "CreateSecret", {
          Name: "administrator",
          SecretString: JSON.stringify({ username: "dba", password }),
        })) as { ARN: string };
        const publisher = account.administrator("source");
        const before = await inventory(endpoint);

        const { application: settings } = await deploy({
          name: "read-by-application",
          tables,
          publisher: {
            kind: "existing-cluster",
            clusterIdentifier: "source",
            databaseName: database,
            adminSecretArn,
          },
          subscriber: { kind: "application", peer: { cidrIpv4: "10.0.0.0/16" } },
          administrators,
        });
        expect(settings).toMatchObject({ plugin: "pgoutput", sslmode: "require" });
        const application = settings as ApplicationSettings;
        const login: Login = {
          host: application.host,
          port: application.port,
          user: application.user,
          password: (await secretValue(endpoint, application.secret_arn)).password,
        };
        expect(await notes(as(login))).toHaveLength(ROWS);

        // Before anybody reads, and while somebody does.
        await publisher("INSERT INTO orders VALUES (-1, 'inserted')");
        const reader = await read(login, application);
        await publisher("UPDATE orders SET note = 'updated' WHERE id = -1");
        await publisher("DELETE FROM orders WHERE id = -1");
        await publisher("TRUNCATE orders");
        await eventually(() => reader.messages.some(({ tag }) => tag === "truncate"));
        await reader.stop();
        expect(
          reader.messages.filter(({ tag }) => ["insert", "update", "delete", "truncate"].includes(tag)),
        ).toMatchObject([
          { tag: "insert", new: { id: -1, note: "inserted" } },
          { tag: "update", new: { id: -1, note: "updated" } },
          { tag: "delete", key: { id: -1 } },
          { tag: "truncate", relations: [{ schema: "public", name: "orders" }] },
        ]);
        expect(await run("diff")).toContain("No changes.");

        await account.expectCleanDestroy("read_by_application", before);
        expect(await remains(publisher)).toEqual([]);
      },
      TIMEOUT_MS,
    );
  },
  awsProviderObstacle,
);

/** What the stack says to an application. */
interface ApplicationSettings {
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  readonly user: string;
  readonly secret_arn: string;
  readonly publication: string;
  readonly slot_name: string;
}

/** Runs SQL in the database with the tables. */
type Query = <Row extends QueryResultRow>(text: string) => Promise<Row[]>;

function as(login: Login): Query {
  return (text) => sql({ database, ...login }, text);
}

/** An AWS account, and a workspace whose stack is in it. */
async function setUp() {
  const { aws, workspace, deploy } = await createAwsWorkspace();
  const { endpoint } = aws;
  const rds = rdsClient(endpoint);
  const run = (command: string, ...flags: string[]) => workspace.cdktf(command, "native", ...flags);
  return {
    endpoint,
    rds,
    run,
    /** SQL by the superuser of a cluster or an instance. */
    administrator: (identifier: string): Query => {
      const { host, port, username: user, password } = aws.server(identifier);
      return as({ host, port, user, password });
    },
    createPublisher: (name: string, settings: Partial<CreateDBClusterCommandInput>) =>
      createPublisher(rds, endpoint, name, settings),
    deploy: async (stack: NativeReplicationStackProps): Promise<Outputs> => {
      await workspace.writeMain(program(stack));
      return deploy("native");
    },
    /**
     * @param name - a name that is in whatever is written.
     * @param before - the inventory before the first deployment.
     */
    expectCleanDestroy: async (name: string, before: readonly string[]) => {
      const secrets = await passwords(endpoint);
      expect(secrets).not.toEqual([]);
      const written = await workspace.files();
      await run("destroy", "--auto-approve");
      expect(await inventory(endpoint)).toEqual(before);

      // What the secrets are not in must be what they would be in.
      const places = ["terraform.native.tfstate", "cdktf.log", "cdktf.out/stacks/native/plan/tfplan"];
      expect(filesWith(name, written)).toEqual(expect.arrayContaining(places));
      expect(filesWith("terraform-provider-postgresql", written)).toContain("terraform.log");
      const all = [written, await workspace.files()];
      for (const secret of secrets) {
        expect(all.flatMap((files) => filesWith(secret, files))).toEqual([]);
      }
    },
  };
}

function program(stack: NativeReplicationStackProps): string {
  return `import { App } from "cdktf";
import { NativeReplicationStack } from "./stacks/native-replication";

const app = new App();
new NativeReplicationStack(app, "native", ${JSON.stringify(stack)});
app.synth();
`;
}

/** A cluster that somebody made, with rows, and with no thought of replication. */
async function createPublisher(
  rds: RDSClient,
  endpoint: string,
  name: string,
  settings: Partial<CreateDBClusterCommandInput>,
): Promise<void> {
  const { DBCluster: cluster } = await rds.send(
    new CreateDBClusterCommand({
      DBClusterIdentifier: name,
      Engine: "aurora-postgresql",
      EngineVersion: "17.5",
      DatabaseName: database,
      MasterUsername: "dba",
      ManageMasterUserPassword: true,
      ...settings,
    }),
  );
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: `${name}-1`,
      DBClusterIdentifier: name,
      Engine: "aurora-postgresql",
      DBInstanceClass: "db.r6g.large",
    }),
  );
  const password =
    settings.MasterUserPassword ??
    (await secretValue(endpoint, cluster?.MasterUserSecret?.SecretArn)).password;
  await as({ host: cluster?.Endpoint, user: "dba", password })(
    `CREATE TABLE orders (id int PRIMARY KEY, note text);
     INSERT INTO orders SELECT i, 'order ' || i FROM generate_series(1, ${ROWS}) i`,
  );
}

async function parameterGroup(rds: RDSClient, cluster: string): Promise<string | undefined> {
  const { DBClusters } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: cluster }));
  return DBClusters?.[0]?.DBClusterParameterGroup;
}

async function notes(query: Query): Promise<string[]> {
  return (await query<{ note: string }>("SELECT note FROM orders")).map(({ note }) => note);
}

async function expectChangesToArrive(publisher: Query, subscriber: Query): Promise<void> {
  const changes = [
    ["INSERT INTO orders VALUES (0, 'inserted')", (found: string[]) => found.includes("inserted")],
    ["UPDATE orders SET note = 'updated' WHERE id = 0", (found: string[]) => found.includes("updated")],
    ["DELETE FROM orders WHERE id = 0", (found: string[]) => !found.includes("updated")],
    ["TRUNCATE orders", (found: string[]) => found.length === 0],
  ] as const;
  for (const [change, arrived] of changes) {
    await publisher(change);
    await eventually(() => notes(subscriber), arrived);
  }
}

/** Which tables were copied, and when: a table that is copied again has another position. */
function copies(subscriber: Query): Promise<unknown[]> {
  return subscriber("SELECT srrelid::regclass::text AS table, srsublsn, srsubstate FROM pg_subscription_rel");
}

/** What of a replication is there, of whatever kind. */
function remains(publisher: Query): Promise<unknown[]> {
  return publisher(
    `SELECT slot_name AS name FROM pg_replication_slots UNION ALL SELECT pubname FROM pg_publication
     UNION ALL SELECT rolname FROM pg_roles WHERE NOT rolsuper AND rolname !~ '^(pg|rds)_' AND rolname <> 'dba'`,
  );
}

/** Looks ten times a second at when the server was started. @returns what ends that, and tells how many starts it saw. */
async function watchStarts(server: Query): Promise<() => Promise<number>> {
  const seen = new Set<string>();
  let watching = true;
  const look = async () => {
    const [row] = await server<{ start: string }>("SELECT pg_postmaster_start_time()::text AS start");
    if (row) {
      seen.add(row.start);
    }
  };
  await look();
  const watch = async () => {
    while (watching) {
      // Nobody answers while it is being rebooted.
      await look().catch(() => {});
      await setTimeout(100);
    }
  };
  const watched = watch();
  return async () => {
    watching = false;
    await watched;
    return seen.size;
  };
}

/** Reads changes as an application does. */
async function read(
  { host = "", port = 5432, user, password }: Login,
  { dbname, publication, slot_name: slot }: ApplicationSettings,
) {
  const service = new LogicalReplicationService({
    host,
    port,
    database: dbname,
    user,
    password,
    ssl: { rejectUnauthorized: false },
  });
  const messages: Pgoutput.Message[] = [];
  service.on("data", (_lsn: string, message: Pgoutput.Message) => void messages.push(message));
  const started = new Promise<void>((resolve, reject) => {
    service.on("start", resolve);
    service.on("error", reject);
  });
  const reading = service.subscribe(
    new PgoutputPlugin({ protoVersion: 1, publicationNames: [publication] }),
    slot,
  );
  await Promise.race([started, reading]);
  return {
    messages,
    stop: async () => {
      await service.destroy();
      await reading;
    },
  };
}
