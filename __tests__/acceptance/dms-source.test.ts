import type { Client } from "pg";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { type SandboxServer, startSandboxServer } from "../../sandbox/sandbox-server";
import { connectClient } from "../support/client";
import { createDatabase, type TestDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform, type Terraform } from "../support/terraform";

const ADDRESS = "postgresql_dms_source.x";
const server18 = sharedServer("publisher");

/** Only for this file, which changes its settings and roles. */
let server13: SandboxServer;
const clients: Client[] = [];

beforeAll(async () => {
  server13 = await startSandboxServer({ major: 13 });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end()));
});

afterAll(async () => {
  await server13.stop();
});

/** A configuration with one resource; the superuser is the DMS user by default. */
function dmsSource(attributes: Record<string, unknown> = {}): Record<string, unknown> {
  return { resource: { postgresql_dms_source: { x: { username: "postgres", ...attributes } } } };
}

async function prepare(
  server: PostgresEndpoint,
  attributes: Record<string, unknown> = {},
): Promise<{ database: TestDatabase; terraform: Terraform }> {
  const database = await createDatabase(server);
  const terraform = await createTerraform({ provider: { server, database: database.name } });
  await terraform.write(dmsSource(attributes));
  return { database, terraform };
}

async function connect(server: PostgresEndpoint, database: TestDatabase): Promise<Client> {
  const client = await connectClient(server, database.name);
  clients.push(client);
  return client;
}

interface Inserted {
  readonly tag: string | undefined;
  readonly schema: string | undefined;
  readonly query: string | undefined;
}

/** Reads what DMS would read from the database's slot: the rows inserted into the audit table. */
async function inserted(database: TestDatabase, table = "public.awsdms_ddl_audit"): Promise<Inserted[]> {
  const rows = await database.query<{ data: string }>(
    "SELECT data FROM pg_logical_slot_get_changes($1, NULL, NULL) WHERE data LIKE $2",
    [database.name, `table ${table}: INSERT:%`],
  );
  return rows.map(({ data }) => {
    const value = (column: string): string | undefined =>
      new RegExp(` ${column}\\[[^\\]]*\\]:'((?:[^']|'')*)'`).exec(data)?.[1]?.replaceAll("''", "'");
    return { tag: value("c_tag"), schema: value("c_schema"), query: value("c_ddlqry") };
  });
}

async function createSlot(database: TestDatabase): Promise<void> {
  await database.query("SELECT pg_create_logical_replication_slot($1, 'test_decoding')", [database.name]);
}

/** Every object of the DDL capture, and how its event triggers are enabled. */
async function objects(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ object: string }>(
    `SELECT 'trigger ' || evtname || ' ' || evtenabled::text AS object FROM pg_event_trigger
     UNION ALL SELECT 'function ' || oid::regprocedure FROM pg_proc WHERE proname LIKE 'awsdms%'
     UNION ALL SELECT 'relation ' || oid::regclass FROM pg_class WHERE relname LIKE 'awsdms%'
     UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE oid >= 16384 AND nspname NOT LIKE 'pg\\_%'
     ORDER BY object`,
  );
  return rows.map(({ object }) => object);
}

/** The objects that DMS's own script creates. */
const DMS_SCRIPT = `
  CREATE TABLE public.awsdms_ddl_audit (c_key bigserial PRIMARY KEY, c_time timestamp, c_user varchar(64), c_txn varchar(16),
    c_tag varchar(24), c_oid integer, c_name varchar(64), c_schema varchar(64), c_ddlqry text);
  CREATE FUNCTION public.awsdms_intercept_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    IF tg_tag IN ('CREATE TABLE', 'ALTER TABLE', 'DROP TABLE', 'CREATE TABLE AS') THEN
      INSERT INTO public.awsdms_ddl_audit VALUES (default, current_timestamp, current_user,
        txid_current()::varchar(16), tg_tag, 0, '', current_schema, current_query());
      DELETE FROM public.awsdms_ddl_audit;
    END IF;
  END $$;
  CREATE EVENT TRIGGER awsdms_intercept_ddl ON ddl_command_end EXECUTE PROCEDURE public.awsdms_intercept_ddl();
  GRANT ALL ON public.awsdms_ddl_audit TO PUBLIC;
  GRANT ALL ON SEQUENCE public.awsdms_ddl_audit_c_key_seq TO PUBLIC;`;

