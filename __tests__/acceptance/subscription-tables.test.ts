import { dropDatabases } from "../support/database";
import { errorOf } from "../support/failures";
import { sameRowsOnce } from "../support/replication-load";
import {
  ADDRESS,
  count,
  createPair,
  type Pair,
  recordInserts,
  rowsArrive,
  slots,
  subscription,
  subscriptionIn,
} from "../support/subscription-pair";
import type { Terraform } from "../support/terraform";

afterAll(dropDatabases);

/** A publication of some tables, and the subscription to it. */
async function configure(terraform: Terraform, pair: Pair, tables: readonly string[]): Promise<void> {
  const { resource } = subscription(pair, {
    publications: ["${postgresql_publication.p.name}"],
    published_tables: "${postgresql_publication.p.tables}",
  }) as { resource: object };
  await terraform.write({
    resource: {
      ...resource,
      postgresql_publication: { p: { provider: "postgresql.publisher", name: "p", tables } },
    },
  });
}

/** Replicates the table `a`. The table `b` contains rows at the subscriber. */
async function replicateA(): Promise<{ pair: Pair; terraform: Terraform }> {
  const pair = await createPair();
  await recordInserts(pair, "a");
  await pair.subscriber.query("INSERT INTO b VALUES (1)");
  const terraform = await subscriptionIn(pair, {
    aliases: { publisher: { server: pair.publisher.server, database: pair.publisher.name } },
  });
  await configure(terraform, pair, ["public.a"]);
  await terraform.apply();
  await rowsArrive(pair, "a", 5);
  return { pair, terraform };
}

const publishedTables = ({ publisher }: Pair): Promise<unknown[]> =>
  publisher.query("SELECT tablename FROM pg_publication_tables WHERE pubname = 'p' ORDER BY 1");

test("a table with rows at the subscriber cannot be added to a publication: the plan says so, and nothing changes", async () => {
  const { pair, terraform } = await replicateA();
  await configure(terraform, pair, ["public.a", "public.b"]);
  expect((await errorOf(terraform.plan())).message).toMatch(/already contains rows.*public\.b/s);
  await errorOf(terraform.apply());
  expect(await publishedTables(pair)).toEqual([{ tablename: "a" }]);

  await pair.subscriber.query("TRUNCATE b");
  await terraform.apply();
  await rowsArrive(pair, "b", 5);
  await terraform.expectEmptyPlan();
});

test("a table with rows that a failed apply left in the publication can be removed again", async () => {
  const { pair, terraform } = await replicateA();
  await pair.publisher.query("ALTER PUBLICATION p ADD TABLE b");
  await terraform.apply();
  expect(await publishedTables(pair)).toEqual([{ tablename: "a" }]);
  await pair.publisher.query("INSERT INTO a VALUES (6)");
  await sameRowsOnce(pair, "a");
  expect(await count(pair.subscriber, "b")).toBe(1);
  await terraform.expectEmptyPlan();
});

test("a destroy that continues after the subscription was destroyed completes with the command that its error names", async () => {
  const { pair, terraform } = await replicateA();
  await terraform.destroy(`-target=${ADDRESS}`);
  const { message } = await errorOf(terraform.destroy());
  const [, flag = ""] = /terraform destroy (-\S+?),/.exec(message) ?? [];
  await terraform.destroy(flag);
  expect(await publishedTables(pair)).toEqual([]);
  expect(await slots(pair)).toEqual([]);
  expect(await count(pair.subscriber, "a")).toBe(5);
});
