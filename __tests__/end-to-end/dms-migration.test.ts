import type { QueryResultRow } from "pg";
import type { DmsMigrationStackProps } from "../../stacks/dms-migration";
import type { NativeReplicationStackProps } from "../../stacks/native-replication";
import { DmsClient } from "../sandbox/aws/dms-client";
import { inventory, passwords } from "../support/aws-account";
import { secretValue } from "../support/aws-api";
import { awsProviderObstacle } from "../support/aws-provider";
import { describeAws } from "../support/aws-sandbox";
import { sql, type Login } from "../support/client";
import { createAwsWorkspace, type Outputs } from "./aws-workspace";
import { filesWith } from "./files-with";

const TIMEOUT_MS = 900_000;
/** Both servers' database. */
const database = "shop";
const ofPublic = { ruleAction: "include", schemaName: "public", tableName: "%" } as const;

const terraform = { terraform: { cidrIpv4: "127.0.0.0/8" } };
const disposable = { databaseName: database, deletionProtection: false, skipFinalSnapshot: true };

/**
 * The servers, as the native stack makes them, replicating nothing yet. The publisher's major is one on which the sandbox's
 * master user may create event triggers.
 */
const servers: NativeReplicationStackProps = {
  name: "shop",
  publisher: { kind: "new-cluster", engineVersion: "10.21", ...disposable },
  subscriber: { kind: "new-instance", engineVersion: "18.1", ...disposable },
  administrators: terraform,
};

/** The migration, of servers that the program adds. */
type Migration = Omit<DmsMigrationStackProps, "publisher" | "subscriber">;

// No engine of DMS is here: rows do not move. All that DMS needs is real: the servers, what it may do there, its slot.
describeAws(
  "the DMS stack",
  () => {
    test(
      "prepares the native stack's cluster and instance for DMS, runs a task, and takes it all back",
      async () => {
        const { endpoint, deploy, run, publisher, subscriber, files } = await setUp();
        const dms = new DmsClient(endpoint);
        await run("deploy", "native", "--auto-approve");
        const before = await inventory(endpoint);
        await publisher(
          `CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders VALUES (1, 'one');
           CREATE TABLE log (line text)`,
        );
        const stack: Migration = {
          name: "moving",
          tableMappings: { selection: [ofPublic] },
          dmsRoles: "create",
        };

        const outputs = await deploy(stack);
        const arn = String(outputs["replication_task_arn"]);
        expect(outputs).toMatchObject({ tables_without_primary_key: ["public.log"] });
        expect(await dms.settled(arn)).toMatchObject({ Status: "running" });
        const slots = await slotsOf(publisher);
        expect(slots).toEqual([{ slot: expect.any(String) as string, database }]);

        const source = await as(endpoint, outputs["source_secret_arn"]);
        const target = await as(endpoint, outputs["target_secret_arn"]);
        expect(await source("SELECT note FROM orders")).toEqual([{ note: "one" }]);
        await expect(source("DELETE FROM orders")).rejects.toThrow("permission denied");
        // What DMS makes there: tables, schemas, its heartbeat.
        await source("CREATE TABLE awsdms.awsdms_heartbeat (hb_key int PRIMARY KEY)");
        await target(
          "CREATE TABLE orders (id int PRIMARY KEY, note text); CREATE SCHEMA sales; CREATE TABLE sales.items (id int);" +
            "CREATE TABLE awsdms.awsdms_apply_exceptions (task_name text)",
        );
        await publisher("ALTER TABLE orders ADD COLUMN amount int");
        expect(await captured(publisher, String(slots[0]?.slot))).toContain(
          "ALTER TABLE orders ADD COLUMN amount int",
        );
        expect(await publisher("SELECT FROM awsdms.awsdms_ddl_audit")).toEqual([]);
        expect(await run("diff", "dms")).toContain("No changes.");

        const changed: Migration = {
          ...stack,
          tableMappings: { selection: [ofPublic, { ...ofPublic, ruleAction: "exclude", tableName: "log" }] },
        };
        expect(await deploy(changed)).toEqual(outputs);
        expect(await dms.settled(arn)).toMatchObject({
          Status: "running",
          TableMappings: expect.stringContaining("exclude") as string,
        });
        expect(await slotsOf(publisher)).toEqual(slots);
        expect(await run("diff", "dms")).toContain("No changes.");

        const secrets = await passwords(endpoint);
        const written = await files();
        await run("destroy", "dms", "--auto-approve");
        expect(await inventory(endpoint)).toEqual(before);
        expect(await dms.send("DescribeReplicationTasks")).toMatchObject({ ReplicationTasks: [] });
        expect(await dms.send("DescribeEndpoints")).toMatchObject({ Endpoints: [] });
        expect(await dms.send("DescribeReplicationInstances")).toMatchObject({ ReplicationInstances: [] });
        expect(await slotsOf(publisher)).toEqual([]);
        for (const server of [publisher, subscriber]) {
          expect(await remains(server)).toEqual([]);
        }
        expect(await subscriber("SELECT FROM orders")).toEqual([]);
        expect(await subscriber("SELECT FROM sales.items")).toEqual([]);

        expect(filesWith("moving", written)).toContain("terraform.dms.tfstate");
        expect(secrets).toHaveLength(5);
        const all = [written, await files()];
        for (const secret of secrets) {
          expect(all.flatMap((found) => filesWith(secret, found))).toEqual([]);
        }
      },
      TIMEOUT_MS,
    );
  },
  awsProviderObstacle,
);

