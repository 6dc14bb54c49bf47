import type { RelationName } from "../../postgres/relation-name";
import { formatRelationName } from "../../postgres/relation-name";
import type { ServerVersion } from "../../postgres/server-version";
import { lit, type Sql, sql } from "../../postgres/sql";
import { nameList } from "../shared/name-list";
import { WAL_LEVEL_REMEDY } from "../shared/wal-level";

/** Below this many milliseconds, and above 0, which means never, the server ends DMS's connections while they are idle. */
const LEAST_WAL_SENDER_TIMEOUT_MS = 10_000;

/** DMS reads from one connection, and needs another one while it makes or changes over to a slot. */
const LEAST_WAL_SENDERS = 2;

/** Something to tell the user. */
export interface Complaint {
  readonly summary: string;
  readonly detail: string;
}

/** What DMS's change data capture depends on beside the objects in the database. */
export interface FoundPrerequisites {
  readonly wal_level: string;
  readonly max_replication_slots: number;
  readonly max_wal_senders: number;
  /** Milliseconds. */
  readonly wal_sender_timeout: number;
  /** Slots of the whole server. */
  readonly slots: number;
  /** Whether this database has a slot that DMS can read from. */
  readonly has_dms_slot: boolean;
  /** Whether this database has a subscription. */
  readonly subscribes: boolean;
  /** The permanent tables without primary key, sorted. */
  readonly tables_without_primary_key: readonly { readonly schema: string; readonly name: string }[];
  /** The publications that an audit table in the schema belongs to without being named by them. */
  readonly publications: readonly string[];
  /** Null when the role does not exist. */
  readonly user: FoundUser | null;
}

/** The DMS user. */
export interface FoundUser {
  readonly can_login: boolean;
  readonly superuser: boolean;
  readonly replication: boolean;
  /** Memberships; null where there is no such role, as outside of Aurora and RDS. */
  readonly rds_superuser: boolean | null;
  readonly rds_replication: boolean | null;
  /** Whether it may make tables of its own in the schema of the audit table. */
  readonly can_create: boolean;
}

/** One row, {@link FoundPrerequisites}. */
export function prerequisitesQuery(schema: string, username: string | null, version: ServerVersion): Sql {
  const setting = (name: string): Sql =>
    sql`(SELECT setting FROM pg_catalog.pg_settings WHERE name = ${lit(name)})`;
  const member = (role: string): Sql =>
    sql`(SELECT pg_catalog.pg_has_role(u.oid, g.oid, 'MEMBER') FROM pg_catalog.pg_roles g WHERE g.rolname = ${lit(role)})`;
  const publishesSchema = version.atLeast(15)
    ? sql`EXISTS (SELECT FROM pg_catalog.pg_publication_namespace pn JOIN pg_catalog.pg_namespace n ON n.oid = pn.pnnspid
                  WHERE pn.pnpubid = p.oid AND n.nspname = ${lit(schema)})`
    : sql`false`;
  return sql`
    SELECT ${setting("wal_level")} AS wal_level,
           ${setting("max_replication_slots")}::int4 AS max_replication_slots,
           ${setting("max_wal_senders")}::int4 AS max_wal_senders,
           ${setting("wal_sender_timeout")}::int4 AS wal_sender_timeout,
           (SELECT count(*) FROM pg_catalog.pg_replication_slots) AS slots,
           EXISTS (SELECT FROM pg_catalog.pg_replication_slots
                   WHERE database = current_database() AND plugin IN ('test_decoding', 'pglogical')) AS has_dms_slot,
           EXISTS (SELECT FROM pg_catalog.pg_subscription
                   WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())) AS subscribes,
           (SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname) ORDER BY n.nspname, c.relname), '[]')
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.oid >= 16384
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)) AS tables_without_primary_key,
           ARRAY(SELECT p.pubname::text FROM pg_catalog.pg_publication p
                 WHERE p.puballtables OR ${publishesSchema} ORDER BY 1) AS publications,
           (SELECT row_to_json(x) FROM (
              SELECT u.rolcanlogin AS can_login, u.rolsuper AS superuser, u.rolreplication AS replication,
                     ${member("rds_superuser")} AS rds_superuser, ${member("rds_replication")} AS rds_replication,
                     EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = ${lit(schema)}
                             AND pg_catalog.has_schema_privilege(u.oid, n.oid, 'CREATE')) AS can_create
              FROM pg_catalog.pg_roles u WHERE u.rolname = ${lit(username)}) x) AS "user"`;
}