const HEALTHY = [
  "function awsdms_intercept_ddl()",
  "relation awsdms_ddl_audit",
  "relation awsdms_ddl_audit_c_key_seq",
  "relation awsdms_ddl_audit_pkey",
  "trigger awsdms_intercept_ddl O",
  "trigger awsdms_intercept_ddl_drop O",
];

describe.each([
  ["18", () => sharedServer("publisher")],
  ["13", () => server13],
  ["10", () => sharedServer("publisher10")],
])("PostgreSQL %s", (_, serverOf) => {
  test("captures DDL of a role without privileges, regardless of its search_path, and skips temporary tables", async () => {
    const server = serverOf();
    const { database, terraform } = await prepare(server);
    await database.query("CREATE SCHEMA app; CREATE SCHEMA evil");
    const role = await createRole(server);
    await database.query(`GRANT ALL ON SCHEMA app, evil TO ${role.username}`);
    await terraform.apply();
    expect(await objects(database)).toEqual([...HEALTHY, "schema app", "schema evil"].sort());
    await createSlot(database);
    const client = await connect(role, database);
    await client.query("SET search_path = app");
    await expect(client.query("SELECT FROM public.awsdms_ddl_audit")).rejects.toThrow("permission denied");

    for (const [tag, query] of [
      ["CREATE TABLE", "CREATE TABLE t (id serial PRIMARY KEY, v text)"],
      ["ALTER TABLE", "ALTER TABLE t ADD COLUMN w int DEFAULT 1"],
      ["CREATE TABLE AS", "CREATE TABLE c AS SELECT 'it''s' AS a"],
      ["DROP TABLE", "DROP TABLE c"],
    ]) {
      await client.query(query ?? "");
      expect(await inserted(database)).toEqual([{ tag, schema: "app", query }]);
    }
    const text = "€𝄞é";
    const long = `ALTER TABLE t ADD COLUMN x text /* ${text.repeat(120_000)} */`;
    expect(Buffer.byteLength(long)).toBeGreaterThan(1_000_000);
    await client.query(long);
    const [captured, ...more] = await inserted(database);
    expect(captured?.query === long && more.length === 0).toBe(true);

    for (const temporary of [
      "CREATE TEMPORARY TABLE t (id serial PRIMARY KEY)",
      "ALTER TABLE t ADD COLUMN v int",
      "DROP TABLE t",
      "CREATE TEMPORARY TABLE c AS SELECT 1 AS a",
      "DROP TABLE c",
      "BEGIN; CREATE TEMPORARY TABLE o (a int) ON COMMIT DROP; COMMIT",
      "CREATE INDEX ON app.t (v)",
    ]) {
      await client.query(temporary);
      expect(await inserted(database)).toEqual([]);
    }

    await client.query(`
      CREATE FUNCTION evil.current_query() RETURNS text LANGUAGE sql AS $$ SELECT 'evil'::text $$;
      CREATE FUNCTION evil.current_schema() RETURNS name LANGUAGE sql AS $$ SELECT 'evil'::name $$;
      CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT 'evil'::text $$;
      CREATE FUNCTION evil.never(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT false $$;
      CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, PROCEDURE = evil.never);
      CREATE DOMAIN evil.text AS pg_catalog.int4;
      SET search_path = evil, pg_catalog`);
    await client.query("CREATE TABLE awsdms_ddl_audit (c_key int)");
    expect(await inserted(database)).toMatchObject([{ tag: "CREATE TABLE", schema: "evil" }]);
    await client.query("DROP TABLE app.t");
    expect(await inserted(database)).toEqual([
      { tag: "DROP TABLE", schema: "evil", query: "DROP TABLE app.t" },
    ]);
    expect((await client.query("SHOW search_path")).rows).toEqual([{ search_path: "evil, pg_catalog" }]);
    expect((await client.query("SELECT * FROM awsdms_ddl_audit")).rows).toEqual([]);
    expect(await database.query("SELECT FROM public.awsdms_ddl_audit")).toEqual([]);
    await client.query("DROP SCHEMA evil CASCADE").catch(() => database.query("DROP SCHEMA evil CASCADE"));

    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await objects(database)).toEqual(["schema app"]);
    // DMS sees neither the creation nor the removal of the capture.
    expect(await inserted(database)).toEqual([]);
    await database.query("SELECT pg_drop_replication_slot($1)", [database.name]);
  });
});

