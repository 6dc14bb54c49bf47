import { DiagnosticError } from "../../framework/diagnostics";
import type { CreateOperation, UpdateOperation } from "../../framework/resource";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";
import { databaseObjectLabel, databaseOf } from "../shared/database-object";
import { asMemberOf } from "../shared/membership";
import { warnOfNotice } from "../shared/notices";
import { withRemedies } from "../shared/remedies";
import {
  findPublication,
  type FoundPublication,
  publicationQuery,
  type PublicationRow,
  stateOf,
} from "./catalog";
import { creation, type Existing, publicationChange, type Wanted } from "./changes";
import { checkIdentities, checkRowFilters, COPY_SUMMARY, copyComplaint } from "./checks";
import { fenceWriters, retryFence } from "./fence";
import { sortFormerNames } from "./former-names";
import { type Member, membersOf, rowFiltersOf, wantedMembers, wholeMembersOf } from "./members";
import { optionsOf } from "./options";
import { gainOf, identityQuery, type IdentityRow } from "./replica-identity";
import { describesTables, type PublicationSchema, type PublicationState } from "./schema";
import { readerOf, type SlotRow, slotsQuery } from "./slots";
import {
  missingTables,
  REPEATED_TABLE_SUMMARY,
  repeatedReferences,
  repeatedTableDetail,
  resolutionQuery,
  type ResolutionRow,
} from "./tables";

type Create = CreateOperation<PublicationSchema, PostgresServer>;
type Update = UpdateOperation<PublicationSchema, PostgresServer>;