/** Runs SQL in the database with the tables. */
type Query = <Row extends QueryResultRow>(text: string) => Promise<Row[]>;

/** An AWS account, and a workspace whose two stacks are in it. */
async function setUp() {
  const { aws, workspace, deploy } = await createAwsWorkspace();
  const { endpoint } = aws;
  const { cdktf: run, files } = workspace;
  await workspace.writeMain(program());
  /** SQL by the superuser of a cluster or an instance, which may not be there yet. */
  const administrator =
    (identifier: string): Query =>
    (text) => {
      const { host, port, username: user, password } = aws.server(identifier);
      return sql({ host, port, user, password, database }, text);
    };
  return {
    endpoint,
    run,
    files,
    publisher: administrator("shop-publisher"),
    subscriber: administrator("shop-subscriber"),
    deploy: async (migration: Migration): Promise<Outputs> => {
      await workspace.writeMain(program(migration));
      return deploy("dms");
    },
  };
}

function program(migration?: Migration): string {
  const dms = `
if (native.subscriber === undefined) throw new Error("the native stack has no subscriber");
new DmsMigrationStack(app, "dms", {
  ...${JSON.stringify(migration)},
  publisher: native.publisher,
  subscriber: native.subscriber,
});`;
  return `import { App } from "cdktf";
import { DmsMigrationStack } from "./stacks/dms-migration";
import { NativeReplicationStack } from "./stacks/native-replication";

const app = new App();
const native = new NativeReplicationStack(app, "native", ${JSON.stringify(servers)});
${migration ? dms : ""}
app.synth();
`;
}

/** SQL by the user whose login a secret is, to the place that it names. */
async function as(endpoint: string, secretArn: unknown): Promise<Query> {
  const login = (await secretValue(endpoint, String(secretArn))) as Login & { readonly username: string };
  return (text) => sql({ ...login, database, user: login.username }, text);
}

/** DMS's slots: the native stack has one as well, with another plugin. */
function slotsOf(publisher: Query): Promise<{ slot: string }[]> {
  return publisher(
    "SELECT slot_name AS slot, database FROM pg_replication_slots WHERE plugin = 'test_decoding'",
  );
}

/** What DMS would read in its slot of the DDL that was captured. */
async function captured(publisher: Query, slot: string): Promise<string> {
  const changes = await publisher<{ data: string }>(
    `SELECT data FROM pg_logical_slot_peek_changes('${slot}', NULL, NULL) WHERE data LIKE 'table awsdms.awsdms_ddl_audit: INSERT%'`,
  );
  return changes.map(({ data }) => data).join("\n");
}

/** What of DMS is there, of whatever kind. */
function remains(server: Query): Promise<unknown[]> {
  return server(
    `SELECT evtname AS name FROM pg_event_trigger UNION ALL SELECT nspname FROM pg_namespace WHERE nspname LIKE 'awsdms%'
     UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'moving%'`,
  );
}
