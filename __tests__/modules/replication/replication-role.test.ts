import { PostgresqlProvider } from "../../../modules/replication/postgresql-provider";
import { ReplicationRole, type ReplicationRoleProps } from "../../../modules/replication/replication-role";
import { synthesizedResources, type SynthesizedResources } from "./synthesized";

function synth(props: Partial<ReplicationRoleProps> = {}): SynthesizedResources {
  return synthesizedResources((stack) => {
    const publisher = new PostgresqlProvider(stack, "publisher", { alias: "publisher" });
    new ReplicationRole(stack, "role", {
      publisher,
      name: "replicator",
      database: "app",
      tables: ["public.orders"],
      password: "${var.secret}",
      ...props,
    });
  });
}

test("the role can log in and replicate, with a password that Terraform keeps nowhere", () => {
  expect(synth()["postgresql_role"]).toEqual([
    {
      provider: "postgresql.publisher",
      name: "replicator",
      login: true,
      replication: true,
      password_wo: "${var.secret}",
      password_wo_version: "1",
    },
  ]);
});

test("another password version writes the password again", () => {
  expect(synth({ passwordVersion: "2" })["postgresql_role"]).toMatchObject([{ password_wo_version: "2" }]);
});

test("on Aurora and RDS it is a member of rds_replication instead of having the attribute", () => {
  const [role] = synth({ rdsReplication: true })["postgresql_role"] ?? [];
  expect(role).toMatchObject({ roles: ["rds_replication"] });
  expect(role).not.toHaveProperty("replication");
});

test("it may connect to the database, use the tables' schemas and read the tables, and nothing else", () => {
  const role = expect.stringMatching(/^\$\{postgresql_role\.\w+\.name\}$/) as unknown;
  const common = { provider: "postgresql.publisher", database: "app", role };
  const inSchemas = {
    ...common,
    for_each: expect.stringMatching(/^\$\{local\.\w+\}$/) as unknown,
    schema: "${each.key}",
  };
  expect(synth()["postgresql_grant"]).toEqual([
    { ...common, object_type: "database", privileges: ["CONNECT"] },
    { ...inSchemas, object_type: "schema", privileges: ["USAGE"] },
    { ...inSchemas, object_type: "table", objects: "${each.value}", privileges: ["SELECT"] },
  ]);
});

test("a table without its schema is refused", () => {
  expect(() => synth({ tables: ["orders"] })).toThrow(/^tables must be table names .* Got "orders"\.$/);
});
