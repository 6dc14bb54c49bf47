import { connectClient } from "../support/client";
import { createDatabase, type TestDatabase } from "../support/database";
import { eventually } from "../support/eventually";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";

const SLOT = "data.postgresql_replication_status.slot";
const SUBSCRIPTION = "data.postgresql_replication_status.subscription";
const LSN = expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/) as string;

/** Subscribes to `p` of the publisher, with a slot that is named after the subscriber's database. */
async function subscribe(publisher: TestDatabase, subscriber: TestDatabase, options: string): Promise<void> {
  const { host, port, username, password } = publisher.server;
  await subscriber.query(
    "CREATE TABLE a (id int PRIMARY KEY); CREATE SCHEMA z; CREATE TABLE z.b (id int PRIMARY KEY)",
  );
  await subscriber.query(
    `CREATE SUBSCRIPTION s CONNECTION 'host=${host} port=${port} dbname=${publisher.name} user=${username} password=${password}'
     PUBLICATION p WITH (slot_name = '${subscriber.name}', ${options})`,
  );
}

describe.each([
  { publishers: "publisher", subscribers: "publisher10" },
  { publishers: "publisher10", subscribers: "subscriber" },
] as const)(
  "postgresql_replication_status from $publishers to $subscribers",
  ({ publishers, subscribers }) => {
    test("shows any role how far each side is, table by table", async () => {
      const [publisherServer, subscriberServer] = [sharedServer(publishers), sharedServer(subscribers)];
      const [publisher, subscriber, another] = await Promise.all([
        createDatabase(publisherServer),
        createDatabase(subscriberServer),
        createDatabase(subscriberServer),
      ]);
      await publisher.query(`CREATE TABLE a (id int PRIMARY KEY); CREATE SCHEMA z; CREATE TABLE z.b (id int PRIMARY KEY);
                           INSERT INTO a VALUES (1); INSERT INTO z.b VALUES (1); CREATE PUBLICATION p FOR TABLE a, z.b`);
      // A subscription of the same name in another database of the same server is another one.
      await subscribe(publisher, another, "copy_data = false");
      await subscribe(publisher, subscriber, "enabled = false");
      const hold = await connectClient(subscriberServer, subscriber.name);
      await hold.query("BEGIN; LOCK TABLE z.b IN EXCLUSIVE MODE");
      await subscriber.query("ALTER SUBSCRIPTION s ENABLE");

      const statesBecome = (states: string): Promise<unknown> =>
        eventually(
          () =>
            subscriber.query<{ states: string }>(
              "SELECT string_agg(srsubstate::text, '' ORDER BY srrelid) AS states FROM pg_subscription_rel",
            ),
          ([row]) => row?.states === states,
        );
      await statesBecome("rd");

      // Nobody has given them anything.
      const terraform = await createTerraform({
        provider: { server: await createRole(publisherServer), database: publisher.name },
        aliases: {
          subscriber: { server: await createRole(subscriberServer), database: "postgres" },
          administrator: { server: publisherServer, database: publisher.name },
        },
      });
      await terraform.write({
        data: {
          postgresql_replication_status: {
            slot: { slot_name: subscriber.name },
            administered: { provider: "postgresql.administrator", slot_name: subscriber.name },
            subscription: { provider: "postgresql.subscriber", database: subscriber.name, subscription: "s" },
          },
        },
      });
      await terraform.apply();
      const slot = {
        id: `${publisher.name}.${subscriber.name}`,
        database: publisher.name,
        slot_name: subscriber.name,
        exists: true,
        active: true,
        plugin: "pgoutput",
        wal_status: publishers === "publisher" ? "reserved" : null,
        restart_lsn: LSN,
        confirmed_flush_lsn: LSN,
        retained_wal_bytes: expect.any(Number) as number,
        lag_bytes: expect.any(Number) as number,
        safe_wal_size_bytes: null,
        consumer_application_name: "s",
        consumer_state: null,
        enabled: null,
        tables: null,
        initial_sync_done: null,
      };
      expect(await terraform.state(SLOT)).toMatchObject(slot);
      expect(
        (await terraform.state("data.postgresql_replication_status.administered"))?.["consumer_state"],
      ).toBe("streaming");
      const errorCount = subscribers === "subscriber" ? 0 : null;
      const subscription = {
        id: `${subscriber.name}.s`,
        database: subscriber.name,
        subscription: "s",
        exists: true,
        enabled: true,
        worker_running: true,
        received_lsn: LSN,
        latest_end_lsn: LSN,
        latest_end_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        apply_error_count: errorCount,
        sync_error_count: errorCount,
        tables: [
          { schema: "public", name: "a", state: "ready" },
          { schema: "z", name: "b", state: "copying" },
        ],
        initial_sync_done: false,
        active: null,
        lag_bytes: null,
      };
      expect(await terraform.state(SUBSCRIPTION)).toMatchObject(subscription);

      await hold.end();
      await statesBecome("rr");
      await subscriber.query("ALTER SUBSCRIPTION s DISABLE");
      await eventually(
        () =>
          publisher.query<{ active: boolean }>(
            "SELECT active FROM pg_replication_slots WHERE slot_name = $1",
            [subscriber.name],
          ),
        ([row]) => row?.active === false,
      );
      const before = Number((await terraform.state(SLOT))?.["lag_bytes"]);
      await publisher.query("INSERT INTO a SELECT generate_series(2, 1000)");
      await terraform.apply();
      expect(await terraform.state(SLOT)).toMatchObject({
        active: false,
        consumer_application_name: null,
        consumer_state: null,
      });
      expect(Number((await terraform.state(SLOT))?.["lag_bytes"])).toBeGreaterThan(before + 10_000);
      expect(Number((await terraform.state(SLOT))?.["retained_wal_bytes"])).toBeGreaterThan(10_000);
      expect(await terraform.state(SUBSCRIPTION)).toMatchObject({
        enabled: false,
        worker_running: false,
        received_lsn: null,
        latest_end_time: null,
        initial_sync_done: true,
      });
    });
  },
);

