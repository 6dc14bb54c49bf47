import { DiagnosticError } from "../../framework/diagnostics";
import type { Rds } from "../../aws/rds";
import type { Database, DatabaseName } from "../../aws/rds-database";
import { RdsError } from "../../aws/rds-error";
import { databaseLabel, isAvailable, untilDatabase } from "../../aws/rds-wait";
import { PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import { sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import { decide } from "./decision";
import { sameGroup } from "./schema";

/** What a server that is restarting answers, or its last connections hear. */
const RESTARTING: ReadonlySet<string | undefined> = new Set([
  SQLSTATE.ADMIN_SHUTDOWN,
  SQLSTATE.CRASH_SHUTDOWN,
  SQLSTATE.CANNOT_CONNECT_NOW,
  SQLSTATE.CONNECTION_FAILURE,
  SQLSTATE.SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION,
]);

/** What the server itself says. */
export interface LiveSettings {
  readonly wal_level: string;
  readonly in_recovery: boolean;
}

/** @throws PostgresError */
export async function liveSettings(server: PostgresServer, signal: AbortSignal): Promise<LiveSettings> {
  const query = sql`SELECT pg_catalog.current_setting('wal_level') AS wal_level, pg_catalog.pg_is_in_recovery() AS in_recovery`;
  const [row] = await server.select<LiveSettings>(server.settings.database, query, signal);
  return row ?? { wal_level: "unknown", in_recovery: false };
}

/** Asks RDS to attach a group, as soon as the database can be modified. */
export async function requestAttach(
  rds: Rds,
  name: DatabaseName,
  group: string,
  signal: AbortSignal,
): Promise<void> {
  await untilDatabase(rds, name, signal, async (database) => {
    if (!isAvailable(database)) return false;
    try {
      await rds.attach(name, group, signal);
      return true;
    } catch (error) {
      if (isInvalidState(error)) return false;
      throw error;
    }
  });
}

/** Waits until a group shows as attached. */
export async function untilAttached(
  rds: Rds,
  name: DatabaseName,
  group: string,
  signal: AbortSignal,
): Promise<void> {
  await untilDatabase(
    rds,
    name,
    signal,
    (database) => isAvailable(database) && sameGroup(database.parameterGroup, group),
  );
}

/** What `makeLive` works on and with. */
export interface Attachment {
  readonly rds: Rds;
  readonly server: PostgresServer;
  readonly name: DatabaseName;
  readonly group: string;
  /** Whether the group has just been attached, or its parameters may have been changed. */
  readonly changed: boolean;
  readonly reboot: string;
  readonly signal: AbortSignal;
}

/**
 * Makes the static parameters of the attached group live, by a reboot where one is pending, and `wal_level` with them.
 *
 * @returns How the database is then: available and in-sync.
 * @throws DiagnosticError when a reboot is needed and not allowed, or `wal_level` is not `logical` in the end.
 */
export async function makeLive(attachment: Attachment): Promise<Database> {
  const { rds, server, name, group, changed, signal } = attachment;
  let rebooted = false;
  let inSyncSince: number | undefined;
  return untilDatabase(rds, name, signal, async (database) => {
    const { parameterApplyStatus, writer } = database;
    const ready = isAvailable(database) && sameGroup(database.parameterGroup, group);
    const inSync = ready && parameterApplyStatus === "in-sync";
    inSyncSince = inSync ? (inSyncSince ?? performance.now()) : undefined;
    const walLevel = inSync ? await walLevelUnlessRestarting(server, signal) : null;
    const inSyncMs = inSyncSince === undefined ? 0 : performance.now() - inSyncSince;
    switch (decide({ ready, parameterApplyStatus, walLevel, inSyncMs }, { changed, rebooted })) {
      case "wait":
        return false;
      case "live":
        return true;
      case "not live":
        throw notLiveError(attachment, database, walLevel);
      case "reboot":
        if (attachment.reboot === "never") throw pendingError(attachment, database);
        rebooted = writer !== null && (await rebootUnlessBusy(rds, writer, signal));
        return false;
    }
  });
}

/** `aws rds reboot-db-instance …`, as it can be pasted into a shell. */
function rebootCommand(writer: string, region: string): string {
  return `aws rds reboot-db-instance --db-instance-identifier ${writer} --region ${region}`;
}

/** `aws rds modify-db-cluster …`, as it can be pasted into a shell. */
export function attachCommand({ kind, identifier }: DatabaseName, group: string, region: string): string {
  const [what, groups] =
    kind === "cluster"
      ? ["cluster", "db-cluster-parameter-group-name"]
      : ["instance", "db-parameter-group-name"];
  return `aws rds modify-db-${what} --db-${what}-identifier ${identifier} --${groups} ${group} --apply-immediately --region ${region}`;
}

async function rebootUnlessBusy(rds: Rds, writer: string, signal: AbortSignal): Promise<boolean> {
  try {
    await rds.reboot(writer, signal);
    return true;
  } catch (error) {
    if (isInvalidState(error)) return false;
    throw error;
  }
}

async function walLevelUnlessRestarting(server: PostgresServer, signal: AbortSignal): Promise<string | null> {
  try {
    return (await liveSettings(server, signal)).wal_level;
  } catch (error) {
    const restarting =
      error instanceof PostgresError &&
      (error.kind === "unreachable" || error.kind === "timeout" || RESTARTING.has(error.sqlState));
    // Once time is up, the wait itself says so.
    if (!restarting) throw error;
    return null;
  }
}

function isInvalidState(error: unknown): boolean {
  return error instanceof RdsError && error.kind === "invalid_state";
}

function pendingError({ rds, name, group }: Attachment, { writer }: Database): DiagnosticError {
  return new DiagnosticError(
    "Reboot is pending",
    `The parameter group ${JSON.stringify(group)} is attached to the ${databaseLabel(name)} already, and some of its parameters take effect only when ${writer ?? "its writer"} is rebooted, which reboot = "never" leaves to you. In the maintenance window, run\n\n` +
      `  ${rebootCommand(writer ?? "WRITER", rds.region)}\n\n` +
      "and apply again after that: it goes on from there.",
    ["reboot"],
  );
}

function notLiveError(
  { rds, server, name, group }: Attachment,
  { writer, endpoint }: Database,
  walLevel: string | null,
): DiagnosticError {
  const { host, port } = server.settings;
  return new DiagnosticError(
    "Logical replication is not live",
    `The parameter group ${JSON.stringify(group)} is attached to the ${databaseLabel(name)}, and RDS says that its parameters are in-sync; but the server that the provider is connected to (${host}:${port}) has wal_level = ${walLevel}. ` +
      `Does that connection lead to the writer, ${endpoint ?? "the writer endpoint"}? If it does, the parameter is not in effect in spite of RDS's word: reboot it in a maintenance window with\n\n` +
      `  ${rebootCommand(writer ?? "WRITER", rds.region)}\n\n` +
      "and apply again.",
  );
}
