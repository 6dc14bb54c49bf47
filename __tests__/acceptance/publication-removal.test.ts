import { conninfo as conninfoOf } from "../../sandbox/postgres-endpoint";
import { type SandboxServer, startSandboxServer } from "../../sandbox/sandbox-server";
import { dropDatabases } from "../support/database";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { holdBack, sameRowsOnce, startWriter } from "../support/replication-load";
import { sharedServer } from "../support/shared-environment";
import { createPair, type Pair, recordInserts, rowsArrive } from "../support/subscription-pair";
import { createTerraform, type Terraform } from "../support/terraform";

let publisher17: SandboxServer;

beforeAll(async () => {
  publisher17 = await startSandboxServer({ major: 17 });
});

afterAll(async () => {
  await dropDatabases();
  await publisher17.stop();
});

const publishers = {
  "18": () => sharedServer("publisher"),
  "17": () => publisher17,
  "10": () => sharedServer("publisher10"),
};

/** Two databases without publications, whose inserts are recorded. */
async function emptyPair(major: keyof typeof publishers): Promise<Pair> {
  const pair = await createPair(publishers[major]());
  await pair.publisher.query("DROP PUBLICATION pub_a; DROP PUBLICATION pub_b");
  await recordInserts(pair, "a");
  return pair;
}

function terraformOf({ publisher, subscriber }: Pair): Promise<Terraform> {
  return createTerraform({
    provider: { server: publisher.server, database: publisher.name },
    aliases: { subscriber: { server: subscriber.server, database: subscriber.name } },
    secrets: { publisher_password: publisher.server.password },
  });
}

/** Publications of the same table, and a subscription to the last of them. */
function replicated(pair: Pair, keys: readonly string[], lifecycle?: object): Record<string, unknown> {
  return {
    resource: {
      postgresql_publication: Object.fromEntries(
        keys.map((name) => [
          name,
          { name, tables: ["public.a"], timeouts: { delete: "5s" }, ...(lifecycle && { lifecycle }) },
        ]),
      ),
      postgresql_subscription: {
        s: {
          provider: "postgresql.subscriber",
          name: "s",
          slot_name: pair.slot,
          conninfo: pair.conninfo,
          password_wo: "${var.publisher_password}",
          password_wo_version: "1",
          publications: [`\${postgresql_publication.${keys.at(-1)}.name}`],
        },
      },
    },
  };
}

/** A publication without subscribers in the configuration, whose destruction may take this long. */
function publication(limit: string, attributes: Record<string, unknown> = {}): Record<string, unknown> {
  const p = { name: "p", tables: ["public.a"], timeouts: { delete: limit }, ...attributes };
  return { resource: { postgresql_publication: { p } } };
}

async function publicationNames({ publisher }: Pair): Promise<string[]> {
  const rows = await publisher.query<{ pubname: string }>("SELECT pubname FROM pg_publication ORDER BY 1");
  return rows.map(({ pubname }) => pubname);
}

/** Creates a subscription outside of Terraform, and waits for its first rows. */
async function subscribe(pair: Pair): Promise<void> {
  const { publisher, subscriber, slot } = pair;
  const connection = conninfoOf(publisher.server, publisher.name).replaceAll("'", "''");
  await subscriber.query(
    `CREATE SUBSCRIPTION s CONNECTION '${connection}' PUBLICATION p WITH (slot_name = ${slot})`,
  );
  await rowsArrive(pair, "a", 5);
}