describe("postgresql_replication_status", () => {
  test("says that a slot, a subscription or its database does not exist, and is no error", async () => {
    const server = sharedServer("subscriber");
    const database = await createDatabase(server);
    await database.query(
      `CREATE SUBSCRIPTION "it's" CONNECTION '' PUBLICATION p WITH (connect = false, slot_name = NONE)`,
    );
    const terraform = await createTerraform({ provider: { server, database: database.name } });
    const configuration = {
      data: {
        postgresql_replication_status: {
          slot: { slot_name: "nowhere" },
          subscription: { subscription: "nowhere" },
          elsewhere: { subscription: "it's", database: "postgres" },
          without_database: { subscription: "it's", database: "nowhere" },
          slot_without_database: { slot_name: "nowhere", database: "nowhere" },
          found: { subscription: "it's" },
        },
      },
    };
    await terraform.write(configuration);
    await terraform.apply();
    const values = async (name: string): Promise<unknown> => {
      const state = (await terraform.state(`data.postgresql_replication_status.${name}`)) ?? {};
      const { id, database: where, timeouts, subscription, slot_name: slot, ...rest } = state;
      expect(id).toBe(`${String(where)}.${String(slot ?? subscription)}`);
      expect(timeouts).toBeNull();
      return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
    };
    for (const name of Object.keys(configuration.data.postgresql_replication_status)) {
      expect([name, await values(name)]).toEqual(
        name === "found"
          ? [
              name,
              {
                exists: true,
                enabled: false,
                worker_running: false,
                apply_error_count: 0,
                sync_error_count: 0,
                tables: [],
                initial_sync_done: true,
              },
            ]
          : [name, { exists: false }],
      );
    }
  });

  test("lets a postcondition and a check turn what does not exist into an error and a warning", async () => {
    const terraform = await createTerraform({ provider: { server: sharedServer("subscriber") } });
    const wanted = { condition: "${self.exists}", error_message: "The subscription is gone." };
    const status = { subscription: "nowhere", lifecycle: { postcondition: [wanted] } };
    await terraform.write({ data: { postgresql_replication_status: { x: status } } });
    expect((await errorOf(terraform.apply())).message).toContain("The subscription is gone.");

    const condition = "${data.postgresql_replication_status.x.exists}";
    await terraform.write({
      data: { postgresql_replication_status: { x: { subscription: "nowhere" } } },
      check: { replication: { assert: [{ ...wanted, condition }] } },
    });
    expect((await terraform.apply()).diagnostics).toMatchObject([
      { severity: "warning", detail: "The subscription is gone." },
    ]);
  });

  test("blocks no destroy, be what it looks at gone; with -refresh=false, not even its server's absence", async () => {
    const server = sharedServer("subscriber");
    const database = await createDatabase(server);
    const terraform = await createTerraform({
      provider: { server, database: database.name },
      aliases: { gone: { server: { ...server, port: 1 }, arguments: { connect_timeout: 1 } } },
    });
    const slots = (provider: object): Record<string, unknown> => ({
      resource: { postgresql_replication_slot: { s: { name: database.name, plugin: "pgoutput" } } },
      data: {
        postgresql_replication_status: { slot: { ...provider, slot_name: database.name } },
      },
    });
    const rest = (): Promise<unknown> =>
      database.query("SELECT slot_name FROM pg_replication_slots WHERE slot_name = $1", [database.name]);
    await terraform.write(slots({}));
    await terraform.apply();
    await database.query("SELECT pg_drop_replication_slot($1)", [database.name]);
    await terraform.destroy();
    expect(await rest()).toEqual([]);

    await terraform.apply();
    await terraform.write(slots({ provider: "postgresql.gone" }));
    expect((await errorOf(terraform.destroy())).message).toContain("refuses connections");
    await terraform.destroy("-refresh=false");
    expect(await rest()).toEqual([]);
  });

  test("takes a slot or a subscription, and not both", async () => {
    const terraform = await createTerraform({ provider: { server: sharedServer("subscriber") } });
    await terraform.write({
      data: { postgresql_replication_status: { x: { slot_name: "a", subscription: "a" } } },
    });
    expect((await errorOf(terraform.plan())).message).toContain(
      "slot_name and subscription cannot be set together",
    );
    await terraform.write({ data: { postgresql_replication_status: { x: {} } } });
    expect((await errorOf(terraform.plan())).message).toContain("Set slot_name for the publisher's side, or");
  });
});