test("adopts and hardens the objects that DMS's own script created", async () => {
  const { database, terraform } = await prepare(server18);
  await database.query(DMS_SCRIPT);
  const table = "SELECT 'public.awsdms_ddl_audit'::regclass::oid AS oid";
  const before = await database.query(table);
  await createSlot(database);
  await terraform.apply();
  expect(await database.query(table)).toEqual(before);
  expect(await objects(database)).toEqual(HEALTHY);
  const role = await createRole(server18);
  const client = await connect(role, database);
  await expect(client.query("INSERT INTO public.awsdms_ddl_audit DEFAULT VALUES")).rejects.toThrow(
    "permission denied",
  );
  await client.query("CREATE TEMPORARY TABLE t (a int); DROP TABLE t");
  expect(await inserted(database)).toEqual([]);

  const xmins = `SELECT xmin FROM pg_event_trigger UNION ALL SELECT xmin FROM pg_proc WHERE proname LIKE 'awsdms%'`;
  const equal = await database.query(xmins);
  const other = await createTerraform({ provider: { server: server18, database: database.name } });
  await other.write(dmsSource());
  await other.apply();
  expect(await database.query(xmins)).toEqual(equal);
  await other.expectEmptyPlan();
});

test("is imported without a difference, and changes its user, schema and mode", async () => {
  const server = server18;
  const [dms, second] = [await createRole(server, "REPLICATION"), await createRole(server, "REPLICATION")];
  const { database, terraform } = await prepare(server, { username: dms.username, schema: "dms" });
  await terraform.apply();
  expect(await terraform.state(ADDRESS)).toMatchObject({
    id: `${database.name}.dms`,
    enable_always: false,
    differences: [],
    schema_created: true,
    tables_without_primary_key: [],
  });
  const client = await connect(dms, database);
  expect((await client.query("SELECT * FROM dms.awsdms_ddl_audit")).rows).toEqual([]);

  const importing = await createTerraform({ provider: { server, database: database.name } });
  await importing.write(dmsSource({ username: dms.username, schema: "dms" }));
  await importing.import(ADDRESS, `${database.name}.dms`);
  await importing.expectEmptyPlan();

  await terraform.write(dmsSource({ username: second.username, schema: "dms", enable_always: true }));
  expect((await terraform.apply()).actions).toEqual({ [ADDRESS]: "update" });
  await expect(client.query("SELECT * FROM dms.awsdms_ddl_audit")).rejects.toThrow("permission denied");
  expect((await objects(database)).filter((name) => name.startsWith("trigger"))).toEqual([
    "trigger awsdms_intercept_ddl A",
    "trigger awsdms_intercept_ddl_drop A",
  ]);
  await createSlot(database);
  await database.query("SET session_replication_role = replica; CREATE TABLE replicated (a int)");
  expect(await inserted(database, "dms.awsdms_ddl_audit")).toMatchObject([{ tag: "CREATE TABLE" }]);

  await terraform.write(dmsSource({ username: second.username, schema: "public" }));
  const replaced = await terraform.apply();
  expect(replaced.actions).toEqual({ [ADDRESS]: "replace" });
  expect(replaced.diagnostics).toMatchObject([
    {
      summary: "Tables without primary key",
      detail: expect.stringContaining("public.replicated") as unknown,
    },
  ]);
  expect(await objects(database)).toEqual(HEALTHY);
  expect(await terraform.state(ADDRESS)).toMatchObject({
    tables_without_primary_key: ["public.replicated"],
    enable_always: false,
    schema_created: false,
  });
});

test("fires in replica sessions too in a database with a subscription, unless enable_always = false", async () => {
  const { database, terraform } = await prepare(server18);
  await terraform.apply();
  await database.query(
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false, slot_name = NONE)",
  );
  expect((await terraform.apply()).actions).toEqual({ [ADDRESS]: "update" });
  expect(await objects(database)).toContain("trigger awsdms_intercept_ddl A");
  await terraform.write(dmsSource({ enable_always: false }));
  await terraform.apply();
  expect(await objects(database)).toEqual(HEALTHY);
});

