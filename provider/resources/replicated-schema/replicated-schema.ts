import { DiagnosticError } from "../../framework/diagnostics";
import type { CreateOperation, Operation, PlanOperation } from "../../framework/resource";
import { computed, defaulted, optional, required, type Schema, writeOnly } from "../../framework/schema";
import { bool, listOf, mapOf, setOf, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";
import { parseConninfo } from "../../postgres/conninfo";
import { PostgresError } from "../../postgres/errors";
import { formatRelationName, parseRelationName, relationId } from "../../postgres/relation-name";
import type { SchemaModel } from "../../postgres/table-definitions/model";
import {
  createAtSubscriber,
  planAtSubscriber,
  type Published,
} from "../../postgres/table-definitions/replicate-schema";
import type { SchemaPlan } from "../../postgres/table-definitions/schema-plan";
import type { PostgresServer } from "../../postgres/server";
import { type Sql, sql, textArray } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import { publisherComplaint, sameConninfoText } from "../shared/conninfo-attribute";
import { databaseAttribute, databaseOf, nullWithoutDatabase, planDatabase } from "../shared/database-object";
import { define } from "../shared/define";
import { askWhilePlanning } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";
import { dropTables } from "./drop";
import { parseReplicatedSchemaImport, replicatedSchemaId } from "./id";
import { absentPublications, askPublisher, type Publisher } from "./publisher";

const schema = {
  description:
    "The tables of publications, created at the subscriber as the publisher defines them, which is what a subscription needs before it can copy rows into them. " +
    "The provider is configured for the subscriber, and asks the publisher, at `conninfo`, for the definitions: columns with their types, collations, defaults, identity and generated columns, NOT NULL; " +
    "primary keys, unique, check, exclusion and foreign key constraints; indexes; replica identities; partitioned tables with all their partitions; " +
    "and the schemas, the enum, domain, composite and range types and the sequences that they need. All is created in one transaction, owned by the provider's user.\n\n" +
    "A table that is at the subscriber already is left as it is when its definition is the same, and is an error that names every difference when it is not. " +
    "Further indexes at the subscriber, the order of columns, and the names of constraints make no difference. " +
    "Rows, the values of sequences, privileges, comments, triggers, row security policies and storage parameters are not copied. Extensions and functions that definitions use must be there first. " +
    "Foreign keys to tables that are neither published nor at the subscriber are left out with a warning; so are, without one, constraints and indexes on columns that a column list leaves out.",
  attributes: {
    database: databaseAttribute,
    conninfo: required(string, {
      description:
        "How this machine reaches the publisher: a libpq connection string, `host=… port=… dbname=… user=…` or `postgresql://…`. The user needs no privilege but to connect to the database. It is kept in the state, so leave the password to `password_wo`. With `connect_timeout=10` in it, an unreachable publisher is reported soon.",
      sensitive: true,
      validate: publisherComplaint,
      equivalent: sameConninfoText,
    }),
    password_wo: writeOnly(string, {
      description:
        "The password of the connection to the publisher; it is kept nowhere. Needs Terraform 1.11 or later.",
      requiredWith: ["password_wo_version"],
    }),
    password_wo_version: optional(string, {
      description: "Any text; change it together with `password_wo`.",
      requiredWith: ["password_wo"],
    }),
    publications: required(setOf(string), {
      description:
        "The publications whose tables are created. When one publishes further tables, the next plan adds them in place. A table that is published no more stays at the subscriber.",
      validate: (publications) =>
        publications.length === 0 ? "is empty. Name at least one publication." : null,
    }),
    refresh_triggers: optional(mapOf(string), {
      description:
        "Any values. When they are first set and when they change, the published tables are looked up during apply instead of while planning. Put what the list of published tables is made of in here when the same configuration has the publication: tables that an apply adds to it are then created in the same apply.",
    }),
    drop_on_destroy: defaulted(bool, false, {
      description:
        "Whether the tables in `created_tables` are dropped, with their rows and the sequences that they own, when this resource is destroyed (default: `false`: nothing is dropped). Schemas and types stay.",
    }),
    tables: computed(listOf(string), {
      description:
        "The tables at the subscriber that belong to the publications, partitioned tables and their partitions included, as `schema.table`, sorted. A part of a name with a dot or double quote in it is in double quotes.",
    }),
    created_tables: computed(setOf(string), {
      description:
        "Those of `tables` that this resource has created. Tables that were there before are never dropped.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type ReplicatedSchemaState = State<S>;

const NAME_TAKEN = "Something else at the subscriber has this name. Rename or drop it; nothing was changed.";

const REMEDIES = {
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "At the subscriber, the user needs CREATE on the database for schemas that are not there yet, CREATE on those that are, and REFERENCES on tables of others that foreign keys refer to.",
  [SQLSTATE.DUPLICATE_TABLE]: NAME_TAKEN,
  [SQLSTATE.DUPLICATE_OBJECT]: NAME_TAKEN,
  [SQLSTATE.OUT_OF_MEMORY]:
    "One transaction locks every table that it creates. Raise max_locks_per_transaction at the subscriber and restart it, or spread the tables over several publications, with one of these resources each.",
};

/**
 * `postgresql_replicated_schema`: ID `database.publication,…`. Imported by a JSON object, see
 * {@link parseReplicatedSchemaImport}; all tables then count as found, and none as created.
 */
export const replicatedSchema = define({
  typeName: "postgresql_replicated_schema",
  noun: "replicated schema",
  schema,
  identify: ({ database, publications }) =>
    typeof database === "string" && publications !== undefined
      ? replicatedSchemaId(database, publications)
      : undefined,
  label: labelOf,

  async modifyPlan(operation) {
    planDatabase(operation);
    const { provider, prior, plan, config, diagnostics, signal } = operation;
    const { conninfo, publications, database } = plan;
    const { password_wo: password } = config;
    const triggered = isTriggered(prior, plan);
    if (prior !== null && (triggered || isRedirected(prior, plan))) askInApply(operation);
    // What the same apply makes or changes at the publisher, a password among it, cannot be asked for now.
    const isEarly = triggered || (prior !== null && isRotated(prior, plan));
    if (isEarly || provider === null || typeof database !== "string") return;
    if (conninfo === undefined || publications === undefined || password === undefined) return;
    const publisher = { conninfo, publications, password };
    const found = await askWhilePlanning(diagnostics, labelOf(plan), async () => {
      const published = await askPublisher(publisher, signal);
      if (absentPublications(publisher, published).length > 0) return null;
      return { published, todo: await planAtSubscriber(provider, database, published.schema, signal) };
    });
    if (found === undefined) return;
    if (found === null) {
      // The same apply may create the publication.
      askInApply(operation);
      return;
    }
    const { published, todo } = found;
    planTables(operation, tableNames(published.schema));
    if (todo.conflicts.length > 0) {
      diagnostics.error(CONFLICT_SUMMARY, conflictDetail(todo.conflicts), ["publications"]);
    }
    if (todo.missing.length > 0) {
      const missing = todo.missing.join("\n");
      diagnostics.warn(
        MISSING_SUMMARY,
        `${missing}\n\nUnless the same apply creates it first, apply will fail.`,
      );
    }
    warnOfLeftOut(diagnostics, todo);
  },

  create: (operation) => synchronize(operation, null),

  async read(operation) {
    const { provider, state, signal } = operation;
    const database = databaseOf(state, provider);
    const tables = state.tables ?? (await tablesForImport(operation, state));
    return nullWithoutDatabase(async () => {
      const there = await provider.select<{ table: string }>(database, existingTables(tables), signal);
      const names = new Set(there.map(({ table }) => table));
      return {
        ...state,
        database,
        tables: tables.filter((table) => names.has(table)),
        created_tables: (state.created_tables ?? []).filter((table) => names.has(table)),
      };
    });
  },

  async update(operation) {
    const { prior, planned } = operation;
    const tables = planned.tables ?? undefined;
    // Nothing of what was planned concerns a table.
    if (tables !== undefined && tables.join() === (prior.tables ?? []).join()) {
      return stateOf(operation, tables, prior.created_tables ?? []);
    }
    return synchronize(operation, prior);
  },

  async delete({ provider, state, signal }) {
    const { drop_on_destroy: drops, created_tables: tables } = state;
    if (!drops || tables === null || tables.length === 0) return;
    await nullWithoutDatabase(() => dropTables(provider, databaseOf(state, provider), tables, signal));
  },

  importState: (importId) => parseReplicatedSchemaImport(importId),
});

function labelOf({ database, publications }: Pick<View<S>, "database" | "publications">): string {
  const names = publications?.map((name) => JSON.stringify(name)).join(", ");
  const of = names === undefined ? "" : ` of publication${publications?.length === 1 ? "" : "s"} ${names}`;
  return `replicated schema${of}${typeof database === "string" ? ` in database ${JSON.stringify(database)}` : ""}`;
}

/** Whether the configuration says that what is published may change in the same apply. */
function isTriggered(prior: ReplicatedSchemaState | null, plan: View<S>): boolean {
  if (plan.refresh_triggers === undefined) return true;
  return JSON.stringify(plan.refresh_triggers) !== JSON.stringify(prior?.refresh_triggers ?? null);
}

/** Whether the tables come from elsewhere than they did. */
function isRedirected(prior: ReplicatedSchemaState, plan: View<S>): boolean {
  return (
    plan.conninfo !== prior.conninfo ||
    [...(plan.publications ?? [])].sort().join("\0") !== [...prior.publications].sort().join("\0")
  );
}

function isRotated(prior: ReplicatedSchemaState, plan: View<S>): boolean {
  return prior.password_wo_version !== null && plan.password_wo_version !== prior.password_wo_version;
}

function askInApply(operation: Pick<PlanOperation<S, PostgresServer>, "setUnknown">): void {
  operation.setUnknown("tables");
  operation.setUnknown("created_tables");
}

function planTables(operation: PlanOperation<S, PostgresServer>, tables: readonly string[]): void {
  const { prior, diagnostics } = operation;
  operation.set("tables", tables);
  if (prior === null) return;
  const before = prior.tables ?? [];
  if (tables.every((table) => before.includes(table))) {
    operation.set("created_tables", kept(prior.created_tables, tables));
  } else {
    operation.setUnknown("created_tables");
  }
  warnOfUnpublished(diagnostics, before, tables);
}

/** Creates what the subscriber lacks of what is published now. */
async function synchronize(
  operation: CreateOperation<S, PostgresServer>,
  prior: ReplicatedSchemaState | null,
): Promise<ReplicatedSchemaState> {
  const { provider, planned, config, signal } = operation;
  const publisher = { ...planned, password: config.password_wo };
  const published = await askPublisher(publisher, signal);
  requirePublications(publisher, published);
  const tables = tableNames(published.schema);
  const plannedTables = planned.tables ?? undefined;
  if (plannedTables !== undefined && plannedTables.join() !== tables.join()) {
    throw new DiagnosticError(
      "The publications have changed since the plan",
      `The plan was made for the tables ${nameList(plannedTables)}, and now ${nameList(tables)} are published. Nothing was changed. Plan and apply again; ` +
        "with refresh_triggers, a publication can change in the same apply.",
    );
  }
  const done = await withRemedies(REMEDIES, () =>
    createAtSubscriber(provider, databaseOf(planned, provider), published.schema, agree, signal),
  );
  if (plannedTables === undefined) {
    // Otherwise the plan has said so.
    warnOfLeftOut(operation, done);
    warnOfUnpublished(operation, prior?.tables ?? [], tables);
  }
  const created = [...kept(prior?.created_tables, tables), ...tableNames(done.creation)];
  return stateOf(operation, tables, planned.created_tables ?? [...new Set(created)]);
}

function requirePublications(publisher: Publisher, published: Published): void {
  const absent = absentPublications(publisher, published);
  if (absent.length === 0) return;
  const { publications } = published;
  throw new DiagnosticError(
    "Publication does not exist",
    `The publisher has no publication ${nameList(absent.map((name) => JSON.stringify(name)))}. ` +
      (publications.length === 0
        ? "It has none at all in this database: check dbname in conninfo."
        : `It has ${nameList(publications.map((name) => JSON.stringify(name)))}.`) +
      " Create it first, let this resource depend on it, or correct the name.",
    ["publications"],
  );
}

const CONFLICT_SUMMARY = "Published tables do not fit the subscriber";
const MISSING_SUMMARY = "The subscriber lacks what published tables need";

function conflictDetail(conflicts: readonly string[]): string {
  return `${conflicts.join("\n")}\n\nNothing was changed. Alter the side that is wrong, or take the table out of the publication.`;
}

function agree({ conflicts, missing }: SchemaPlan): void {
  if (conflicts.length > 0) {
    throw new DiagnosticError(CONFLICT_SUMMARY, conflictDetail(conflicts), ["publications"]);
  }
  if (missing.length > 0) {
    throw new DiagnosticError(MISSING_SUMMARY, `${missing.join("\n")}\n\nNothing was changed.`);
  }
}

function warnOfLeftOut(to: Warner, { leftOut }: SchemaPlan): void {
  if (leftOut.length > 0) to.warn("Foreign keys left out", leftOut.join("\n"));
}

function warnOfUnpublished(to: Warner, before: readonly string[], tables: readonly string[]): void {
  const gone = before.filter((table) => !tables.includes(table));
  if (gone.length === 0) return;
  to.warn(
    "Tables are published no more",
    `${nameList(gone)} stay${gone.length === 1 ? "s" : ""} at the subscriber, and this resource forgets about ${gone.length === 1 ? "it" : "them"}. Drop what is not needed with DROP TABLE.`,
  );
}

type Warner = Pick<Operation<unknown>, "warn">;

/** Right after an import, the state does not say what the tables are, and there is no write-only password. */
async function tablesForImport(
  { signal, warn }: Pick<Operation<unknown>, "signal" | "warn">,
  { conninfo, publications }: ReplicatedSchemaState,
): Promise<string[]> {
  try {
    const publisher = { conninfo, password: null, publications };
    const published = await askPublisher(publisher, signal);
    requirePublications(publisher, published);
    return tableNames(published.schema);
  } catch (error) {
    const withoutPassword = !parseConninfo(conninfo).get("password");
    if (!(error instanceof PostgresError) || error.kind !== "authentication" || !withoutPassword) throw error;
    warn(
      "The tables are looked up by the next apply",
      "The publisher asks for a password, and the import ID has none in its conninfo. The next plan updates this resource in place, which changes nothing at the subscriber when its tables are as they should be.",
    );
    return [];
  }
}

function existingTables(tables: readonly string[]): Sql {
  const quoted = textArray(tables.map((table) => relationId(parseRelationName(table)).text));
  return sql`SELECT w.table FROM ROWS FROM (unnest(${textArray(tables)}), unnest(${quoted})) AS w ("table", quoted)
             JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(w.quoted)
             WHERE c.relkind IN ('r', 'p')`;
}

function stateOf(
  { planned, provider }: CreateOperation<S, PostgresServer>,
  tables: readonly string[],
  created: readonly string[],
): ReplicatedSchemaState {
  return {
    database: databaseOf(planned, provider),
    conninfo: planned.conninfo,
    password_wo_version: planned.password_wo_version,
    publications: planned.publications,
    refresh_triggers: planned.refresh_triggers,
    drop_on_destroy: planned.drop_on_destroy,
    tables,
    created_tables: created,
  };
}

function tableNames({ tables }: Pick<SchemaModel, "tables">): string[] {
  return tables.map(formatRelationName).sort();
}

/** Those that were created and still belong to the resource. */
function kept(created: readonly string[] | null | undefined, tables: readonly string[]): string[] {
  return (created ?? []).filter((table) => tables.includes(table));
}

function nameList(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
