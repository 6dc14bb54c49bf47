import { setTimeout as sleep } from "node:timers/promises";
import { DiagnosticError, type Diagnostics } from "../../framework/diagnostics";
import type { DeleteOperation } from "../../framework/resource";
import { computed, optionalComputed, required, type Schema } from "../../framework/schema";
import { bool, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";
import { PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { list, lit, type Sql, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import {
  databaseAttribute,
  databaseObjectId,
  databaseObjectLabel,
  databaseOf,
  parseDatabaseObjectId,
  planDatabaseObject,
} from "../shared/database-object";
import { define } from "../shared/define";
import { slotNameComplaint } from "../shared/identifier";
import { askWhilePlanning, refuseExistingObject, requireVersion } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";
import { WAL_LEVEL_REMEDY } from "../shared/wal-level";

const BUSY_POLL_MS = 250;

const schema = {
  description:
    "A logical replication slot: the position up to which a subscriber has confirmed changes. The server retains WAL from there on. PostgreSQL cannot alter a slot, so every change replaces it, and the new slot starts at the current position.",
  attributes: {
    name: required(string, {
      description:
        "Name of the slot: lower-case letters, digits and underscores. Unique across all databases of the server.",
      requiresReplace: true,
      validate: slotNameComplaint,
    }),
    database: databaseAttribute,
    plugin: required(string, {
      description: "Output plugin, such as `pgoutput` (PostgreSQL's logical replication) or `test_decoding`.",
      requiresReplace: true,
      validate: (plugin) => (plugin === "" ? 'is empty. Name a plugin, such as "pgoutput".' : null),
    }),
    two_phase: optionalComputed(bool, {
      description:
        "Whether to decode two-phase transactions at PREPARE TRANSACTION (default: `false`). Requires PostgreSQL 14 or later.",
      requiresReplace: true,
    }),
    failover: optionalComputed(bool, {
      description:
        "Whether to synchronize the slot to standbys (default: `false`). Requires PostgreSQL 17 or later.",
      requiresReplace: true,
    }),
    wal_status: computed(string, {
      description:
        "Availability of the WAL that the slot requires: `reserved`, `extended`, `unreserved`, or `lost`, if the slot is unusable. Null before PostgreSQL 13.",
    }),
  },
  blocks: {},
} satisfies Schema;

type SlotState = State<typeof schema>;

const SLOTS_REMEDY = "Raise max_replication_slots and restart the server, or drop unused slots.";

const REMEDIES = {
  [SQLSTATE.OBJECT_NOT_IN_PREREQUISITE_STATE]: WAL_LEVEL_REMEDY,
  [SQLSTATE.CONFIGURATION_LIMIT_EXCEEDED]: SLOTS_REMEDY,
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "The user requires the REPLICATION attribute (ALTER ROLE … REPLICATION); on Aurora and RDS, membership in rds_replication.",
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Choose another name, or import the existing slot with terraform import (the import ID is database.name).",
  [SQLSTATE.UNDEFINED_FILE]: "Correct the plugin's name, or install it on the server.",
};

export const replicationSlot = define({
  typeName: "postgresql_replication_slot",
  displayName: "replication slot",
  schema,
  identify: databaseObjectId,
  describe: (values) => databaseObjectLabel("replication slot", values),

  async modifyPlan(operation) {
    const object = planDatabaseObject(operation);
    const { plan, prior, config, diagnostics, signal } = operation;
    const label = databaseObjectLabel("replication slot", plan);
    if (prior !== null) {
      if (prior.wal_status === "lost") warnOfLostSlot(label, diagnostics);
      return;
    }
    if (object === null) return;
    const { server, database, name } = object;
    const found = await askWhilePlanning(diagnostics, label, () => findWhilePlanning(server, name, signal));
    if (found === undefined) return;
    const { version } = found.session;
    if (config.two_phase) requireVersion(diagnostics, version, 14, "two_phase");
    if (config.failover) requireVersion(diagnostics, version, 17, "failover");
    warnOfSettings(found, label, diagnostics);
    if (found.existing?.database === database) {
      refuseExistingObject(operation, label, database, name);
    } else if (found.existing !== undefined) {
      refuseTakenName(found.existing, label, diagnostics);
    }
  },

  async create(operation) {
    const { provider, planned, signal } = operation;
    const database = databaseOf(planned, provider);
    const session = await provider.session(database, signal);
    const { two_phase: twoPhase, failover } = planned;
    const create = sql`SELECT FROM pg_catalog.pg_create_logical_replication_slot(${creationArguments(planned, session)})`;
    await withRemedies(REMEDIES, () => provider.execute(database, create, signal)).catch(explainWait);
    // The slot exists now, and no rollback removes it: a failure from here on must leave it in the state.
    operation.saveState({
      ...{ name: planned.name, database, plugin: planned.plugin, wal_status: null },
      ...{ two_phase: twoPhase ?? false, failover: failover ?? false },
    });
    const row = await findSlot(provider, planned.name, database, signal);
    if (row !== undefined) return stateOf(row);
    throw goneError(planned.name);
  },

  async read({ provider, state, signal }) {
    const row = await findSlot(provider, state.name, databaseOf(state, provider), signal);
    return row === undefined ? null : stateOf(row);
  },

  /** PostgreSQL cannot alter a slot: only a change of `timeouts` is an update. */
  async update({ provider, prior, planned, signal }) {
    const row = await findSlot(provider, prior.name, databaseOf(planned, provider), signal);
    if (row === undefined) throw goneError(prior.name);
    // The state after apply must equal the plan. The next refresh reads the current wal_status.
    return { ...stateOf(row), wal_status: prior.wal_status };
  },

  async delete(operation) {
    const { provider, state, signal } = operation;
    const database = databaseOf(state, provider);
    const drop = sql`SELECT FROM pg_catalog.pg_drop_replication_slot(${lit(state.name)})`;
    for (;;) {
      const row = await findUnusedSlot(operation, database);
      if (row === undefined) return;
      try {
        await withRemedies(REMEDIES, () => provider.execute(provider.settings.database, drop, signal));
        return;
      } catch (error) {
        // Another session has acquired or dropped the slot in the meantime.
        if (!(error instanceof PostgresError)) throw error;
        if (error.sqlState !== SQLSTATE.OBJECT_IN_USE && error.sqlState !== SQLSTATE.UNDEFINED_OBJECT)
          throw error;
      }
    }
  },

  importState: parseDatabaseObjectId,
});

function creationArguments(
  {
    name,
    plugin,
    two_phase: twoPhase,
    failover,
  }: Pick<View<typeof schema>, "two_phase" | "failover"> & { readonly name: string; readonly plugin: string },
  { version }: SessionInfo,
): Sql {
  const temporary = lit(false);
  return list([
    lit(name),
    lit(plugin),
    temporary,
    ...(version.atLeast(14) ? [lit(twoPhase ?? false)] : []),
    ...(version.atLeast(17) ? [lit(failover ?? false)] : []),
  ]);
}

function goneError(name: string): DiagnosticError {
  return new DiagnosticError(
    "Replication slot no longer exists",
    `The replication slot ${JSON.stringify(name)} existed a moment ago and no longer exists: another session dropped it. Apply again to create it.`,
  );
}

/** The server creates a slot only after every transaction that was running at the start has ended. */
function explainWait(error: unknown): never {
  throw error instanceof PostgresError && error.kind === "timeout"
    ? error.withRemedy(
        "PostgreSQL creates a slot only after all transactions that were running at the start have ended. Find the one that does not end with " +
          "SELECT pid, usename, application_name, xact_start FROM pg_stat_activity WHERE xact_start IS NOT NULL ORDER BY xact_start; prepared transactions are in pg_prepared_xacts. " +
          'End it, or wait longer with timeouts { create = "…" }. The slot was not created.',
      )
    : error;
}

/**
 * Waits until no session uses the slot. Returns undefined if it does not exist.
 *
 * @throws DiagnosticError that names the session, when the time limit expires.
 */
async function findUnusedSlot(
  { provider, state, signal }: DeleteOperation<typeof schema, PostgresServer>,
  database: string,
): Promise<SlotRow | undefined> {
  let reader: SlotRow | undefined;
  try {
    for (;;) {
      const row = await findSlot(provider, state.name, database, signal);
      if (row === undefined || row.active_pid === null) return row;
      reader = row;
      // An abort ends the sleep, and is reported by the next query.
      await sleep(BUSY_POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } catch (error) {
    if (reader === undefined || !(error instanceof PostgresError) || error.kind !== "timeout") throw error;
    throw new DiagnosticError(
      "Replication slot is in use",
      `The replication slot ${JSON.stringify(state.name)} in database ${JSON.stringify(database)} was not dropped: process ${reader.active_pid} of the server` +
        `${reader.application_name ? ` (application ${JSON.stringify(reader.application_name)})` : ""} reads from it, and did not stop in the time that delete was given. ` +
        'Disable or drop the subscription, or stop the DMS task or other consumer that reads from it, and destroy again; or wait longer with timeouts { delete = "…" }.',
    );
  }
}

interface Findings {
  readonly session: SessionInfo;
  readonly existing: ExistingSlot | undefined;
  readonly walLevel: string;
  readonly slots: number;
  readonly maxSlots: number;
}

interface ExistingSlot {
  /** Null for a physical slot. */
  readonly database: string | null;
}

async function findWhilePlanning(
  server: PostgresServer,
  name: string,
  signal: AbortSignal,
): Promise<Findings> {
  const { database } = server.settings;
  const session = await server.session(database, signal);
  const [existing = [], facts = []] = await server.selectAll(
    database,
    [
      sql`SELECT database FROM pg_catalog.pg_replication_slots WHERE slot_name = ${lit(name)}`,
      sql`SELECT pg_catalog.current_setting('wal_level') AS wal_level,
                 pg_catalog.current_setting('max_replication_slots')::int4 AS max_slots,
                 (SELECT count(*) FROM pg_catalog.pg_replication_slots) AS slots`,
    ],
    signal,
  );
  const row = facts[0] as { wal_level: string; max_slots: number; slots: number };
  return {
    session,
    existing: (existing as { database: string | null }[])[0],
    walLevel: row.wal_level,
    slots: row.slots,
    maxSlots: row.max_slots,
  };
}

/** Warnings only: another resource of the same apply may change the parameter and reboot, or drop a slot. */
function warnOfSettings(
  { walLevel, slots, maxSlots }: Findings,
  label: string,
  diagnostics: Diagnostics,
): void {
  if (walLevel !== "logical") {
    diagnostics.warn(
      "Logical replication is not enabled yet",
      `${label} cannot be created while the server has wal_level = ${walLevel}. Unless the same apply changes that, apply will fail. ${WAL_LEVEL_REMEDY}`,
    );
  }
  if (slots >= maxSlots) {
    diagnostics.warn(
      "All replication slots are in use",
      `${label} cannot be created while ${slots} of max_replication_slots = ${maxSlots} slots exist. Unless the same apply changes that, apply will fail. ${SLOTS_REMEDY}`,
    );
  }
}

function refuseTakenName(existing: ExistingSlot, label: string, diagnostics: Diagnostics): void {
  const what =
    existing.database === null
      ? "a physical slot of this name"
      : `a slot of this name in database ${JSON.stringify(existing.database)}`;
  diagnostics.error(
    "Slot name is taken",
    `The plan is to create ${label}, but the server has ${what}. Slot names are unique across all databases of a server. Choose another name.`,
    ["name"],
  );
}

function warnOfLostSlot(label: string, diagnostics: Diagnostics): void {
  diagnostics.warn(
    "Replication slot is lost",
    `${label} has wal_status = lost: the server invalidated it, because the subscriber fell too far behind (max_slot_wal_keep_size), did not connect for too long (idle_replication_slot_timeout), or wal_level was lowered. ` +
      "The slot is unusable, and later changes are missing at the subscriber. Replace the slot with terraform apply -replace=ADDRESS, and copy the subscriber's tables again.",
  );
}

interface SlotRow {
  readonly name: string;
  readonly database: string;
  readonly plugin: string;
  readonly two_phase: boolean;
  readonly failover: boolean;
  readonly wal_status: string | null;
  /** Null while nobody reads from the slot. */
  readonly active_pid: number | null;
  readonly application_name: string | null;
}

/** Slots are in a catalog of the whole server, so this needs no connection to the slot's own database. */
async function findSlot(
  server: PostgresServer,
  name: string,
  database: string,
  signal: AbortSignal,
): Promise<SlotRow | undefined> {
  const query = ({ version }: SessionInfo): Sql =>
    sql`SELECT s.slot_name AS name, s.database, s.plugin, s.active_pid, a.application_name,
               ${version.atLeast(14) ? sql`s.two_phase` : sql`false`} AS two_phase,
               ${version.atLeast(17) ? sql`s.failover` : sql`false`} AS failover,
               ${version.atLeast(13) ? sql`s.wal_status` : sql`NULL::text`} AS wal_status
        FROM pg_catalog.pg_replication_slots s
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid
        WHERE s.slot_name = ${lit(name)} AND s.database = ${lit(database)}`;
  const [row] = await server.select<SlotRow>(server.settings.database, query, signal);
  return row;
}

function stateOf({
  name,
  database,
  plugin,
  two_phase: twoPhase,
  failover,
  wal_status: walStatus,
}: SlotRow): SlotState {
  return { name, database, plugin, two_phase: twoPhase, failover, wal_status: walStatus };
}