test("lists every difference in the plan, and repairs it in place", async () => {
  const { database, terraform } = await prepare(server18);
  await terraform.apply();
  await database.query(`
    ALTER EVENT TRIGGER awsdms_intercept_ddl DISABLE;
    ALTER EVENT TRIGGER awsdms_intercept_ddl_drop ENABLE REPLICA;
    ALTER FUNCTION awsdms_intercept_ddl() SECURITY INVOKER;
    GRANT INSERT ON awsdms_ddl_audit TO PUBLIC`);
  const plan = await terraform.plan();
  expect(plan.changes[ADDRESS]).toMatchObject({
    actions: ["update"],
    before: {
      differences: [
        "function public.awsdms_intercept_ddl() is not the hardened one",
        "event trigger awsdms_intercept_ddl is disabled",
        "event trigger awsdms_intercept_ddl_drop fires in replica sessions only (ENABLE REPLICA)",
        "PUBLIC has privileges on table public.awsdms_ddl_audit",
      ],
    },
    after: { differences: [] },
  });
  await terraform.apply("tfplan");

  await createSlot(database);
  // An enabled trigger would record that its own table is dropped, and fail.
  await database.query(`
    DROP EVENT TRIGGER awsdms_intercept_ddl;
    ALTER EVENT TRIGGER awsdms_intercept_ddl_drop DISABLE;
    DROP TABLE awsdms_ddl_audit;
    ALTER EVENT TRIGGER awsdms_intercept_ddl_drop ENABLE`);
  await terraform.apply();
  await terraform.expectEmptyPlan();
  expect(await objects(database)).toEqual(HEALTHY);
  expect(await inserted(database)).toEqual([]);
  await database.query("CREATE TABLE t (id int PRIMARY KEY)");
  expect(await inserted(database)).toHaveLength(1);
});

test("refuses objects that have DMS's names but other definitions, lists each difference, and changes nothing", async () => {
  const { database, terraform } = await prepare(server18);
  await database.query(`
    CREATE TABLE awsdms_ddl_audit (c_key bigint, c_time timestamp, c_user varchar(32), c_txn varchar(16), c_tag varchar(24),
      c_oid integer, c_schema varchar(64), c_ddlqry text, mine int, PRIMARY KEY (c_key, c_time));
    CREATE FUNCTION mine() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER awsdms_intercept_ddl ON ddl_command_start EXECUTE PROCEDURE mine()`);
  const before = await objects(database);
  const { diagnostics } = await errorOf(terraform.plan());
  expect(diagnostics).toMatchObject([{ summary: "Objects of DMS's names are something else" }]);
  for (const line of [
    "The table public.awsdms_ddl_audit has the column c_user of type character varying(32), and should have it as character varying(64).",
    "has no column c_name (character varying(64)).",
    "has a column mine (integer) that is not DMS's.",
    "has PRIMARY KEY (c_key, c_time), and should have PRIMARY KEY (c_key).",
    "has no default for the column c_key.",
    "The event trigger awsdms_intercept_ddl calls the function public.mine(), and should call the function public.awsdms_intercept_ddl().",
  ]) {
    expect(diagnostics[0]?.detail).toContain(line);
  }
  expect(await objects(database)).toEqual(before);
});

test("keeps an audit table with rows and a schema with other objects, and warns", async () => {
  const { database, terraform } = await prepare(server18, { schema: "dms" });
  await terraform.apply();
  await database.query("INSERT INTO dms.awsdms_ddl_audit (c_ddlqry) VALUES ('mine')");
  const { diagnostics } = await terraform.destroy();
  expect(diagnostics.map(({ severity, detail }) => `${severity}: ${detail}`)).toEqual([
    expect.stringMatching(/^warning: The table dms\.awsdms_ddl_audit stays .* since it has rows/),
    expect.stringMatching(/^warning: The schema "dms" stays .* since it is not empty/),
  ]);
  expect(await objects(database)).toEqual([
    "relation dms.awsdms_ddl_audit",
    "relation dms.awsdms_ddl_audit_c_key_seq",
    "relation dms.awsdms_ddl_audit_pkey",
    "schema dms",
  ]);
});