describe.each(Object.keys(publishers) as (keyof typeof publishers)[])("on PostgreSQL %s", (major) => {
  test("a publication with create_before_destroy is exchanged for another one in one apply, and no row is lost", async () => {
    const pair = await emptyPair(major);
    const terraform = await terraformOf(pair);
    const lifecycle = { create_before_destroy: true };
    await terraform.write(replicated(pair, ["old"], lifecycle));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);

    const stop = await startWriter(pair.publisher, "a", 1_000);
    const release = await holdBack(pair, "a");
    await terraform.write(replicated(pair, ["new"], lifecycle));
    const applied = terraform.apply();
    await eventually(async () => (await publicationNames(pair)).includes("new"));
    await release();
    expect((await applied).diagnostics).toEqual([]);
    await stop();
    await sameRowsOnce(pair, "a");
    await terraform.expectEmptyPlan();
    expect(await publicationNames(pair)).toEqual(["new"]);
    await terraform.destroy();
    expect(await publicationNames(pair)).toEqual([]);
  });

  test("a publication that Terraform would drop before the subscription leaves it remains, and the error says in which order to apply", async () => {
    const pair = await emptyPair(major);
    const terraform = await terraformOf(pair);
    await terraform.write(replicated(pair, ["old"]));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);

    const stop = await startWriter(pair.publisher, "a", 1_000);
    await terraform.write(replicated(pair, ["new"]));
    const { message } = await errorOf(terraform.apply());
    expect(message).toMatch(/Publication is still in use/);
    expect(message).toMatch(/keep the publication in the configuration, remove it from the publications/);
    expect(await publicationNames(pair)).toContain("old");

    await terraform.write(replicated(pair, ["old", "new"]));
    await terraform.apply();
    await terraform.write(replicated(pair, ["new"]));
    await terraform.apply();
    await stop();
    await sameRowsOnce(pair, "a");
    await terraform.expectEmptyPlan();
    expect(await publicationNames(pair)).toEqual(["new"]);
  });
});

test("a publication that a subscription uses is not dropped, and the error names the slot and what to do", async () => {
  const pair = await emptyPair("18");
  const terraform = await terraformOf(pair);
  await terraform.write(publication("3s"));
  await terraform.apply();
  await subscribe(pair);

  const { message } = await errorOf(terraform.destroy());
  expect(message).toMatch(/Publication is still in use/);
  expect(message).toContain(`The reader of slot "${pair.slot}" uses it`);
  expect(await publicationNames(pair)).toEqual(["p"]);
  await pair.publisher.query("INSERT INTO a VALUES (6)");
  await sameRowsOnce(pair, "a");

  await pair.subscriber.query("DROP SUBSCRIPTION s");
  await terraform.destroy();
  expect(await publicationNames(pair)).toEqual([]);
});

test("a publication is not dropped while an inactive slot may need it, and the error says how to drop the slot of a lost subscriber", async () => {
  const pair = await emptyPair("18");
  const terraform = await terraformOf(pair);
  await terraform.write(publication("3s"));
  await terraform.apply();
  await subscribe(pair);
  await pair.subscriber.query(
    "ALTER SUBSCRIPTION s DISABLE; ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s",
  );

  const { message } = await errorOf(terraform.destroy());
  expect(message).toMatch(/Publication is still in use/);
  const [remedy = ""] = /SELECT pg_drop_replication_slot\('\w+'\)/.exec(message) ?? [];
  expect(remedy).toContain(pair.slot);
  expect(await publicationNames(pair)).toEqual(["p"]);

  await eventually(() =>
    pair.publisher.query(remedy).then(
      () => true,
      () => false,
    ),
  );
  await terraform.destroy();
  expect(await publicationNames(pair)).toEqual([]);
});

test("a publication with drop_cascade is dropped at once, and a warning says what its subscribers miss", async () => {
  const pair = await emptyPair("18");
  const terraform = await terraformOf(pair);
  await terraform.write(publication("20m", { drop_cascade: true }));
  await terraform.apply();
  await subscribe(pair);
  const { diagnostics } = await terraform.destroy();
  expect(diagnostics.map(({ summary }) => summary)).toEqual(["Subscribers may miss changes"]);
  expect(diagnostics[0]?.detail).toContain(`was destroyed, and slot "${pair.slot}" reads it`);
  expect(await publicationNames(pair)).toEqual([]);
});
