import { DiagnosticError } from "../../framework/diagnostics";
import type { CreateOperation, UpdateOperation } from "../../framework/resource";
import { defaulted, optionalComputed, required, type Schema } from "../../framework/schema";
import { bool, number, string } from "../../framework/value-type";
import type { Planned, State } from "../../framework/values";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";
import { dropDatabase } from "./drop";
import { ownerStatement, reassignObjects, takeDatabaseOver } from "../shared/database-owner";
import { define } from "../shared/define";
import { announcingRenames } from "../shared/renamed-database";
import { sameEncoding } from "./encoding";
import { identifierComplaint } from "../shared/identifier";
import { asMemberOf } from "../shared/membership";
import { askWhilePlanning, refuseExisting } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";

/** How long it may take to remove what a failure would leave behind, when the time for the rest may be over. */
const CLEAN_UP_MS = 10_000;

const schema = {
  description: "A database of the server, as `CREATE DATABASE` makes it.",
  attributes: {
    name: required(string, {
      description:
        "The database's name. Renamed in place, which PostgreSQL allows only while no other session is connected to the database: disable its subscriptions first. The objects that refer to the name stay what they are.",
      validate: identifierComplaint,
    }),
    owner: optionalComputed(string, {
      description: "The role that owns the database (default: the provider's user). Changed in place.",
      validate: identifierComplaint,
    }),
    template: optionalComputed(string, {
      description:
        "The database that the new one is a copy of (default: `template0`). Nobody may be connected to it meanwhile. Another value makes another database, except after an import, which cannot know the template.",
      validate: identifierComplaint,
    }),
    encoding: optionalComputed(string, {
      description: "The character set, such as `UTF8`, or `DEFAULT` for the template's (default: `UTF8`).",
      requiresReplace: true,
      equivalent: (known, wanted) => isDefault(wanted) || sameEncoding(known, wanted),
    }),
    lc_collate: optionalComputed(string, {
      description: "The locale of the sort order (`LC_COLLATE`; default, and `DEFAULT`: the template's).",
      requiresReplace: true,
      equivalent: (_, wanted) => isDefault(wanted),
    }),
    lc_ctype: optionalComputed(string, {
      description:
        "The locale of character classification (`LC_CTYPE`; default, and `DEFAULT`: the template's).",
      requiresReplace: true,
      equivalent: (_, wanted) => isDefault(wanted),
    }),
    tablespace_name: optionalComputed(string, {
      description:
        "The tablespace of the database (default, and `DEFAULT`: the template's). Changed in place: the files are moved, and nobody may be connected meanwhile.",
      validate: identifierComplaint,
      equivalent: (_, wanted) => isDefault(wanted),
    }),
    connection_limit: defaulted(number, -1, {
      description:
        "How many connections there may be at a time; `-1` means no limit (default: `-1`). Changed in place.",
      validate: (limit) =>
        Number.isInteger(limit) && limit >= -1
          ? null
          : `is ${limit}. It must be a whole number, or -1 for no limit.`,
    }),
    allow_connections: defaulted(bool, true, {
      description: "Whether anybody can connect (default: `true`). Changed in place.",
    }),
    is_template: optionalComputed(bool, {
      description:
        "Whether every user with CREATEDB can copy the database (default: `false`). Changed in place.",
    }),
    alter_object_ownership: defaulted(bool, false, {
      description:
        "Whether a change of `owner` also gives everything in the database that the former owner owns to the new one (`REASSIGN OWNED`; default: `false`).",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type DatabaseState = State<S>;

const REMEDIES = {
  [SQLSTATE.DUPLICATE_DATABASE]:
    "Choose another name, or take the existing database over with terraform import (the import ID is its name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "The user needs the CREATEDB attribute, and must be a member of the database's owner or be allowed to become one.",
  [SQLSTATE.UNDEFINED_OBJECT]:
    "Correct the name of the role, the tablespace or the encoding, or create it first.",
  [SQLSTATE.INVALID_CATALOG_NAME]: "Create the database that is named first, or correct its name.",
  [SQLSTATE.INVALID_PARAMETER_VALUE]:
    'With template = "template0", the default, every encoding and locale can be had that the server\'s operating system knows, and that go together.',
  [SQLSTATE.WRONG_OBJECT_TYPE]:
    "Choose a locale that the server's operating system has (locale -a lists them).",
  [SQLSTATE.OBJECT_IN_USE]:
    "End the sessions that are connected to it (pg_stat_activity shows them), and apply again.",
};

const resource = define({
  typeName: "postgresql_database",
  displayName: "database",
  schema,
  identify: ({ name }) => name,
  describe: ({ name }) => (name === undefined ? "database" : `database ${JSON.stringify(name)}`),

  async modifyPlan(operation) {
    const { provider, plan, prior, diagnostics, signal } = operation;
    const { name } = plan;
    // What an import could not know is no reason to destroy a database.
    if (prior !== null && prior.template !== null && prior.template !== plan.template) {
      operation.requireReplace("template");
    }
    if (provider === null || name === undefined || prior !== null) return;
    const found = await askWhilePlanning(diagnostics, `database ${JSON.stringify(name)}`, () =>
      findDatabase(provider, name, signal),
    );
    if (found !== undefined) refuseExisting(operation, `database ${JSON.stringify(name)}`, name);
  },

  async create(operation) {
    const { provider, planned, signal } = operation;
    const home = provider.settings.database;
    const session = await provider.session(home, signal);
    const template = planned.template ?? "template0";
    // Nobody may be connected to the template, and our own idle connections are somebody.
    await provider.closeDatabase(template, signal);
    await withRemedies(REMEDIES, () => provider.execute(home, createStatement(planned, session), signal));
    const { owner } = planned;
    if (owner && !session.superuser) {
      await withRemedies(REMEDIES, () => handOver(operation, owner, template));
    }
    // From here on there is something to lose track of.
    operation.saveState(plannedState(planned, template));
    return { ...(await currentState(operation, template)), ...defaultsAsWritten(planned) };
  },

  async read({ provider, state, signal }) {
    const row = await findDatabase(provider, state.name, signal);
    return row === undefined ? null : stateOf(row, state);
  },

  async update(operation) {
    const { provider, prior, planned, signal } = operation;
    try {
      await withRemedies(REMEDIES, () => alterDatabase(operation));
    } catch (error) {
      // The steps hold by themselves: the state says how far they came. A new name comes with the last of them.
      const row = await findDatabase(provider, prior.name, signal).catch(() => undefined);
      if (row) operation.saveState(stateOf(row, prior));
      throw error;
    }
    return currentState(operation, planned.template ?? null);
  },

  delete: ({ provider, state, signal }) =>
    withRemedies(REMEDIES, async () => {
      refuseHome(provider, state.name);
      await dropDatabase(provider, state.name, signal);
    }),

  importState: (name) => ({ name }),
});

export const database = announcingRenames(resource);

/** `DEFAULT` as a value stands for what the server chooses; what that was is in the state from the next refresh on. */
function isDefault(text: string): boolean {
  return text.toUpperCase() === "DEFAULT";
}

function createStatement(planned: Planned<S>, session: SessionInfo): Sql {
  const { template, encoding, lc_collate: collate, lc_ctype: ctype, tablespace_name: tablespace } = planned;
  const orDefault = (text: string, quote: (value: string) => Sql): Sql =>
    isDefault(text) ? sql`DEFAULT` : quote(text);
  const name = (text: string): Sql => id(text);
  const options = [
    // Anybody but a superuser hands it over afterwards, in a transaction that can make them a member of the owner.
    ...(planned.owner && session.superuser ? [sql`OWNER ${id(planned.owner)}`] : []),
    sql`TEMPLATE ${orDefault(template ?? "template0", name)}`,
    sql`ENCODING ${orDefault(encoding ?? "UTF8", lit)}`,
    ...(collate ? [sql`LC_COLLATE ${orDefault(collate, lit)}`] : []),
    ...(ctype ? [sql`LC_CTYPE ${orDefault(ctype, lit)}`] : []),
    ...(tablespace ? [sql`TABLESPACE ${orDefault(tablespace, name)}`] : []),
    sql`ALLOW_CONNECTIONS ${lit(planned.allow_connections)}`,
    sql`CONNECTION LIMIT ${lit(planned.connection_limit)}`,
    sql`IS_TEMPLATE ${lit(planned.is_template ?? false)}`,
  ];
  return sql`CREATE DATABASE ${id(planned.name)} WITH ${list(options, " ")}`;
}

/** Gives the database that the user has just created to its owner; when that fails, it is dropped again. */
async function handOver(
  operation: CreateOperation<S, PostgresServer>,
  owner: string,
  template: string,
): Promise<void> {
  const { provider, planned, signal } = operation;
  const { name } = planned;
  const home = provider.settings.database;
  try {
    const session = await provider.session(home, signal);
    const give = (tx: Transaction) =>
      asMemberOf(tx, session, owner, () => tx.query(ownerStatement(name, owner)));
    await provider.transaction(home, give, signal);
  } catch (error) {
    await provider
      .execute(home, sql`DROP DATABASE ${id(name)}`, AbortSignal.timeout(CLEAN_UP_MS))
      .catch(() => operation.saveState(plannedState(planned, template)));
    throw error;
  }
}

/** The steps of an update: those that cannot be in a transaction, then all others at once. */
async function alterDatabase({
  provider,
  prior,
  planned,
  signal,
}: UpdateOperation<S, PostgresServer>): Promise<void> {
  const { name } = prior;
  const home = provider.settings.database;
  const tablespace = planned.tablespace_name !== prior.tablespace_name ? planned.tablespace_name : null;
  const renamed = planned.name !== name;
  if (tablespace || renamed) refuseHome(provider, name);
  let { owner } = prior;
  if (planned.alter_object_ownership && owner && planned.owner && planned.owner !== owner) {
    await reassignObjects(provider, name, owner, planned.owner, signal);
    // The database itself was among them.
    owner = planned.owner;
  }
  // Nobody may be connected while it is moved or renamed, and our own idle connections are somebody.
  if (tablespace || renamed) await provider.closeDatabase(name, signal);
  if (tablespace) {
    const giveBack = await takeDatabaseOver(provider, name, owner, signal);
    const move = sql`ALTER DATABASE ${id(name)} SET TABLESPACE ${id(tablespace)}`;
    await provider.execute(home, move, signal).finally(giveBack);
  }
  const options = changedOptions(prior, planned);
  const statements = [
    ...(options.length > 0 ? [sql`ALTER DATABASE ${id(name)} WITH ${list(options, " ")}`] : []),
    ...(renamed ? [sql`ALTER DATABASE ${id(name)} RENAME TO ${id(planned.name)}`] : []),
  ];
  const session = await provider.session(home, signal);
  const newOwner = planned.owner && planned.owner !== owner ? planned.owner : null;
  await provider.transaction(
    home,
    (tx) =>
      asMemberOf(tx, session, owner, async () => {
        for (const statement of statements) await tx.query(statement);
        if (newOwner) {
          await asMemberOf(tx, session, newOwner, () => tx.query(ownerStatement(planned.name, newOwner)));
        }
      }),
    signal,
  );
}

function changedOptions(prior: DatabaseState, planned: Planned<S>): Sql[] {
  return [
    ...(planned.allow_connections !== prior.allow_connections
      ? [sql`ALLOW_CONNECTIONS ${lit(planned.allow_connections)}`]
      : []),
    ...(planned.connection_limit !== prior.connection_limit
      ? [sql`CONNECTION LIMIT ${lit(planned.connection_limit)}`]
      : []),
    ...((planned.is_template ?? false) !== (prior.is_template ?? false)
      ? [sql`IS_TEMPLATE ${lit(planned.is_template ?? false)}`]
      : []),
  ];
}

/** A session cannot drop, move or rename the database that it is connected to. */
function refuseHome(server: PostgresServer, name: string): void {
  if (name !== server.settings.database) return;
  throw new DiagnosticError(
    "The provider is connected to this database",
    `The database ${JSON.stringify(name)} is the one that the provider connects to, which PostgreSQL can neither drop, rename nor move meanwhile. ` +
      'Set database in the provider block to another one, such as "postgres".',
  );
}

interface DatabaseRow {
  readonly name: string;
  readonly owner: string;
  readonly encoding: string;
  readonly lc_collate: string;
  readonly lc_ctype: string;
  readonly tablespace_name: string;
  readonly connection_limit: number;
  readonly allow_connections: boolean;
  readonly is_template: boolean;
}

async function findDatabase(
  server: PostgresServer,
  name: string,
  signal: AbortSignal,
): Promise<DatabaseRow | undefined> {
  const [row] = await server.select<DatabaseRow>(
    server.settings.database,
    sql`SELECT d.datname AS name, pg_catalog.pg_get_userbyid(d.datdba) AS owner,
               pg_catalog.pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS lc_collate,
               d.datctype AS lc_ctype, t.spcname AS tablespace_name, d.datconnlimit AS connection_limit,
               d.datallowconn AS allow_connections, d.datistemplate AS is_template
        FROM pg_catalog.pg_database d
        JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
        WHERE d.datname = ${lit(name)}`,
    signal,
  );
  return row;
}

function stateOf(
  row: DatabaseRow,
  known: Pick<DatabaseState, "template" | "alter_object_ownership">,
): DatabaseState {
  return { ...row, template: known.template, alter_object_ownership: known.alter_object_ownership };
}

/** What is known of a new database without asking. */
function plannedState(planned: Planned<S>, template: string): DatabaseState {
  return {
    ...planned,
    template,
    owner: planned.owner ?? null,
    encoding: planned.encoding ?? null,
    lc_collate: planned.lc_collate ?? null,
    lc_ctype: planned.lc_ctype ?? null,
    tablespace_name: planned.tablespace_name ?? null,
    is_template: planned.is_template ?? null,
  };
}

/** Terraform insists that what it has just applied is in the state as it is written. */
function defaultsAsWritten(planned: Planned<S>): Partial<DatabaseState> {
  const { encoding, lc_collate, lc_ctype, tablespace_name } = planned;
  return Object.fromEntries(
    Object.entries({ encoding, lc_collate, lc_ctype, tablespace_name }).filter(
      ([, value]) => typeof value === "string" && isDefault(value),
    ),
  );
}

async function currentState(
  { provider, planned, signal }: Pick<CreateOperation<S, PostgresServer>, "provider" | "planned" | "signal">,
  template: string | null,
): Promise<DatabaseState> {
  const row = await findDatabase(provider, planned.name, signal);
  if (row !== undefined) {
    return stateOf(row, { template, alter_object_ownership: planned.alter_object_ownership });
  }
  throw new DiagnosticError(
    "Database is gone",
    `The database ${JSON.stringify(planned.name)} was there a moment ago and is gone now: something else has dropped it.`,
  );
}
