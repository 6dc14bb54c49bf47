import { startWriter } from "../support/replication-load";
import { count, createPair, type Pair, rowsArrive } from "../support/subscription-pair";
import { createTerraform, type Terraform } from "../support/terraform";

/** Publication, replicated schema and subscription, as the LogicalReplication construct creates them. */
async function replicate(pair: Pair, publication: Record<string, unknown>): Promise<Terraform> {
  const { publisher, subscriber, conninfo, slot } = pair;
  await publisher.query("DROP PUBLICATION pub_a; DROP PUBLICATION pub_b");
  await subscriber.query("DROP TABLE a, b");
  const terraform = await createTerraform({
    provider: { server: publisher.server, database: publisher.name },
    aliases: { subscriber: { server: subscriber.server, database: subscriber.name } },
    secrets: { publisher_password: publisher.server.password },
  });
  const at = {
    provider: "postgresql.subscriber",
    conninfo,
    password_wo: "${var.publisher_password}",
    password_wo_version: "1",
    publications: ["${postgresql_publication.p.name}"],
  };
  const triggers = (list: string) => ({ tables: `\${jsonencode(${list})}` });
  await terraform.write({
    resource: {
      postgresql_publication: { p: { name: "p", ...publication } },
      postgresql_replicated_schema: {
        s: { ...at, refresh_triggers: triggers("postgresql_publication.p.published_tables") },
      },
      postgresql_subscription: {
        s: {
          ...at,
          name: "s",
          slot_name: slot,
          refresh_triggers: triggers("postgresql_replicated_schema.s.tables"),
        },
      },
    },
  });
  await terraform.apply();
  await terraform.expectEmptyPlan();
  return terraform;
}

const published = ({ publisher }: Pair): Promise<unknown[]> =>
  publisher.query("SELECT tablename AS table FROM pg_publication_tables ORDER BY 1");

describe("a publication that changes outside Terraform", () => {
  test("is repaired while the replication continues: it publishes a removed table again, and drops an added one", async () => {
    const pair = await createPair();
    const terraform = await replicate(pair, { tables: ["public.a", "public.b"] });
    await rowsArrive(pair, "b", 5);
    const stop = await startWriter(pair.publisher, "a", 1_000);

    await pair.publisher.query("ALTER PUBLICATION p DROP TABLE b");
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await published(pair)).toEqual([{ table: "a" }, { table: "b" }]);
    await pair.publisher.query("INSERT INTO b VALUES (6)");
    await rowsArrive(pair, "b", 6);

    await pair.publisher.query("CREATE TABLE c (id int PRIMARY KEY); ALTER PUBLICATION p ADD TABLE c");
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await published(pair)).toEqual([{ table: "a" }, { table: "b" }]);
    await stop();
    await rowsArrive(pair, "a", await count(pair.publisher, "a"));
    await terraform.destroy();
  });

  test("replicates a table that is created in a published schema from the next apply on", async () => {
    const pair = await createPair();
    const terraform = await replicate(pair, { tables_in_schema: ["public"] });
    await rowsArrive(pair, "a", 5);
    await pair.publisher.query("CREATE TABLE late (id int PRIMARY KEY); INSERT INTO late VALUES (1), (2)");
    const plan = await terraform.plan();
    expect(Object.keys(plan.changes).sort()).toEqual([
      "postgresql_replicated_schema.s",
      "postgresql_subscription.s",
    ]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await rowsArrive(pair, "late", 2);
    await terraform.destroy();
  });
});
