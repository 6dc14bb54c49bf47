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
import { identifierComplaint } from "../shared/identifier";
import { askWhilePlanning } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";
import { dropTables } from "./drop";
import { parseReplicatedSchemaImport, replicatedSchemaId } from "./id";
import { absentPublications, askPublisher, type Publisher } from "./publisher";

const schema = {
  description:
    "Creates the tables of publications at the subscriber, with the publisher's definitions, so that a subscription can copy rows into them. " +
    "Configure the provider for the subscriber. The resource reads the definitions from the publisher at `conninfo`, and creates everything in one transaction, owned by the provider's user.\n\n" +
    "Copied:\n\n" +
    "- columns with their types, collations, defaults, identities, generation expressions and NOT NULL\n" +
    "- primary keys, and unique, check, exclusion and foreign key constraints\n" +
    "- indexes and replica identities\n" +
    "- partitioned tables with all their partitions, and tables that inherit from published tables\n" +
    "- the schemas, the enum, domain, composite and range types, and the sequences that the tables need\n\n" +
    "A table that exists at the subscriber stays as it is if its definition is the same. Otherwise every difference is named: by an error in the plan that creates the resource, later by a warning in the plan and an error in the apply, so that you can still destroy the resource. " +
    "Further indexes at the subscriber, the order of columns, and the names of constraints make no difference.\n\n" +
    "Not copied, with a warning that names them when a table is created:\n\n" +
    "- foreign keys to tables that are neither published nor at the subscriber\n" +
    "- `NOT VALID` check constraints and `NOT NULL … NOT VALID`: the publisher can have rows that violate them, and these rows could not be copied. You can add them after the initial copy.\n" +
    "- inheritance from tables that are not published, or whose columns do not allow it\n" +
    "- `STORAGE` and `COMPRESSION` of columns, extended statistics, `CLUSTER ON` and `OF type`\n\n" +
    "Not copied, without a warning: rows, the values of sequences, owners, privileges, comments, security labels, triggers, rules, row security policies, storage parameters, tablespaces, access methods, statistics targets, " +
    "and constraints and indexes on columns that a publication's column list omits. Extensions and functions that definitions use must exist at the subscriber.",
  attributes: {
    database: databaseAttribute,
    conninfo: required(string, {
      description:
        "libpq connection string with which the provider connects to the publisher: `host=… port=… dbname=… user=…` or `postgresql://…`. The user requires only the CONNECT privilege on the database. The state contains the string, so set the password in `password_wo`. Add `connect_timeout=10` to report an unreachable publisher sooner.",
      sensitive: true,
      validate: publisherComplaint,
      equivalent: sameConninfoText,
    }),
    password_wo: writeOnly(string, {
      description:
        "Password for the connection to the publisher. Not stored in the state or in a plan. Requires Terraform 1.11 or later.",
      requiredWith: ["password_wo_version"],
    }),
    password_wo_version: optional(string, {
      description: "Arbitrary version string. Change it together with `password_wo`.",
      requiredWith: ["password_wo"],
    }),
    publications: required(setOf(string), {
      description:
        "Publications whose tables to create. If they publish more tables later, the next plan adds these in place. A table that is no longer published stays at the subscriber.",
      validate: publicationsComplaint,
    }),
    refresh_triggers: optional(mapOf(string), {
      description:
        "Arbitrary values. When they change, the next apply reads the published tables again. If the same configuration manages the publication, set this to the values from which its list of tables is built: the apply that adds tables to the publication then also creates them. Otherwise the following apply creates them.",
    }),
    drop_on_destroy: defaulted(bool, false, {
      description:
        "Whether destroy drops the tables in `created_tables`, with their rows and the sequences that they own (default: `false`). Destroy never drops schemas and types.",
    }),
    tables: computed(listOf(string), {
      description:
        "Tables at the subscriber that belong to the publications, including partitioned tables and their partitions, as `schema.table`, sorted. A part of a name that contains a dot or a double quote is in double quotes. A plan that creates tables shows this as known after apply, because the same apply can still change the publications.",
    }),
    created_tables: computed(setOf(string), {
      description:
        "Tables in `tables` that this resource created. Destroy never drops tables that existed before.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type ReplicatedSchemaState = State<S>;

const NAME_TAKEN = "Another object at the subscriber has this name. Rename or drop it. Nothing was changed.";

const REMEDIES = {
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "At the subscriber, the user requires CREATE on the database (for schemas that do not exist), CREATE on existing schemas, and REFERENCES on the other roles' tables that foreign keys refer to.",
  [SQLSTATE.DUPLICATE_TABLE]: NAME_TAKEN,
  [SQLSTATE.DUPLICATE_OBJECT]: NAME_TAKEN,
  [SQLSTATE.OUT_OF_MEMORY]:
    "One transaction locks every table that it creates. Raise max_locks_per_transaction at the subscriber and restart it, or spread the tables over several publications, each with its own postgresql_replicated_schema.",
};

/**
 * `postgresql_replicated_schema`: ID `database.publication,…`. Imported by a JSON object, see
 * {@link parseReplicatedSchemaImport}; all tables then count as existing, none as created.
 */
export const replicatedSchema = define({
  typeName: "postgresql_replicated_schema",
  displayName: "replicated schema",
  schema,
  identify: ({ database, publications }) =>
    typeof database === "string" && publications !== undefined
      ? replicatedSchemaId(database, publications)
      : undefined,
  describe: labelOf,

  async modifyPlan(operation) {
    planDatabase(operation);
    const { provider, prior, plan, config, diagnostics, signal } = operation;
    const { conninfo, publications, database } = plan;
    const { password_wo: password } = config;
    // The tables are those of the state, or unknown: before this resource is applied, the same apply can change the
    // publications. Terraform plans once more then, and another answer than the first would be an error.
    const isUpdate = operation.changesTimeouts || (prior !== null && isChanged(prior, plan));
    if (isUpdate) askInApply(operation);
    if (!isAskedWhilePlanning(prior, plan) || provider === null || typeof database !== "string") return;
    // A generated configuration has null for what is sensitive, and is planned before it is validated.
    if (typeof conninfo !== "string" || publications === undefined || password === undefined) return;
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
    const tables = tableNames(published.schema);
    const before = prior?.tables ?? [];
    if (tables.join() !== before.join() || todo.conflicts.length > 0) askInApply(operation);
    if (todo.conflicts.length > 0) {
      // Terraform plans before it destroys, and an error would keep it from that.
      const report = prior === null ? "error" : "warn";
      diagnostics[report](CONFLICT_SUMMARY, conflictDetail(todo.conflicts), ["publications"]);
    }
    if (todo.missing.length > 0) {
      const missing = todo.missing.join("\n");
      diagnostics.warn(
        MISSING_SUMMARY,
        `${missing}\n\nUnless the same apply creates it first, apply will fail.`,
      );
    }
    warnOf(diagnostics, todo, before, tables);
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

function publicationsComplaint(publications: readonly string[]): string | null {
  if (publications.length === 0) return "is empty. Name at least one publication.";
  const complaint = publications.map(identifierComplaint).find((each) => each !== null);
  return complaint === undefined ? null : `has an element that ${complaint}`;
}

function labelOf({ database, publications }: Pick<View<S>, "database" | "publications">): string {
  const names = publications?.map((name) => JSON.stringify(name)).join(", ");
  const of = names === undefined ? "" : ` of publication${publications?.length === 1 ? "" : "s"} ${names}`;
  return `replicated schema${of}${typeof database === "string" ? ` in database ${JSON.stringify(database)}` : ""}`;
}

/** Whether the configuration says that what is published may change in the same apply. */
function isTriggered(prior: ReplicatedSchemaState | null, plan: Pick<View<S>, "refresh_triggers">): boolean {
  if (plan.refresh_triggers === undefined) return true;
  return JSON.stringify(plan.refresh_triggers) !== JSON.stringify(prior?.refresh_triggers ?? null);
}

/** Whether the configuration differs from the state, passwords aside. */
function isChanged(prior: ReplicatedSchemaState, plan: View<S>): boolean {
  return (
    isTriggered(prior, plan) ||
    plan.conninfo !== prior.conninfo ||
    plan.drop_on_destroy !== prior.drop_on_destroy ||
    [...(plan.publications ?? [])].sort().join("\0") !== [...prior.publications].sort().join("\0")
  );
}

/** What the same apply changes at the publisher, a password for instance, cannot be asked for while planning. */
function isAskedWhilePlanning(
  prior: ReplicatedSchemaState | null,
  plan: Pick<View<S>, "refresh_triggers" | "password_wo_version">,
): boolean {
  const isRotated =
    prior !== null &&
    prior.password_wo_version !== null &&
    plan.password_wo_version !== prior.password_wo_version;
  return !isRotated && !isTriggered(prior, plan);
}

function askInApply(operation: Pick<PlanOperation<S, PostgresServer>, "setUnknown">): void {
  operation.setUnknown("tables");
  operation.setUnknown("created_tables");
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
  const done = await withRemedies(REMEDIES, () =>
    createAtSubscriber(provider, databaseOf(planned, provider), published.schema, agree, signal),
  );
  // Otherwise the plan has said so.
  if (!isAskedWhilePlanning(prior, planned)) warnOf(operation, done, prior?.tables ?? [], tables);
  const created = [...kept(prior?.created_tables, tables), ...tableNames(done.creation)];
  return stateOf(operation, tables, [...new Set(created)]);
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

/**
 * Warns of what the user would not expect.
 *
 * @param before The tables until now.
 * @param tables The tables that are published.
 */
function warnOf(
  to: Pick<Operation<unknown>, "warn">,
  { leftOut, refusals }: SchemaPlan,
  before: readonly string[],
  tables: readonly string[],
): void {
  if (leftOut.length > 0) {
    to.warn(
      "Parts of definitions are not copied",
      `${leftOut.join("\n")}\n\nAdd what the subscriber needs of it once the first copy is done.`,
    );
  }
  // What was there before has its rows.
  const refusing = refusals.filter(({ table }) => !before.includes(formatRelationName(table)));
  if (refusing.length > 0) {
    to.warn(
      "Existing tables can refuse rows",
      `${refusing.map(({ reason }) => reason).join("\n")}\n\nDrop what the subscriber enforces, and add it again once the first copy is done.`,
    );
  }
  const gone = before.filter((table) => !tables.includes(table));
  if (gone.length > 0) {
    const [verb, object] = gone.length === 1 ? ["is", "it"] : ["are", "them"];
    to.warn(
      "Tables are not published any more",
      `${nameList(gone)} ${verb} not published any more. Unless the same apply publishes ${object} again, this resource forgets ${object}, and nothing is dropped: drop what the subscriber does not need with DROP TABLE.`,
    );
  }
}

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