test("names what a user who is not a superuser lacks, and leaves nothing behind", async () => {
  const database = await createDatabase(server18);
  const owner = await createRole(server18);
  await database.query(`GRANT CREATE ON DATABASE ${database.name} TO ${owner.username}`);
  const terraform = await createTerraform({ provider: { server: owner, database: database.name } });
  await terraform.write(dmsSource({ schema: "dms" }));
  const { diagnostics } = await errorOf(terraform.apply());
  expect(diagnostics.at(-1)?.detail).toMatch(
    /permission denied to create event trigger.*\(SQLSTATE 42501\).*Nothing was changed\. Only superusers can create .* rds_superuser/s,
  );
  expect(await objects(database)).toEqual([]);
  expect(await terraform.state(ADDRESS)).toBeUndefined();

  await terraform.write(dmsSource({ username: "nonesuch" }));
  const missing = await errorOf(terraform.apply());
  expect(missing.diagnostics.at(-1)).toMatchObject({
    summary: "DMS user does not exist",
    attribute: "username",
  });
});

test("fails before it changes anything when DMS could not capture changes, and warns of changes that DMS will miss", async () => {
  await server13.restart({ wal_level: "replica", max_wal_senders: "1", wal_sender_timeout: "9999" });
  const { database, terraform } = await prepare(server13);
  await database.query(
    "CREATE TABLE heap (a int); CREATE UNLOGGED TABLE u (a int); CREATE PUBLICATION everything FOR ALL TABLES",
  );
  const refused = await errorOf(terraform.apply());
  // Terraform plans again during apply, so it reports each warning twice.
  const warnings = refused.diagnostics.filter(({ severity }) => severity === "warning");
  expect([...new Set(warnings.map(({ summary }) => summary))]).toEqual([
    "Logical replication is not enabled",
    "Too few WAL senders",
    "WAL senders time out too soon",
    "Tables without primary key",
    "The audit table is published",
  ]);
  const errors = refused.diagnostics.filter(({ severity }) => severity === "error");
  expect(errors).toMatchObject([{ summary: "DMS could capture no changes" }]);
  for (const part of [
    /wal_level = replica.*rds\.logical_replication = 1/,
    /max_wal_senders = 1,/,
    /wal_sender_timeout = 9999 ms/,
    /Nothing was changed\./,
  ]) {
    expect(errors[0]?.detail).toMatch(part);
  }
  expect(await objects(database)).toEqual([]);

  await server13.restart({ max_replication_slots: "1", wal_sender_timeout: "0" });
  await database.query("SELECT pg_create_physical_replication_slot('taken')");
  const full = await errorOf(terraform.apply());
  expect(full.diagnostics.at(-1)).toMatchObject({
    severity: "error",
    summary: "All replication slots are in use",
  });
  expect(await objects(database)).toEqual([]);
  await database.query("SELECT pg_drop_replication_slot('taken')");
  // An existing slot that DMS can use is as good as a free one.
  await createSlot(database);

  await database.query("CREATE ROLE rds_superuser; CREATE ROLE rds_replication; CREATE ROLE dms");
  await database.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  await terraform.write(dmsSource({ username: "dms" }));
  const { diagnostics } = await terraform.apply();
  expect(diagnostics.filter(({ summary }) => summary === "DMS user lacks a role")).toMatchObject([
    { detail: expect.stringContaining("no LOGIN") as unknown },
    { detail: expect.stringContaining("Grant it rds_replication.") as unknown },
    { detail: expect.stringContaining("neither a member of rds_superuser") as unknown },
  ]);
  expect(await terraform.state(ADDRESS)).toMatchObject({ tables_without_primary_key: ["public.heap"] });

  // Membership in rds_superuser is not required if the user may create what it needs.
  await database.query(
    "ALTER ROLE dms LOGIN; GRANT rds_replication TO dms; GRANT CREATE ON SCHEMA public TO dms",
  );
  await terraform.write(dmsSource({ username: "dms", enable_always: true }));
  const { diagnostics: granted } = await terraform.apply();
  expect(granted.filter(({ summary }) => summary === "DMS user lacks a role")).toEqual([]);
  await terraform.destroy();
});
