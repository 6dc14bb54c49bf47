import { connectClient } from "../support/client";
import { createDatabase } from "../support/database";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";

const publisher = sharedServer("publisher");
const subscriber = sharedServer("subscriber");

const publications = (count: number): Record<string, unknown> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`p${index}`, { name: `p${index}`, tables: [] }]),
  );

describe("the provider", () => {
  test("warns of an unreachable host at plan, and fails at once at apply, regardless of the number of objects", async () => {
    const server = { ...publisher, port: 1 };
    const terraform = await createTerraform({ provider: { server } });
    await terraform.write({ resource: { postgresql_publication: publications(8) } });
    const plan = await terraform.plan();
    expect(plan.diagnostics[0]).toMatchObject({
      severity: "warning",
      summary: "The server could not be asked while planning",
    });
    const started = Date.now();
    const { diagnostics } = await errorOf(terraform.apply());
    expect(Date.now() - started).toBeLessThan(20_000);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    expect(errors).toHaveLength(8);
    expect(errors[0]?.summary).toBe("Unable to create publication");
    expect(errors[0]?.detail).toMatch(
      /Publication "p\d" in database "postgres": 127\.0\.0\.1:1 refuses connections\..*Check the host and port/s,
    );
  });

  test("names the user whose password is wrong, and never the password", async () => {
    const server = { ...publisher, password: "not-the-password" };
    const terraform = await createTerraform({ provider: { server } });
    await terraform.write({ resource: { postgresql_publication: publications(1) } });
    const { diagnostics, output } = await errorOf(terraform.apply());
    const [error] = diagnostics.filter(({ severity }) => severity === "error");
    expect(error?.detail).toMatch(/password authentication failed for user "postgres" \(SQLSTATE 28P01\)/);
    expect(output).not.toContain("not-the-password");
  });

  test("can be configured with a value that the same apply creates", async () => {
    const database = await createDatabase(publisher);
    const terraform = await createTerraform({
      provider: {
        server: publisher,
        database: database.name,
        arguments: { host: "${terraform_data.cluster.output}" },
      },
    });
    await terraform.write({
      resource: {
        terraform_data: { cluster: { input: publisher.host } },
        postgresql_publication: publications(1),
      },
    });
    const plan = await terraform.plan();
    expect(plan.diagnostics).toEqual([]);
    expect(plan.changes["postgresql_publication.p0"]?.after_unknown).toMatchObject({
      database: true,
      id: true,
    });
    await terraform.apply();
    await terraform.expectEmptyPlan();

    // The cluster's address becomes unknown again, and the state is kept.
    const unknownAgain = await terraform.plan("-replace=terraform_data.cluster");

    expect(unknownAgain.changes["postgresql_publication.p0"]).toBeUndefined();
    await terraform.destroy();
  });

  test("names each invalid argument of its configuration", async () => {
    const terraform = await createTerraform({
      provider: {
        server: publisher,
        arguments: {
          scheme: "gcppostgres",
          port: 70000,
          sslmode: "maybe",
          expected_version: "new",
          azure_identity_auth: true,
          azure_tenant_id: "t",
        },
      },
    });
    await terraform.write({ resource: { postgresql_publication: publications(1) } });
    const { diagnostics } = await errorOf(terraform.plan());
    expect(diagnostics.map(({ attribute, summary }) => attribute ?? summary).sort()).toEqual([
      "azure_identity_auth",
      "azure_tenant_id",
      "expected_version",
      "port",
      "scheme",
      "sslmode",
    ]);
    expect(diagnostics.find(({ attribute }) => attribute === "scheme")?.detail).toMatch(
      /"gcppostgres"\. This provider supports postgres and awspostgres/,
    );
  });

  test("treats arguments that are false or empty like omitted ones", async () => {
    const off = { aws_rds_iam_auth: false, azure_identity_auth: false };
    const empty = {
      aws_rds_iam_profile: "",
      aws_rds_iam_region: "",
      azure_tenant_id: "",
      gcp_iam_impersonate_service_account: "",
      sslrootcert: "",
      ssl_mode: "",
      expected_version: "",
    };
    const terraform = await createTerraform({
      provider: { server: publisher, arguments: { ...off, ...empty } },
    });
    await terraform.write({ data: { postgresql_schemas: { all: { database: "postgres" } } } });
    await terraform.apply();
  });

  test("refuses a null element in any list, set or map", async () => {
    const terraform = await createTerraform({ provider: { server: publisher } });
    const conninfo = "host=h user=u dbname=d";
    await terraform.write({
      resource: {
        postgresql_grant: {
          o: { role: "r", database: "d", schema: "s", object_type: "table", privileges: [null] },
        },
        postgresql_role: { o: { name: "r", roles: ["a", null], search_path: [null] } },
        postgresql_publication: { o: { name: "p", tables: ["t", null] } },
        postgresql_subscription: { o: { name: "s", conninfo, publications: [null] } },
        postgresql_replicated_schema: { o: { conninfo, publications: [null] } },
      },
      data: {
        postgresql_tables: { o: { database: "d", schemas: [null] } },
        postgresql_table_comparison: { o: { tables: ["t"], other_row_counts: { t: null } } },
      },
    });
    const { diagnostics } = await errorOf(terraform.plan());
    const found = diagnostics.map(({ address, detail }) => `${address}: ${detail}`);
    expect(found.sort()).toEqual(
      [
        'data.postgresql_table_comparison.o: other_row_counts has a null element at key "t".',
        "data.postgresql_tables.o: schemas has a null element at index 0.",
        "postgresql_grant.o: privileges has a null element.",
        "postgresql_publication.o: tables has a null element.",
        "postgresql_replicated_schema.o: publications has a null element.",
        "postgresql_role.o: roles has a null element.",
        "postgresql_role.o: search_path has a null element at index 0.",
        "postgresql_subscription.o: publications has a null element.",
      ].map((line) => `${line} Remove the element, or set it to a value.`),
    );

    // Terraform learns only during apply that an element is null.
    await terraform.write({
      resource: {
        terraform_data: { x: { input: "x" } },
        postgresql_publication: {
          p: { name: "p", tables: ['${terraform_data.x.output == "x" ? null : "t"}'] },
        },
      },
    });
    expect((await errorOf(terraform.apply())).message).toContain("tables has a null element");
  });

  test("refuses an empty or too long name in any list", async () => {
    const terraform = await createTerraform({ provider: { server: publisher } });
    const long = "x".repeat(64);
    const conninfo = "host=h user=u dbname=d";
    const grant = { role: "r", database: "d", schema: "s", privileges: ["ALL"] };
    await terraform.write({
      resource: {
        postgresql_grant: {
          table: { ...grant, object_type: "table", objects: ["t", ""] },
          columns: { ...grant, object_type: "column", objects: ["t"], columns: [long] },
          function: { ...grant, object_type: "function", objects: [`f(${long})`, `${long}(int)`] },
        },
        postgresql_role: { o: { name: "r", roles: [""], search_path: ["", long], assume_role: long } },
        postgresql_schema: { o: { name: "s", policy: { role: long } } },
        postgresql_publication: { o: { name: "p", tables: ["", `public.${long}`] } },
        postgresql_subscription: { o: { name: "s", conninfo, publications: [long] } },
        postgresql_replicated_schema: { o: { conninfo, publications: [""] } },
      },
    });
    const { diagnostics } = await errorOf(terraform.plan());
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const found = errors.map(({ address, summary, detail }) => `${address} ${summary}: ${detail}`);
    const tooLong = /is 64 bytes long \("x+"\)\. PostgreSQL keeps 63 bytes/.source;
    const expected = [
      `postgresql_grant.columns Invalid columns: columns contains a name that ${tooLong}`,
      `postgresql_grant.function Invalid objects: objects contains a name that ${tooLong}`,
      "postgresql_grant.table Invalid objects: objects contains a name that is empty",
      "postgresql_publication.o Invalid tables: .*",
      "postgresql_replicated_schema.o Invalid publications: .*",
      `postgresql_role.o Invalid assume_role: assume_role ${tooLong}`,
      "postgresql_role.o Invalid roles: roles contains a name that is empty",
      `postgresql_role.o Invalid search_path: search_path contains a name that ${tooLong}`,
      `postgresql_schema.o Invalid policy.role: policy.role ${tooLong}`,
      "postgresql_subscription.o Invalid publications: .*",
    ].map((text) => expect.stringMatching(`^${text}`) as string);
    expect(found.sort()).toEqual(expected);
    expect(errors.map(({ detail }) => detail).join()).not.toContain("fault of the provider");
  });

  test("plans to replace a tainted object without a refresh, and does not report it as an existing one", async () => {
    const database = await createDatabase(publisher);
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write({ resource: { postgresql_publication: publications(1) } });
    await terraform.apply();
    await terraform.taint("postgresql_publication.p0");
    const { changes } = await terraform.plan("-refresh=false");
    expect(changes["postgresql_publication.p0"]?.actions).toEqual(["delete", "create"]);
    await terraform.apply("-refresh=false");
    await terraform.expectEmptyPlan();
  });

  test("cancels running statements when Terraform is interrupted, and leaves nothing half created", async () => {
    const [source, target] = await Promise.all([createDatabase(publisher), createDatabase(subscriber)]);
    await source.query("CREATE TABLE a (id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE a");
    await target.query("CREATE TABLE a (id int PRIMARY KEY)");
    // PostgreSQL creates a slot only after all running transactions end, and this one stays open.
    const holdTransaction = async (): Promise<() => Promise<void>> => {
      const client = await connectClient(publisher, source.name);
      await client.query("BEGIN; INSERT INTO a VALUES (1)");
      return () => client.end();
    };
    const terraform = await createTerraform({
      provider: { server: subscriber, database: target.name },
      secrets: { publisher_password: publisher.password },
    });
    const subscription = (timeouts?: Record<string, string>): Record<string, unknown> => ({
      resource: {
        postgresql_subscription: {
          s: {
            name: target.name,
            conninfo: `host=${publisher.host} port=${publisher.port} dbname=${source.name} user=postgres`,
            password_wo: "${var.publisher_password}",
            password_wo_version: "1",
            publications: ["p"],
            ...(timeouts && { timeouts }),
          },
        },
      },
    });
    const running = (): Promise<{ query: string }[]> =>
      target.query(
        "SELECT query FROM pg_stat_activity WHERE query LIKE 'CREATE SUBSCRIPTION%' AND state = 'active'",
      );
    const nothingLeft = async (): Promise<void> => {
      await eventually(running, (queries) => queries.length === 0);
      expect(await target.query("SELECT FROM pg_subscription WHERE subname = $1", [target.name])).toEqual([]);
      await eventually(
        () => source.query("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"),
        (slots) => slots.length === 0,
      );
    };

    let release = await holdTransaction();
    await terraform.write(subscription());
    const interrupted = await terraform.applyUntil(async () => (await running()).length > 0);
    expect(interrupted.exitCode).toBe(1);
    expect(interrupted.diagnostics.find(({ severity }) => severity === "error")?.detail).toMatch(/cancelled/);
    // The publisher notices the closed connection only after its own wait for the slot ends.
    await release();
    await nothingLeft();

    release = await holdTransaction();
    await terraform.write(subscription({ create: "1s" }));
    expect((await errorOf(terraform.apply())).message).toMatch(/did not end in the time .* timeouts/s);
    await release();
    await nothingLeft();

    await terraform.apply();
    await terraform.destroy();
  });
});
