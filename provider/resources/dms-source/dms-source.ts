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
    "Database objects with which AWS DMS captures DDL statements (`capture_ddls`) in a PostgreSQL source: `CREATE TABLE`, `CREATE TABLE AS`, `ALTER TABLE` and `DROP TABLE`. The resource creates " +
    "the table `awsdms_ddl_audit`, the function `awsdms_intercept_ddl()`, which inserts each statement into the table and deletes it again, so that it is in the WAL, and the event triggers that call the function. " +
    "Create one for each database from which a DMS task captures changes. Configure the provider for the publisher, on Aurora and RDS with the master user, otherwise with a superuser, because event triggers require it.\n\n" +
    "The function differs from the one in DMS's documentation. It does not depend on the `search_path` of the session that runs the DDL, and it captures the schema of unqualified names. It ignores temporary tables; a second event trigger, `awsdms_intercept_ddl_drop`, detects that one is dropped. It does not limit the length of a statement. " +
    "It runs with the privileges of its owner (`SECURITY DEFINER`), so roles that run DDL require no privileges on the table. They must not have any: a role that can insert rows into the table can have DMS run SQL at the target. The resource therefore also revokes the privileges that DMS's instructions grant to `PUBLIC`.\n\n" +
    "Existing objects are adopted if they match, and DMS's version of the function is replaced. A table with other columns, or an event trigger that calls another function, is an error. All changes are made in one transaction. " +
    "Destroy removes the event triggers, the function, the table unless it contains rows, and the schema if this resource created it and it is empty.\n\n" +
    "Apply fails before it changes anything if DMS cannot capture changes: `wal_level` is not `logical`, `max_wal_senders` is less than 2, `wal_sender_timeout` is between 1 ms and 9999 ms, or all replication slots are in use. " +
    "The plan warns about these settings, about tables without a primary key, and about publications that would include the audit table. Apply warns if the DMS user lacks a role.",
  attributes: {
    database: databaseAttribute,
    schema: defaulted(string, "public", {
      description:
        "Schema of the table and the function, the same as `ddl_artifacts_schema` of the DMS endpoint (default: `public`). Created if it does not exist.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    username: required(string, {
      description:
        "User that DMS connects as. The resource grants it privileges on the audit table, and on the schema if it creates the schema. Apply warns if the user cannot log in or replicate: DMS requires `rds_superuser` and `rds_replication` on Aurora and RDS, otherwise `REPLICATION` or a superuser. Changed in place.",
      validate: identifierComplaint,
    }),
    enable_always: optionalComputed(bool, {
      description:
        "Whether the event triggers also fire in sessions with `session_replication_role = replica` (`ENABLE ALWAYS`), such as the apply workers of a subscription (default: whether the database has a subscription). Changed in place.",
    }),
    tables_without_primary_key: computed(listOf(string), {
      description:
        "Permanent tables of the database without a primary key, as `schema.table`, sorted. DMS does not replicate their updates and deletes, unless they have `REPLICA IDENTITY FULL`.",
    }),
    differences: computed(listOf(string), {
      description:
        "Drift that the last refresh detected, one phrase for each difference: a disabled trigger, a changed function, a dropped table. Apply corrects it and empties the list.",
    }),
    schema_created: computed(bool, {
      description:
        "Whether this resource created the schema. If so, destroy drops the schema when it is empty.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type DmsSourceState = State<S>;

const REMEDIES = {
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "Nothing was changed. Only superusers can create and alter event triggers; on Aurora and RDS, members of rds_superuser, such as the master user. The user also requires CREATE on the schema, or on the database if the schema does not exist, and membership in the owner of existing objects or the right to grant itself that membership.",
  [SQLSTATE.DEPENDENT_OBJECTS_STILL_EXIST]:
    "Nothing was removed. Drop the objects that depend on DMS's table and function first, and destroy again.",
};

/** `postgresql_dms_source`: ID `database.schema`. A database has at most one, because event triggers do not belong to a schema. */
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
