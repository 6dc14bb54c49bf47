import { createDatabase } from "../support/database";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";

const publisher = sharedServer("publisher");

describe("the database of an object", () => {
  test("may be known only after apply, for a new object and for one that exists", async () => {
    const database = await createDatabase(publisher);
    const terraform = await createTerraform({ provider: { server: publisher } });
    const inDatabase = { database: "${terraform_data.database.output}" };
    const conninfo = `host=${publisher.host} port=${publisher.port} dbname=postgres user=postgres`;
    const input = { terraform_data: { database: { input: database.name } } };
    const objects = {
      postgresql_schema: { o: { ...inDatabase, name: "s" } },
      postgresql_extension: { o: { ...inDatabase, name: "hstore" } },
      postgresql_publication: { o: { ...inDatabase, name: "p", tables: [] } },
      postgresql_replication_slot: { o: { ...inDatabase, name: database.name, plugin: "pgoutput" } },
    };
    const publishing = { conninfo, publications: ["p"] };
    await terraform.write({
      resource: {
        ...input,
        ...objects,
        postgresql_subscription: { o: { ...inDatabase, ...publishing, name: "s" } },
        postgresql_replicated_schema: { o: { ...inDatabase, ...publishing } },
        postgresql_initial_sync: { o: { ...inDatabase, subscription: "s" } },
        postgresql_dms_source: { o: { ...inDatabase, username: "postgres" } },
      },
      data: { postgresql_table_comparison: { o: { ...inDatabase, tables: ["t"] } } },
    });
    const { changes } = await terraform.plan();
    for (const [address, { after_unknown: unknown }] of Object.entries(changes)) {
      if (address !== "terraform_data.database") {
        expect([address, unknown["database"]]).toEqual([address, true]);
      }
    }
    expect(Object.keys(changes)).toHaveLength(10);

    await terraform.write({ resource: { ...input, ...objects } });
    await terraform.apply();
    for (const type of Object.keys(objects)) {
      expect(await terraform.state(`${type}.o`)).toMatchObject({ database: database.name });
    }
    await terraform.expectEmptyPlan();

    // Terraform learns only during apply that the name is the same.
    const again = await terraform.plan("-replace=terraform_data.database");
    expect(again.changes["postgresql_schema.o"]).toMatchObject({
      actions: ["delete", "create"],
      replace_paths: [["database"]],
    });
    await terraform.apply("-replace=terraform_data.database");
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });

  test("is the provider's when the configuration names none", async () => {
    const database = await createDatabase(publisher);
    const terraform = await createTerraform({ provider: { server: publisher, database: database.name } });
    await terraform.write({ resource: { postgresql_schema: { o: { name: "s" } } } });
    expect((await terraform.plan()).changes["postgresql_schema.o"]?.after).toMatchObject({
      database: database.name,
      id: `${database.name}.s`,
    });
    // A value that is known only after apply can turn out to be null.
    await terraform.write({
      resource: {
        terraform_data: { none: { input: "x" } },
        postgresql_schema: {
          o: { name: "s", database: '${terraform_data.none.output == "x" ? null : "y"}' },
        },
      },
    });
    await terraform.apply();
    expect(await terraform.state("postgresql_schema.o")).toMatchObject({ database: database.name });
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });
});
