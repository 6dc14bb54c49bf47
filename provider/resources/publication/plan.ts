import type { PlanOperation } from "../../framework/resource";
import { formatRelationName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { lit, sql } from "../../postgres/sql";
import { databaseObjectLabel, planDatabase } from "../shared/database-object";
import { askWhilePlanning, refuseExistingObject } from "../shared/plan-check";
import { WAL_LEVEL_REMEDY } from "../shared/wal-level";
import { checkIdentities, checkRowFilters, checkVersions, COPY_SUMMARY, copyComplaint } from "./checks";
import { FORMER_NAME_SUMMARY, neededDetail, sortFormerNames } from "./former-names";
import { MISSED_CHANGES_SUMMARY, missedChangesDetail } from "./missed-changes";
import { type Gain, gainOf, identityQuery, type IdentityRow } from "./replica-identity";
import {
  describesTables,
  type PublicationSchema,
  type PublicationState,
  type PublicationView,
  type TableBlock,
} from "./schema";
import { mayRead, readerOf, type SlotReader, type SlotRow, slotsQuery } from "./slots";
import {
  missingTables,
  REPEATED_TABLE_SUMMARY,
  repeatedReferences,
  repeatedTableDetail,
  resolutionQuery,
  type ResolutionRow,
} from "./tables";

type Plan = PlanOperation<PublicationSchema, PostgresServer>;

/** Plans what the configuration leaves out, and checks the plan against the server. */
export async function planPublication(operation: Plan): Promise<void> {
  planDatabase(operation);
  planMembers(operation);
  const { provider, plan, prior, config, diagnostics, signal } = operation;
  const { name, database } = plan;
  if (provider === null || name === undefined || typeof database !== "string") return;
  const object = databaseObjectLabel("publication", prior ?? plan);
  const session = await askWhilePlanning(diagnostics, object, () => provider.session(database, signal));
  if (session === undefined) return;
  checkVersions(config, session.version, diagnostics);
  if (diagnostics.hasError) return;
  const gain = gainToCheck(operation);
  const found = await askWhilePlanning(diagnostics, object, () =>
    findings(provider, database, name, config, gain, session, signal),
  );
  if (found === undefined) return;
  const label = databaseObjectLabel("Publication", prior ?? plan);
  reportTables(operation, label, found);
  checkIdentities(gain, found.identities, label, plan.allow_missing_replica_identity === true, diagnostics);
  if (prior === null) reportCreation(operation, label, found, session);
  else reportChange(operation, prior, label, found, session);
  if (!diagnostics.hasError) await checkRowFilters(gain, found.identities, provider, database, signal);
}

function planMembers(operation: Plan): void {
  const { config, prior } = operation;
  const isDescribed = prior === null || describesTables(config);
  if (config.tables === null && isDescribed) operation.set("tables", []);
  if (config.all_tables === null && isDescribed) operation.set("all_tables", false);
  const { plan } = operation;
  if (prior === null) return;
  if (plan.name !== prior.name) operation.setUnknown("former_names");
  if (membersChange(prior, plan)) {
    operation.setUnknown("published_tables");
    operation.setUnknown("row_filters");
  }
}

function membersChange(prior: PublicationState, plan: PublicationView): boolean {
  return membersText(prior) !== membersText(plan);
}

/** Whether the plan changes anything that a configuration can say. */
function isChanged(prior: PublicationState, plan: PublicationView): boolean {
  const text = (values: PublicationState | PublicationView): string => {
    const { name, owner, publish_param: operations, drop_cascade: cascade } = values;
    return JSON.stringify([name, owner, operations, cascade, values.allow_missing_replica_identity]);
  };
  return membersChange(prior, plan) || text(prior) !== text(plan);
}

/** What decides about the published tables, in one order; undefined while some of it is unknown. */
function membersText(values: PublicationState | PublicationView): string | undefined {
  const { tables, table, tables_in_schema: schemas, all_tables: all } = values;
  if (tables === undefined || table === undefined || schemas === undefined) return undefined;
  return JSON.stringify([
    [...(tables ?? [])].sort(),
    table.map(blockText).sort(),
    [...(schemas ?? [])].sort(),
    all,
    values.publish_via_partition_root_param,
    values.publish_generated_columns,
  ]);
}

function blockText({ name, columns, where }: TableBlock): string {
  return JSON.stringify([name, columns && [...columns].sort(), where]);
}

/** What becomes published, as far as the configuration is known. What is not, apply checks. */
function gainToCheck({ config, prior, plan }: Plan): Gain {
  const gain = gainOf(prior, plan);
  return config.publish_param === undefined ? { ...gain, needsIdentity: false } : gain;
}

interface Findings {
  /** Whether the database has a publication of the planned name. */
  readonly exists: boolean;
  readonly walLevel: string;
  readonly references: readonly ResolutionRow[];
  readonly identities: readonly IdentityRow[];
  readonly slots: readonly SlotReader[];
}

async function findings(
  server: PostgresServer,
  database: string,
  name: string,
  config: PublicationView,
  gain: Gain,
  session: SessionInfo,
  signal: AbortSignal,
): Promise<Findings> {
  const names = [...(config.tables ?? []), ...(config.table ?? []).map((block) => block.name)];
  const [[facts], references, identities, slots] = await server.selectAll<
    [FactsRow[], ResolutionRow[], IdentityRow[], SlotRow[]]
  >(
    database,
    [
      sql`SELECT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = ${lit(name)}) AS "exists",
                 pg_catalog.current_setting('wal_level') AS wal_level`,
      resolutionQuery(names),
      identityQuery(gain),
      slotsQuery(session),
    ],
    signal,
  );
  return {
    exists: facts?.exists === true,
    walLevel: facts?.wal_level ?? "unknown",
    references,
    identities,
    slots: slots.map(readerOf),
  };
}

interface FactsRow {
  readonly exists: boolean;
  readonly wal_level: string;
}

function reportTables({ config, plan, diagnostics }: Plan, label: string, { references }: Findings): void {
  const pathOf = (reference: string): string =>
    config.tables?.includes(reference) === true ? "tables" : "table";
  for (const { reference, hint } of missingTables(references)) {
    diagnostics.warn(
      "Table does not exist yet",
      `${label} names the table ${reference}, which does not exist yet.${hint} Unless the same apply creates it first, apply will fail.`,
      [pathOf(reference)],
    );
  }
  const repeated = repeatedReferences(references);
  if (repeated !== null) {
    diagnostics.error(REPEATED_TABLE_SUMMARY, repeatedTableDetail(...repeated), [pathOf(repeated[1])]);
  }
  for (const { name, columns, where } of config.table ?? []) {
    const found = references.find(({ reference }) => reference === name);
    const isPart = (columns ?? where) !== null;
    if (isPart && found?.partitioned === true && plan.publish_via_partition_root_param === false) {
      diagnostics.error(
        "Partitioned table published in part",
        `${name} is a partitioned table. PostgreSQL allows columns and where for it only with publish_via_partition_root_param = true. Set it, or publish the partitions.`,
        ["table"],
      );
    }
    if (where !== null && config.tables_in_schema?.includes(found?.schema ?? "") === true) {
      diagnostics.warn(
        "Row filter without effect",
        `tables_in_schema publishes the whole schema ${JSON.stringify(found?.schema)}, so all rows of ${name} are published in spite of its row filter.`,
        ["table"],
      );
    }
  }
}

/** A table that inherits from a published one, but came later, is not published with it. */
function reportDescendants(
  prior: PublicationState,
  label: string,
  { references }: Findings,
  { diagnostics }: Plan,
): void {
  const published = new Set(prior.published_tables ?? []);
  for (const { schema, name, descendants } of references) {
    const missing = descendants.map(formatRelationName).filter((table) => !published.has(table));
    const parent = name === null ? "" : formatRelationName({ schema, name });
    if (missing.length === 0 || !published.has(parent)) continue;
    diagnostics.warn(
      "Table is not published with the table it inherits from",
      `${label} publishes ${parent}, and does not publish ${missing.join(", ")}, which inherit${missing.length === 1 ? "s" : ""} from it. PostgreSQL adds such tables only while it adds ${parent} itself. The plan adds what is missing.`,
    );
  }
}

function reportCreation(operation: Plan, label: string, found: Findings, { version }: SessionInfo): void {
  const { plan, diagnostics } = operation;
  const { name = "", database } = plan;
  const isManaged = operation.isManaged(`${String(database)}.${name}`);
  if (found.exists) {
    refuseExistingObject(operation, databaseObjectLabel("publication", plan), String(database), name);
  }
  const readers = found.slots.filter((slot) => mayRead(slot, name));
  if (isManaged && readers.length > 0) {
    const what = found.exists
      ? `${label} is destroyed and created again`
      : `${label} no longer exists and is created again`;
    diagnostics.warn(MISSED_CHANGES_SUMMARY, missedChangesDetail(what, readers, version));
  }
  if (found.walLevel !== "logical") {
    diagnostics.warn(
      "wal_level is not logical",
      `${label} can be created, but no subscriber can use it: the server has wal_level = ${found.walLevel}, and logical replication needs wal_level = logical. ` +
        WAL_LEVEL_REMEDY,
    );
  }
}

function reportChange(
  operation: Plan,
  prior: PublicationState,
  label: string,
  found: Findings,
  { version }: SessionInfo,
): void {
  const { plan, diagnostics } = operation;
  reportDescendants(prior, label, found, operation);
  const formerNames = prior.former_names ?? [];
  const renames = plan.name !== prior.name;
  const swaps = typeof plan.all_tables === "boolean" && plan.all_tables !== prior.all_tables;
  if (renames && found.exists && !formerNames.includes(plan.name ?? "")) {
    diagnostics.error(
      "Object exists already",
      `The plan is to rename publication ${JSON.stringify(prior.name)} to ${JSON.stringify(plan.name)}, and the database already has a publication of this name. Choose another name, or drop or rename the other publication.`,
      ["name"],
    );
  }
  const complaint = swaps || (renames && found.slots.length > 0) ? copyComplaint(label, version) : null;
  if (complaint !== null) diagnostics.error(COPY_SUMMARY, complaint, [swaps ? "all_tables" : "name"]);
  if (swaps && found.slots.length > 0) {
    diagnostics.warn(
      "Writers wait while all_tables changes",
      `The database has replication slots, so all writes to it wait for a moment while the publication is exchanged: until transactions that write have ended, but no longer than 2 s at a time.`,
      ["all_tables"],
    );
  }
  const { needed, unused } = sortFormerNames(formerNames, found.slots);
  // Readers come and go: once anything is to be applied, apply decides again.
  if (unused.length > 0 || (needed.length > 0 && isChanged(prior, plan)))
    operation.setUnknown("former_names");
  if (renames) return;
  for (const name of needed) diagnostics.warn(FORMER_NAME_SUMMARY, neededDetail(label, name, found.slots));
}
