import { Diagnostics } from "../../../../provider/framework/diagnostics";
import { validateConfig, type Values } from "../../../../provider/framework/validate";
import { PostgresServer } from "../../../../provider/postgres/server";
import { rdsLogicalReplication } from "../../../../provider/resources/rds-logical-replication/rds-logical-replication";

const mockLoad = jest.fn();
jest.mock("@aws-sdk/client-rds", () => {
  mockLoad();
  return {};
});

test("the AWS SDK is not loaded before it is used: every start of the provider would pay for it", () => {
  expect(mockLoad).not.toHaveBeenCalled();
});

const nothing: Values = Object.fromEntries(
  Object.keys(rdsLogicalReplication.schema.attributes).map((name) => [name, null]),
);

function complaints(config: Values): string[] {
  const diagnostics = new Diagnostics();
  const values = { ...nothing, parameter_group_name: "replicating", ...config };
  validateConfig(rdsLogicalReplication.schema, values, { writeOnlyAttributes: true }, diagnostics);
  rdsLogicalReplication.validate(values, diagnostics);
  return diagnostics.all.map(({ detail }) => detail);
}

test("a cluster or an instance is named by its identifier", () => {
  expect(complaints({ cluster_identifier: "publisher" })).toEqual([]);
  expect(complaints({ db_instance_identifier: "publisher-1" })).toEqual([]);
  expect(complaints({})).toEqual([expect.stringContaining("Either cluster_identifier")]);
  expect(complaints({ cluster_identifier: "a", db_instance_identifier: "b" })).toEqual([
    "cluster_identifier and db_instance_identifier cannot be set together.",
  ]);
  expect(complaints({ cluster_identifier: "arn:aws:rds:eu-west-1:1:cluster:publisher" })).toEqual([
    expect.stringContaining("which is an ARN"),
  ]);
  expect(complaints({ cluster_identifier: "a b" })).toEqual([expect.stringContaining("letters, digits")]);
});

test("an import ID says whether it is a cluster or an instance", () => {
  const server = new PostgresServer({
    host: "127.0.0.1",
    port: 1,
    database: "postgres",
    username: "postgres",
    ssl: { mode: "disable" },
    connectTimeoutSeconds: 1,
    maxConnections: 1,
    applicationName: "test",
  });
  const provider = { server, aws: {} };
  expect(rdsLogicalReplication.importState("cluster:publisher", provider)).toEqual({
    cluster_identifier: "publisher",
  });
  expect(rdsLogicalReplication.importState("instance:single", provider)).toEqual({
    db_instance_identifier: "single",
  });
  for (const id of ["publisher", "cluster:", "cluster:p.cluster-abc.rds.amazonaws.com", "database:x"]) {
    expect(() => rdsLogicalReplication.importState(id, provider)).toThrow("cluster:IDENTIFIER");
  }
});