/** What makes change data capture by DMS impossible. */
export function settingComplaints(found: FoundPrerequisites): Complaint[] {
  const complaints: Complaint[] = [];
  const { wal_level: walLevel, max_wal_senders: senders, wal_sender_timeout: timeout } = found;
  if (walLevel !== "logical") {
    complaints.push({
      summary: "Logical replication is not enabled",
      detail: `The server has wal_level = ${walLevel}, and DMS reads changes, and these DDL statements among them, only from a logical WAL. ${WAL_LEVEL_REMEDY}`,
    });
  }
  if (senders < LEAST_WAL_SENDERS) {
    complaints.push({
      summary: "Too few WAL senders",
      detail: `The server has max_wal_senders = ${senders}, and a DMS task needs at least ${LEAST_WAL_SENDERS}. Raise it and restart the server.`,
    });
  }
  if (timeout > 0 && timeout < LEAST_WAL_SENDER_TIMEOUT_MS) {
    complaints.push({
      summary: "WAL senders time out too soon",
      detail: `The server has wal_sender_timeout = ${timeout} ms, and would end the connections of a DMS task that is busy elsewhere. Set it to 0 (never) or to at least ${LEAST_WAL_SENDER_TIMEOUT_MS} ms.`,
    });
  }
  return complaints;
}

/** What a new task would miss, and one that runs has already. */
export function slotComplaints(found: FoundPrerequisites): Complaint[] {
  const { slots, max_replication_slots: maxSlots, has_dms_slot: hasSlot } = found;
  if (slots < maxSlots || hasSlot) return [];
  return [
    {
      summary: "All replication slots are in use",
      detail: `${slots} of max_replication_slots = ${maxSlots} slots exist, and this database has none with the plugin test_decoding or pglogical that a DMS task could be given: it could not make its own. Raise max_replication_slots and restart the server, or drop slots that nobody uses any more.`,
    },
  ];
}

/** What the DMS user lacks. */
export function userComplaints(username: string, user: FoundUser): Complaint[] {
  const name = JSON.stringify(username);
  const isRds = user.rds_replication !== null || user.rds_superuser !== null;
  const complaints: Complaint[] = [];
  const complain = (detail: string): void =>
    void complaints.push({ summary: "DMS user lacks a role", detail });
  if (!user.can_login) {
    complain(
      `The role ${name} has no LOGIN: the test of the endpoint's connection will fail. Give it LOGIN.`,
    );
  }
  if (!user.superuser && !user.replication && user.rds_replication !== true) {
    complain(
      `The role ${name} may not replicate: a task that captures changes will fail when it makes or reads its slot, though a full load may work. ` +
        (isRds
          ? `Grant it rds_replication.`
          : `Give it the REPLICATION attribute (ALTER ROLE … REPLICATION).`),
    );
  }
  if (isRds && !user.superuser && user.rds_superuser !== true && !user.can_create) {
    complain(
      `The role ${name} is neither a member of rds_superuser, which DMS asks of its user on Aurora and RDS, nor may it create tables in the schema of the audit table: it cannot make what else it needs at the source, such as its heartbeat. Grant it CREATE on the schema, and SELECT on the tables of your tasks; or rds_superuser.`,
    );
  }
  return complaints;
}

/** What of the database DMS will not replicate, or what the audit table does to others. */
export function databaseComplaints(found: FoundPrerequisites, auditTable: string): Complaint[] {
  const { tables_without_primary_key: tables, publications } = found;
  const complaints: Complaint[] = [];
  if (tables.length > 0) {
    complaints.push({
      summary: "Tables without primary key",
      detail:
        `${nameList(tableNames(tables))}: DMS copies these and replicates what is inserted, but neither UPDATE nor DELETE, since the WAL does not say of which row. ` +
        "Give them a primary key, or REPLICA IDENTITY FULL; or leave them out of the table mappings.",
    });
  }
  if (publications.length > 0) {
    complaints.push({
      summary: "The audit table is published",
      detail:
        `The ${publications.length === 1 ? "publication" : "publications"} ${publications.map((name) => JSON.stringify(name)).join(", ")} will publish the ${auditTable} as well. ` +
        "The first DDL statement stops every subscriber that has no such table. Create it there too, or publish tables by name; or choose a schema that is not published.",
    });
  }
  return complaints;
}

/** Tables as `schema.table`. */
export function tableNames(tables: readonly RelationName[]): string[] {
  return tables.map(formatRelationName);
}
