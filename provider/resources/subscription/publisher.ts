import { DiagnosticError } from "../../framework/diagnostics";
import { parseConninfo } from "../../postgres/conninfo";
import { isUnavailable } from "../../postgres/errors";
import { formatRelationName, type RelationName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import type { ServerVersion } from "../../postgres/server-version";
import type { SessionInfo } from "../../postgres/session";
import { lit, type Sql, sql, textArray } from "../../postgres/sql";
import { type PublisherAccess, withPublisher } from "../shared/publisher";

/** A plan must not wait long for a publisher that only the subscriber reaches. */
const PLAN_CONNECT_SECONDS = 5;

/** A replication slot, as the publisher has it. */
export interface Slot {
  readonly plugin: string | null;
  readonly database: string | null;
  /** The process that reads from the slot; null while none does. */
  readonly active_pid: number | null;
  /** Whether the server has removed WAL that the slot needs: it can never be read again. */
  readonly lost: boolean;
  readonly confirmed_flush_lsn: string | null;
}

/** What a publisher says about one subscription. */
export interface PublisherFacts {
  readonly version: ServerVersion;
  /** Differs between any two servers, clones included. */
  readonly startTime: string;
  readonly database: string;
  /** Null when the publisher has no slot of this name. */
  readonly slot: Slot | null;
  /** The names of all slots. */
  readonly slots: readonly string[];
  /** The names of all publications of the database. */
  readonly publications: readonly string[];
  /** The tables that the publications publish, as the subscriber's server asks for them. */
  readonly tables: readonly RelationName[];
}

/** Which subscription the publisher is asked about. */
export interface Subject {
  readonly slotName: string | null;
  readonly publications: readonly string[];
  readonly subscriberVersion: ServerVersion;
}

/** How this machine reaches the publisher of a subscription; undefined while that is unknown. */
export function publisherAccess(
  values: { readonly conninfo: string | undefined; readonly publisher_conninfo: string | null | undefined },
  password: string | null | undefined,
): PublisherAccess | undefined {
  const conninfo = values.publisher_conninfo ?? values.conninfo;
  if (values.publisher_conninfo === undefined || conninfo === undefined || password === undefined)
    return undefined;
  // An own password in publisher_conninfo wins.
  const own = values.publisher_conninfo !== null && parseConninfo(conninfo).get("password");
  return { conninfo, password: own ? null : password };
}

/** Asks the publisher, in one round trip. */
export async function publisherFacts(
  publisher: PostgresServer,
  subject: Subject,
  signal: AbortSignal,
): Promise<PublisherFacts> {
  const { database } = publisher.settings;
  const { version } = await publisher.session(database, signal);
  const [[row], tables] = await publisher.selectAll<[FactsRow[], RelationName[]]>(
    database,
    (session) => [factsQuery(subject, session), publishedTablesQuery(subject, session)],
    signal,
  );
  if (row === undefined) throw new Error("the publisher's answer is empty");
  return {
    version,
    startTime: row.start_time,
    database,
    slot: row.slot,
    slots: row.slots,
    publications: row.publications,
    tables,
  };
}

/** Like {@link publisherFacts}, on a connection of its own; undefined where the publisher cannot be reached from here. */
export async function publisherFactsIfReachable(
  access: PublisherAccess,
  subject: Subject,
  signal: AbortSignal,
): Promise<PublisherFacts | undefined> {
  try {
    return await withPublisher({ ...access, connectWithin: PLAN_CONNECT_SECONDS }, (publisher) =>
      publisherFacts(publisher, subject, signal),
    );
  } catch (error) {
    if (isUnavailable(error) || isUnusable(error)) return undefined;
    throw error;
  }
}

/** The error for a change that must not begin without the publisher. */
export function publisherIsRequired(label: string, error: Error): DiagnosticError {
  return new DiagnosticError(
    "Publisher cannot be reached from here",
    `${label} was not changed. The provider has to look at the publisher first, so that no row is lost or copied twice, and it could not connect: ${error.message}\n\n` +
      "If this machine reaches the publisher under another address than the subscriber does, set publisher_conninfo.",
  );
}

/** A connection string that libpq understands, and from which no server can be told, such as one with several hosts. */
export function isUnusable(error: unknown): boolean {
  return error instanceof RangeError;
}

/** When a server was started, in microseconds: two servers never share it, a clone and its source included. */
export const START_TIME = sql`(extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint::text`;

interface FactsRow {
  readonly start_time: string;
  readonly slot: Slot | null;
  readonly slots: readonly string[];
  readonly publications: readonly string[];
}

function factsQuery({ slotName }: Subject, { version }: SessionInfo): Sql {
  const lost = version.atLeast(13) ? sql`coalesce(wal_status = 'lost', false)` : sql`false`;
  return sql`
    SELECT ${START_TIME} AS start_time,
           (SELECT json_build_object('plugin', plugin, 'database', database, 'active_pid', active_pid,
                                     'lost', ${lost}, 'confirmed_flush_lsn', confirmed_flush_lsn)
            FROM pg_catalog.pg_replication_slots WHERE slot_name = ${lit(slotName)}) AS slot,
           (SELECT coalesce(json_agg(slot_name ORDER BY slot_name), '[]') FROM pg_catalog.pg_replication_slots) AS slots,
           (SELECT coalesce(json_agg(pubname ORDER BY pubname), '[]') FROM pg_catalog.pg_publication) AS publications`;
}

/**
 * The tables of publications, by the query that the subscriber's server itself sends: where several publications
 * overlap, a partition can be published as itself or as its root.
 */
function publishedTablesQuery({ publications, subscriberVersion }: Subject, { version }: SessionInfo): Sql {
  const names = textArray(publications);
  return version.atLeast(16) && subscriberVersion.atLeast(16)
    ? sql`
      SELECT DISTINCT n.nspname AS schema, c.relname AS name
      FROM (SELECT (pg_catalog.pg_get_publication_tables(VARIADIC array_agg(pubname::text))).relid
            FROM pg_catalog.pg_publication WHERE pubname = ANY (${names})) AS published
      JOIN pg_catalog.pg_class c ON c.oid = published.relid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      ORDER BY 1, 2`
    : sql`
      SELECT DISTINCT schemaname AS schema, tablename AS name
      FROM pg_catalog.pg_publication_tables WHERE pubname = ANY (${names})
      ORDER BY 1, 2`;
}

/** The tables of `all` that are not in `some`. */
export function tablesNotIn(all: readonly RelationName[], some: readonly RelationName[]): RelationName[] {
  const known = new Set(some.map(formatRelationName));
  return all.filter((table) => !known.has(formatRelationName(table)));
}
