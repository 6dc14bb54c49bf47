import type { Database } from "../../../../provider/aws/rds-database";
import {
  connectionComplaints,
  databaseComplaints,
  familyOf,
  lostParameters,
} from "../../../../provider/resources/rds-logical-replication/checks";

const zone = "abc.eu-west-1.rds.amazonaws.com";
const cluster: Database = {
  kind: "cluster",
  identifier: "publisher",
  engine: "aurora-postgresql",
  engineVersion: "16.4",
  engineMode: "provisioned",
  status: "available",
  parameterGroup: "default.aurora-postgresql16",
  parameterApplyStatus: "in-sync",
  writer: "publisher-1",
  endpoint: `publisher.cluster-${zone}`,
  readerEndpoint: `publisher.cluster-ro-${zone}`,
  endpoints: [`publisher.cluster-${zone}`, `publisher.cluster-ro-${zone}`, `publisher-1.${zone}`],
  memberOf: null,
};
const instance: Database = {
  ...cluster,
  kind: "instance",
  identifier: "single",
  engine: "postgres",
  engineMode: null,
  writer: "single",
  endpoint: `single.${zone}`,
  readerEndpoint: null,
  endpoints: [`single.${zone}`],
};

const summaries = (database: Database) => databaseComplaints(database).map(({ summary }) => summary);

test.each([
  ["10.6", "10.4"],
  ["10.18", "10.5"],
  ["11.4", "11.1"],
  ["17.0-limitless", "11.22-rds.20240418"],
])("Aurora PostgreSQL %s and RDS for PostgreSQL %s have logical replication", (aurora, rds) => {
  expect(summaries({ ...cluster, engineVersion: aurora })).toEqual([]);
  expect(summaries({ ...instance, engineVersion: rds })).toEqual([]);
});

test.each([
  ["10.5", "10.3"],
  ["10.4", "9.6.24"],
])("Aurora PostgreSQL %s and RDS for PostgreSQL %s have none", (aurora, rds) => {
  expect(databaseComplaints({ ...cluster, engineVersion: aurora })).toMatchObject([
    {
      summary: "Engine version too old",
      detail: `The cluster "publisher" has version ${aurora}, and Aurora PostgreSQL has logical replication since 10.6. Upgrade it first.`,
      attribute: "cluster_identifier",
      mayPass: false,
    },
  ]);
  expect(databaseComplaints({ ...instance, engineVersion: rds })).toMatchObject([
    { detail: expect.stringContaining("since 10.4") as string, attribute: "db_instance_identifier" },
  ]);
});

test("other engines and kinds of clusters are refused by name", () => {
  expect(summaries({ ...cluster, engine: "aurora-mysql" })).toEqual(["Not PostgreSQL"]);
  expect(summaries({ ...instance, engine: "mysql" })).toEqual(["Not PostgreSQL"]);
  expect(summaries({ ...cluster, engine: "postgres" })).toEqual(["Multi-AZ DB cluster"]);
  expect(summaries({ ...cluster, engineMode: "serverless" })).toEqual(["Aurora Serverless v1"]);
  expect(
    databaseComplaints({ ...instance, engine: "aurora-postgresql", memberOf: "publisher" })[0]?.detail,
  ).toContain('Set cluster_identifier = "publisher" instead.');
});

test("a cluster without a writer may get one in the same apply", () => {
  expect(databaseComplaints({ ...cluster, writer: null })).toMatchObject([
    { summary: "Cluster without a writer", mayPass: true },
  ]);
});

test("the family of a parameter group follows the engine and its major version", () => {
  expect(familyOf(cluster)).toBe("aurora-postgresql16");
  expect(familyOf({ ...instance, engineVersion: "10.23" })).toBe("postgres10");
});

test("only what the new group does not set at all would be lost", () => {
  const present = new Map([
    ["work_mem", "65536"],
    ["max_wal_senders", "15"],
    ["rds.logical_replication", "0"],
  ]);
  const next = new Map([
    ["rds.logical_replication", "1"],
    ["max_wal_senders", "20"],
  ]);
  expect(lostParameters(present, next)).toEqual(["work_mem = 65536"]);
  expect(lostParameters(new Map(), next)).toEqual([]);
});

describe("the provider's own connection", () => {
  const complaintsAt = (host: string) => connectionComplaints(cluster, host).map(({ summary }) => summary);

  test.each([
    `publisher.cluster-${zone}`,
    `publisher-1.${zone}`,
    `through.proxy-${zone}`,
    "127.0.0.1",
    "db.internal.example.com",
  ])("may lead to %s", (host) => {
    expect(complaintsAt(host)).toEqual([]);
  });

  test("may not lead to the reader endpoint, nor to another database of RDS", () => {
    expect(complaintsAt(`publisher.cluster-ro-${zone}`)).toEqual(["Provider connected to a reader"]);
    expect(complaintsAt(`subscriber.cluster-${zone}`)).toEqual(["Provider connected to another server"]);
    expect(connectionComplaints(cluster, `subscriber.cluster-${zone}`)[0]?.detail).toContain(
      `host = "publisher.cluster-${zone}"`,
    );
  });
});
