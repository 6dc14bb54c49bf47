import { setTimeout as sleep } from "node:timers/promises";
import { DiagnosticError } from "../../framework/diagnostics";
import type { DeleteOperation } from "../../framework/resource";
import { required, type Schema } from "../../framework/schema";
import { string } from "../../framework/value-type";
import { PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import { lit, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import { define } from "../shared/define";
import { slotNameComplaint } from "../shared/identifier";
import { askWhilePlanning, refuseExisting } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";

/** Milliseconds between two looks at a slot that a standby still uses. */
const BUSY_POLL_MS = 250;

const schema = {
  description:
    "Physical replication slot: the server keeps the WAL that a standby has not received yet. A new slot keeps no WAL until a standby connects. Use `postgresql_replication_slot` for logical replication. Destroying the resource waits until no standby uses the slot. The import ID is the name of the slot.",
  attributes: {
    name: required(string, {
      description:
        "Name of the slot: lower-case letters, digits and underscores. Unique among all slots of the server.",
      requiresReplace: true,
      validate: slotNameComplaint,
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;

const REMEDIES = {
  [SQLSTATE.OBJECT_NOT_IN_PREREQUISITE_STATE]:
    "Set wal_level = replica or logical and max_replication_slots above 0, and restart the server.",
  [SQLSTATE.CONFIGURATION_LIMIT_EXCEEDED]:
    "Raise max_replication_slots and restart the server, or drop unused slots.",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "Connect as a role with the REPLICATION attribute. Aurora and RDS do not allow physical slots.",
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Choose another name, or take the existing slot over with terraform import (the import ID is its name).",
};

export const physicalReplicationSlot = define({
  typeName: "postgresql_physical_replication_slot",
  displayName: "physical replication slot",
  schema,
  identify: ({ name }) => name,
  describe: describeSlot,

  async modifyPlan(operation) {
    const { provider, plan, prior, diagnostics, signal } = operation;
    const { name } = plan;
    if (provider === null || prior !== null || name === undefined || operation.isManaged(name)) return;
    const label = describeSlot(plan);
    const found = await askWhilePlanning(diagnostics, label, () => findSlot(provider, name, signal));
    if (found === undefined) return;
    if (found?.type === "physical") {
      refuseExisting(operation, label, name);
    } else if (found !== null) {
      diagnostics.error(
        "Slot name is taken",
        `${label} cannot be created: the server has a logical slot of this name, and slot names are unique. Choose another name.`,
        ["name"],
      );
    }
  },

  async create({ provider, planned, signal }) {
    const create = sql`SELECT FROM pg_catalog.pg_create_physical_replication_slot(${lit(planned.name)})`;
    await withRemedies(REMEDIES, () => provider.execute(provider.settings.database, create, signal));
    return { name: planned.name };
  },

  async read({ provider, state, signal }) {
    const slot = await findSlot(provider, state.name, signal);
    return slot?.type === "physical" ? { name: state.name } : null;
  },

  /** Only a change of `timeouts` is an update. */
  update: ({ planned }) => Promise.resolve({ name: planned.name }),

  async delete(operation) {
    const { provider, state, signal } = operation;
    const drop = sql`SELECT FROM pg_catalog.pg_drop_replication_slot(${lit(state.name)})`;
    while (await waitUntilUnused(operation)) {
      try {
        await withRemedies(REMEDIES, () => provider.execute(provider.settings.database, drop, signal));
      } catch (error) {
        // A standby has connected again, or another session has dropped the slot.
        const isRace =
          error instanceof PostgresError &&
          (error.sqlState === SQLSTATE.OBJECT_IN_USE || error.sqlState === SQLSTATE.UNDEFINED_OBJECT);
        if (!isRace) throw error;
      }
    }
  },

  importState: (name) => ({ name }),
});

function describeSlot({ name }: { readonly name: string | undefined }): string {
  return name === undefined
    ? "physical replication slot"
    : `physical replication slot ${JSON.stringify(name)}`;
}

interface SlotRow {
  readonly type: "physical" | "logical";
  /** Null while no standby uses the slot. */
  readonly active_pid: number | null;
  readonly application_name: string | null;
}

async function findSlot(server: PostgresServer, name: string, signal: AbortSignal): Promise<SlotRow | null> {
  const [row] = await server.select<SlotRow>(
    server.settings.database,
    sql`SELECT s.slot_type AS type, s.active_pid, a.application_name
        FROM pg_catalog.pg_replication_slots s
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid
        WHERE s.slot_name = ${lit(name)}`,
    signal,
  );
  return row ?? null;
}

/**
 * @returns Whether the slot still exists.
 * @throws DiagnosticError that names the standby when the time limit expires.
 */
async function waitUntilUnused({
  provider,
  state,
  signal,
}: DeleteOperation<S, PostgresServer>): Promise<boolean> {
  let user: SlotRow | null = null;
  try {
    for (;;) {
      const slot = await findSlot(provider, state.name, signal);
      if (slot?.type !== "physical") return false;
      if (slot.active_pid === null) return true;
      user = slot;
      // An abort ends the sleep, and the next query reports it.
      await sleep(BUSY_POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } catch (error) {
    if (user === null || !(error instanceof PostgresError) || error.kind !== "timeout") throw error;
    const application = user.application_name
      ? ` (application ${JSON.stringify(user.application_name)})`
      : "";
    throw new DiagnosticError(
      "Replication slot is in use",
      `${describeSlot(state)} was not dropped: process ${user.active_pid} of the server${application} uses it. ` +
        'Stop the standby or remove the slot from its primary_slot_name, and destroy again; or raise the limit with timeouts { delete = "…" }.',
    );
  }
}