const REMEDIES = {
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Choose another name, or take the existing publication over with terraform import (the import ID is database.name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "The user needs the CREATE privilege on the database and must own the published tables (or be a member of their owner); all_tables and tables_in_schema require a superuser. Grant what is missing, or let the tables' owner create the publication.",
  [SQLSTATE.UNDEFINED_OBJECT]: "Create the role first, or correct its name.",
  [SQLSTATE.UNDEFINED_COLUMN]:
    "Correct the name of the column in columns or where. Names are case-sensitive.",
  [SQLSTATE.INVALID_PARAMETER_VALUE]:
    "Correct the attribute that the message is about, or upgrade the server if its version does not know it.",
  [SQLSTATE.FEATURE_NOT_SUPPORTED]:
    "A row filter may only use columns of its table, constants, and built-in functions and operators that are immutable.",
};

/** Creates a publication and reads it back before anything is committed: all of it exists afterwards, or nothing. */
export async function createPublication(operation: Create): Promise<PublicationState> {
  const { provider, planned, signal } = operation;
  const database = databaseOf(planned, provider);
  const session = await provider.session(database, signal);
  await checkAgain(operation, null, database);
  const work = async (tx: Transaction): Promise<PublicationState> => {
    const definition: Wanted = {
      owner: planned.owner ?? session.user,
      allTables: planned.all_tables === true,
      members: await resolveMembers(tx, operation),
      schemas: planned.tables_in_schema ?? [],
      options: planned,
    };
    await tx.queryAll(creation(planned.name, definition, null));
    return readBack(operation, tx, database, session);
  };
  return withRemedies(REMEDIES, () =>
    provider.transaction(database, (tx) => asMemberOf(tx, session, planned.owner, () => work(tx)), signal),
  );
}

/** Alters a publication in one transaction, from what the server has then, and reads it back. */
export async function updatePublication(operation: Update): Promise<PublicationState> {
  const { provider, prior, planned, signal } = operation;
  const database = databaseOf(prior, provider);
  const session = await provider.session(database, signal);
  const owners = [prior.owner ?? [], planned.owner ?? []].flat();
  await checkAgain(operation, prior, database);
  return withRemedies(REMEDIES, () =>
    retryFence(signal, () =>
      provider.transaction(
        database,
        (tx) => asMemberOf(tx, session, owners, () => alter(operation, tx, database, session)),
        signal,
      ),
    ),
  );
}

async function alter(
  operation: Update,
  tx: Transaction,
  database: string,
  session: SessionInfo,
): Promise<PublicationState> {
  const { prior, planned, config } = operation;
  const label = databaseObjectLabel("Publication", prior);
  const [rows, slotRows] = (await tx.queryAll([
    publicationQuery(prior.name, session),
    slotsQuery(session),
  ])) as unknown as [PublicationRow[], SlotRow[]];
  const { main, former } = requirePublication(rows, prior.name);
  const slots = slotRows.map(readerOf);
  const definition: Wanted = {
    owner: planned.owner ?? main.owner,
    allTables: planned.all_tables === true,
    members: describesTables(config)
      ? await resolveMembers(tx, operation)
      : wholeMembersOf(main.members, prior),
    schemas: planned.tables_in_schema ?? [],
    options: planned,
  };
  const formerNames = former.map((row) => row.name);
  // A plan that does not know the former names lets them go when nothing reads them any more.
  const unusedNames = planned.former_names === undefined ? sortFormerNames(formerNames, slots).unused : [];
  const change = publicationChange(
    {
      main: existing(main, prior),
      former: former.map((row) => existing(row, prior)),
      hasReaders: slots.length > 0,
    },
    { name: planned.name, definition, unusedNames },
  );
  const complaint = change.copies ? copyComplaint(label, session.version) : null;
  if (complaint !== null) throw new DiagnosticError(COPY_SUMMARY, complaint);
  if (change.swaps && slots.length > 0) await fenceWriters(tx, session);
  await tx.queryAll(change.statements);
  return readBack(operation, tx, database, session);
}

function existing(row: PublicationRow, prior: PublicationState): Existing {
  return {
    name: row.name,
    comment: row.comment,
    owner: row.owner,
    allTables: row.all_tables,
    members: membersOf(row.members, prior),
    schemas: row.schemas,
    options: optionsOf(row),
  };
}

/** The plan has looked already, but perhaps too early: the tables may be as new as the publication. */
async function checkAgain(
  operation: Create,
  prior: PublicationState | null,
  database: string,
): Promise<void> {
  const { provider, planned, signal, warn } = operation;
  const gain = gainOf(prior, planned);
  if (gain.tables.length === 0 && gain.schemas.length === 0 && !gain.all) return;
  const label = databaseObjectLabel("Publication", { ...planned, database });
  const identities = await provider.select<IdentityRow>(database, identityQuery(gain), signal);
  checkIdentities(gain, identities, label, planned.allow_missing_replica_identity, {
    warn,
    error: (summary, detail, path) => {
      throw new DiagnosticError(summary, detail, path);
    },
  });
  await checkRowFilters(gain, identities, provider, database, signal);
}

/** The planned members. All missing tables are in one error. */
async function resolveMembers(tx: Transaction, { planned }: Create): Promise<Member[]> {
  const { tables, table } = planned;
  const names = [...(tables ?? []), ...table.map(({ name }) => name)];
  if (names.length === 0) return [];
  const found = await tx.query<ResolutionRow>(resolutionQuery(names));
  const missing = missingTables(found);
  if (missing.length > 0) {
    throw new DiagnosticError(
      "Table does not exist",
      `The publication names tables that do not exist: ${missing.map(({ reference, hint }) => `table ${reference} does not exist.${hint}`).join(" ")} Create the table first, or correct the name.`,
      [missing.every(({ reference }) => tables?.includes(reference)) ? "tables" : "table"],
    );
  }
  const repeated = repeatedReferences(found);
  if (repeated !== null) throw new DiagnosticError(REPEATED_TABLE_SUMMARY, repeatedTableDetail(...repeated));
  return wantedMembers(planned, found);
}

function requirePublication(rows: readonly PublicationRow[], name: string): FoundPublication {
  const found = findPublication(rows, name);
  if (found !== undefined) return found;
  throw new DiagnosticError(
    "Publication does not exist",
    `The publication ${JSON.stringify(name)} existed when Terraform planned, and does not exist any more. Nothing was changed. Plan and apply again to create it.`,
  );
}

async function readBack(
  operation: Create,
  tx: Transaction,
  database: string,
  session: SessionInfo,
): Promise<PublicationState> {
  const { planned } = operation;
  const label = databaseObjectLabel("Publication", { ...planned, database });
  for (const notice of tx.notices) warnOfNotice(operation, label, notice);
  const rows = await tx.query<PublicationRow>(publicationQuery(planned.name, session));
  const found = requirePublication(rows, planned.name);
  // What was just written is the server's text of it.
  const state = stateOf(found, database, { ...planned, row_filters: rowFiltersOf(found.main.members) });
  // What was planned as known stays as it was planned. The next refresh sees what else has changed.
  return {
    ...state,
    former_names: planned.former_names === undefined ? state.former_names : planned.former_names,
    published_tables:
      planned.published_tables === undefined ? state.published_tables : planned.published_tables,
    row_filters: planned.row_filters === undefined ? state.row_filters : planned.row_filters,
  };
}
