import { DiagnosticError } from "../../framework/diagnostics";
import type { CreateOperation, PlanOperation } from "../../framework/resource";
import { computed, defaulted, optionalComputed, required, type Schema } from "../../framework/schema";
import { bool, listOf, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";
import {
  databaseAttribute,
  databaseObjectId,
  databaseOf,
  nullWithoutDatabase,
  parseDatabaseObjectId,
  planDatabase,
} from "../shared/database-object";
import { define } from "../shared/define";
import {
  conflictDetail,
  CONFLICT_SUMMARY,
  ensureCapture,
  findObjects,
  leftBehindDetail,
  removeCapture,
} from "./capture";
import { type FoundObjects, objectsQuery } from "./catalog";
import {
  type Complaint,
  databaseComplaints,
  type FoundPrerequisites,
  prerequisitesQuery,
  settingComplaints,
  slotComplaints,
  tableNames,
  userComplaints,
} from "./checks";
import { conflicts, differences, enabledAs, foreignTriggers, isGone } from "./differences";
import { tableLabel } from "./objects";
import { identifierComplaint } from "../shared/identifier";
import { askWhilePlanning } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";

const schema = {
  description:
    "What AWS DMS needs in a PostgreSQL source database to replicate `CREATE TABLE`, `CREATE TABLE AS`, `ALTER TABLE` and `DROP TABLE` (its `capture_ddls`): " +
    "the table `awsdms_ddl_audit`, the function `awsdms_intercept_ddl()` that writes every such statement to it and deletes it again, so that it is in the WAL and the table stays empty, and the event triggers that call it. " +
    "One for each database that a task captures changes of. The provider is configured for the publisher, in Aurora and RDS with the master user; elsewhere only a superuser may create event triggers.\n\n" +
    "The function is hardened: whatever the `search_path` of who runs DDL, it does what it should and captures the schema of unqualified names; it leaves temporary tables out, dropping one included, for which there is a second event trigger, `awsdms_intercept_ddl_drop`; and statements may be as long as they like. " +
    "It runs with its owner's rights (`SECURITY DEFINER`), so roles that run DDL need no privileges, and get none: whoever could insert rows into the table could have DMS run SQL at the target. For the same reason `PUBLIC`, to whom DMS's own instructions grant everything, loses its privileges on the table.\n\n" +
    "Objects that are there and as they should be are adopted; DMS's own version of the function is replaced; a table with other columns, or an event trigger that calls another function, is an error. All is done in one transaction. " +
    "Destroying it removes the event triggers, the function, the table unless it has rows, and the schema if this resource has created it and it is empty.\n\n" +
    "Apply fails, before anything is changed, when DMS could capture no changes at all: `wal_level` is not `logical`, `max_wal_senders` is below 2, `wal_sender_timeout` is between 1 ms and 9999 ms, or no replication slot is free for a new task. " +
    "The plan warns of these, of tables without primary key, and of publications that the audit table would belong to; apply warns when the DMS user lacks a role.",
  attributes: {
    database: databaseAttribute,
    schema: defaulted(string, "public", {
      description:
        "The schema of the table and the function: `ddl_artifacts_schema` of the endpoint (default: `public`). It is created when it is not there.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    username: required(string, {
      description:
        "The user that DMS connects as. It is granted the use of the audit table (and of the schema, if this resource creates it); apply warns when it may not log in or replicate: DMS asks for `rds_superuser` and `rds_replication` on Aurora and RDS, and for `REPLICATION` or a superuser elsewhere. Changed in place.",
      validate: identifierComplaint,
    }),
    enable_always: optionalComputed(bool, {
      description:
        "Whether the event triggers fire in sessions with `session_replication_role = replica` too (`ENABLE ALWAYS`), as what replicates into this database runs its statements (default: whether the database has a subscription). Changed in place.",
    }),
    tables_without_primary_key: computed(listOf(string), {
      description:
        "The permanent tables of the database without primary key, as `schema.table`, sorted: DMS replicates neither UPDATE nor DELETE of these, unless they have `REPLICA IDENTITY FULL`.",
    }),
    differences: computed(listOf(string), {
      description:
        "What was not as it should be when it was last looked at, a phrase each: a trigger that is disabled, a function that was changed, a table that is gone. Apply puts it right, and makes this empty.",
    }),
    schema_created: computed(bool, {
      description: "Whether this resource has created the schema. Destroy then drops it, if it is empty.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type DmsSourceState = State<S>;

const REMEDIES = {
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "Nothing was changed. Event triggers are made and altered by superusers; on Aurora and RDS, by members of rds_superuser, such as the master user. The user also needs CREATE on the schema, or on the database if the schema is to be created, and must own what is there already or be allowed to become a member of its owner.",
  [SQLSTATE.DEPENDENT_OBJECTS_STILL_EXIST]:
    "Nothing was removed. Drop what depends on DMS's table and function first, and destroy again.",
};

/** `postgresql_dms_source`: ID `database.schema`. There is at most one in a database: event triggers are in no schema. */
export const dmsSource = define({
  typeName: "postgresql_dms_source",
  displayName: "DMS source",
  schema,
  identify: ({ database, schema: name }) => databaseObjectId({ database, name: name ?? undefined }),
  describe: labelOf,

  async modifyPlan(operation) {
    planDatabase(operation);
    operation.set("differences", []);
    const { provider, prior, plan, diagnostics } = operation;
    const { database, schema: name } = plan;
    if (
      provider !== null &&
      typeof database === "string" &&
      typeof name === "string" &&
      !isMoved(prior, plan)
    ) {
      const found = await askWhilePlanning(diagnostics, labelOf(plan), () =>
        look(provider, database, name, plan.username ?? null, operation.signal),
      );
      if (found !== undefined) planFound(operation, database, name, found);
    }
    if (prior !== null && isChanged(prior, operation.plan))
      operation.setUnknown("tables_without_primary_key");
  },

  create: (operation) => change(operation, null),

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const database = databaseOf(state, provider);
      const found = await look(provider, database, state.schema, state.username, signal);
      if (isGone(found.objects, state.schema)) return null;
      return stateAfterRead(state, database, found);
    }),

  update: (operation) => change(operation, operation.prior),

  async delete({ provider, state, signal, warn }) {
    const database = databaseOf(state, provider);
    const what = { schema: state.schema, ownsSchema: state.schema_created === true };
    await nullWithoutDatabase(async () => {
      const session = await provider.session(database, signal);
      const left = await withRemedies(REMEDIES, () =>
        provider.transaction(database, (tx) => removeCapture(tx, session, what), signal),
      );
      for (const detail of leftBehindDetail(left, state.schema, database))
        warn("Not all was removed", detail);
      return null;
    });
  },

  importState(importId) {
    const { database, name } = parseDatabaseObjectId(importId);
    return { database, schema: name };
  },
});

function labelOf({ database, schema: name }: Pick<View<S>, "database" | "schema">): string {
  const where = typeof database === "string" ? ` of database ${JSON.stringify(database)}` : "";
  return `DDL capture for DMS${typeof name === "string" ? ` in schema ${JSON.stringify(name)}${where}` : ""}`;
}

interface Found {
  readonly objects: FoundObjects;
  readonly prerequisites: FoundPrerequisites;
}

/** `username` is null while it is not known. */
async function look(
  server: PostgresServer,
  database: string,
  name: string,
  username: string | null,
  signal: AbortSignal,
): Promise<Found> {
  const [[objects], [prerequisites]] = await server.selectAll<[FoundObjects[], FoundPrerequisites[]]>(
    database,
    ({ version }) => [objectsQuery(name, username), prerequisitesQuery(name, username, version)],
    signal,
  );
  if (objects === undefined || prerequisites === undefined) {
    throw new Error("the catalog has given no answer");
  }
  return { objects, prerequisites };
}

/** Whether it is planned to be elsewhere: then it is removed first, and planned once more as a new one. */
function isMoved(prior: DmsSourceState | null, plan: View<S>): boolean {
  return prior !== null && (prior.database !== plan.database || prior.schema !== plan.schema);
}

function isChanged(prior: DmsSourceState, plan: View<S>): boolean {
  return (
    (prior.differences ?? []).length > 0 ||
    prior.username !== plan.username ||
    prior.enable_always !== plan.enable_always
  );
}

function planFound(
  operation: PlanOperation<S, PostgresServer>,
  database: string,
  name: string,
  { objects, prerequisites }: Found,
): void {
  const { prior, config, diagnostics } = operation;
  if (config.enable_always === null) operation.set("enable_always", prerequisites.subscribes);
  // What calls another schema's function may be this resource itself, on its way to another schema.
  const leaving = foreignTriggers(objects, name).filter((trigger) =>
    operation.isManaged(`${database}.${trigger.function_schema}`),
  );
  const present = { ...objects, triggers: objects.triggers.filter((trigger) => !leaving.includes(trigger)) };
  const lines = conflicts(present, name);
  if (lines.length > 0) diagnostics.error(CONFLICT_SUMMARY, conflictDetail(lines), ["schema"]);

  const impossible = prior === null ? impossibilities(prerequisites) : settingComplaints(prerequisites);
  const consequence =
    prior === null
      ? "Unless the same apply changes that, it will fail."
      : "Until then, tasks can capture no changes.";
  // Another resource of the same apply may change the parameter and reboot, or drop a slot: so it is no error yet.
  for (const { summary, detail } of impossible) diagnostics.warn(summary, `${detail} ${consequence}`);
  if (prior === null) {
    const complaints = databaseComplaints(prerequisites, tableLabel(name));
    for (const { summary, detail } of complaints) diagnostics.warn(summary, detail);
  }
}

function impossibilities(prerequisites: FoundPrerequisites): Complaint[] {
  return [...settingComplaints(prerequisites), ...slotComplaints(prerequisites)];
}

/** Creates it or puts it right: all of it, or nothing. */
async function change(
  { provider, planned, signal, warn }: CreateOperation<S, PostgresServer>,
  prior: DmsSourceState | null,
): Promise<DmsSourceState> {
  const { schema: name, username } = planned;
  const database = databaseOf(planned, provider);
  const session = await provider.session(database, signal);
  const work = (tx: Transaction) => changeInTransaction(tx, session, planned, prior);
  const done = await withRemedies(REMEDIES, () => provider.transaction(database, work, signal));
  if (username !== prior?.username) {
    const complaints = userComplaints(username, done.user);
    for (const { summary, detail } of complaints) warn(summary, detail);
  }
  return {
    database,
    schema: name,
    username,
    enable_always: done.always,
    // What is planned holds, though a table may have been made or dropped in the meantime: the next refresh tells.
    tables_without_primary_key: planned.tables_without_primary_key ?? done.tables,
    differences: [],
    schema_created: planned.schema_created ?? done.schemaCreated,
  };
}

async function changeInTransaction(
  tx: Transaction,
  session: SessionInfo,
  planned: CreateOperation<S, PostgresServer>["planned"],
  prior: DmsSourceState | null,
) {
  const { schema: name, username } = planned;
  const [prerequisites] = await tx.query<FoundPrerequisites>(
    prerequisitesQuery(name, username, session.version),
  );
  if (prerequisites === undefined) throw new Error("the catalog has given no answer");
  if (prior === null) requirePossible(impossibilities(prerequisites));
  const { user } = prerequisites;
  if (user === null) throw missingUser(username);
  const always = planned.enable_always ?? prerequisites.subscribes;
  const found = await findObjects(tx, name, username);
  const schemaCreated = await ensureCapture(tx, session, found, {
    ...{ schema: name, username, always },
    ownsSchema: prior?.schema_created === true,
    formerUsername: prior?.username ?? null,
  });
  return { user, always, schemaCreated, tables: tableNames(prerequisites.tables_without_primary_key) };
}

function requirePossible(complaints: readonly Complaint[]): void {
  const [first] = complaints;
  if (first === undefined) return;
  const details = complaints.map(({ detail }) => detail).join("\n");
  throw new DiagnosticError(
    complaints.length === 1 ? first.summary : "DMS could capture no changes",
    `${details}\n\nNothing was changed.`,
  );
}

function missingUser(username: string): DiagnosticError {
  return new DiagnosticError(
    "DMS user does not exist",
    `There is no role ${JSON.stringify(username)}. Nothing was changed. Create it first (postgresql_role), let this resource depend on it, or correct the name.`,
    ["username"],
  );
}

/** Right after an import, nothing is known but the database and the schema: the rest is taken as it is. */
function stateAfterRead(
  state: DmsSourceState,
  database: string,
  { objects, prerequisites }: Found,
): DmsSourceState {
  const { schema: name } = state;
  const present = state.username as string | null;
  const always = state.enable_always ?? objects.triggers.some(({ enabled }) => enabled === enabledAs(true));
  const schemaCreated = state.schema_created ?? false;
  const username = present ?? grantedUser(objects) ?? "";
  const wanted = { schema: name, username: present, always, ownsSchema: schemaCreated };
  return {
    database,
    schema: name,
    username,
    enable_always: always,
    tables_without_primary_key: tableNames(prerequisites.tables_without_primary_key),
    differences: [...conflicts(objects, name), ...differences(objects, wanted)],
    schema_created: schemaCreated,
  };
}

/** The DMS user, by its privileges on the table. */
function grantedUser({ table, function: intercept }: FoundObjects): string | undefined {
  return table?.grantees.find((name) => name !== intercept?.owner) ?? table?.owner;
}
