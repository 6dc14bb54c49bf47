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
import { ownerStatement, reassignObjects, takeOwnership } from "../shared/database-owner";
import { define } from "../shared/define";
import { announcingRenames } from "../shared/renamed-database";
import { sameEncoding } from "./encoding";
import { identifierComplaint } from "../shared/identifier";
import { asMemberOf } from "../shared/membership";
import { askWhilePlanning, refuseExisting } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";

/** The time limit for cleaning up after a failure. The operation's own limit may have expired by then. */
const CLEAN_UP_MS = 10_000;

const schema = {
  description: "A database, created with `CREATE DATABASE`.",
  attributes: {
    name: required(string, {
      description:
        "Name of the database. Renamed in place, which PostgreSQL allows only while no other session is connected to the database: disable its subscriptions first. Resources whose `database` refers to the name are kept.",
      validate: identifierComplaint,
    }),
    owner: optionalComputed(string, {
      description: "Role that owns the database (default: the provider's user). Changed in place.",
      validate: identifierComplaint,
    }),
    template: optionalComputed(string, {
      description:
        "Database to copy (default: `template0`). It must have no sessions during the copy. Changing it replaces the database, except right after an import, because the server does not record the template.",
      validate: identifierComplaint,
    }),
    encoding: optionalComputed(string, {
      description:
        "Character set encoding, such as `UTF8`, or `DEFAULT` for the template's (default: `UTF8`).",
      requiresReplace: true,
      equivalent: (known, wanted) => isDefault(wanted) || sameEncoding(known, wanted),
    }),
    lc_collate: optionalComputed(string, {
      description:
        "Locale for the sort order, `LC_COLLATE`; `DEFAULT` for the template's (default: the template's).",
      requiresReplace: true,
      equivalent: (_, wanted) => isDefault(wanted),
    }),
    lc_ctype: optionalComputed(string, {
      description:
        "Locale for character classification, `LC_CTYPE`; `DEFAULT` for the template's (default: the template's).",
      requiresReplace: true,
      equivalent: (_, wanted) => isDefault(wanted),
    }),
    tablespace_name: optionalComputed(string, {
      description:
        "Tablespace of the database; `DEFAULT` for the template's (default: the template's). Changed in place: the server moves the files, and the database must have no other sessions meanwhile.",
      validate: identifierComplaint,
      equivalent: (_, wanted) => isDefault(wanted),
    }),
    connection_limit: defaulted(number, -1, {
      description:
        "Maximum number of concurrent connections; `-1` for no limit (default: `-1`). Changed in place.",
      validate: (limit) =>
        Number.isInteger(limit) && limit >= -1
          ? null
          : `is ${limit}. It must be a whole number, or -1 for no limit.`,
    }),
    allow_connections: defaulted(bool, true, {
      description: "Whether the database accepts connections (default: `true`). Changed in place.",
    }),
    is_template: optionalComputed(bool, {
      description:
        "Whether every role with CREATEDB can copy the database (default: `false`). Changed in place.",
    }),
    alter_object_ownership: defaulted(bool, false, {
      description:
        "Whether a change of `owner` also reassigns the former owner's objects in the database, with `REASSIGN OWNED` (default: `false`).",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type DatabaseState = State<S>;

const REMEDIES = {
  [SQLSTATE.DUPLICATE_DATABASE]:
    "Choose another name, or import the existing database with terraform import (the import ID is its name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "The user requires the CREATEDB attribute, and membership in the database's owner or the right to grant itself that membership.",
  [SQLSTATE.UNDEFINED_OBJECT]:
    "Correct the name of the role, the tablespace or the encoding, or create it first.",
  [SQLSTATE.INVALID_CATALOG_NAME]: "Create the named database first, or correct its name.",
  [SQLSTATE.INVALID_PARAMETER_VALUE]:
    'With template = "template0" (the default) you can use any encoding and locale that the server\'s operating system supports, as long as they match.',
  [SQLSTATE.WRONG_OBJECT_TYPE]:
    "Choose a locale that the server's operating system supports (locale -a lists them).",
  [SQLSTATE.OBJECT_IN_USE]:
    "End the sessions of the database (pg_stat_activity lists them), and apply again.",
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
    // An import cannot read the template, so a null template never replaces the database.
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
    // The template must have no sessions, including our own idle connections.
    await provider.closeDatabase(template, signal);
    await withRemedies(REMEDIES, () => provider.execute(home, createStatement(planned, session), signal));
    const { owner } = planned;
    if (owner && !session.superuser) {
      await withRemedies(REMEDIES, () => setOwner(operation, owner, template));
    }
    // The database exists now: a failure from here on must leave it in the state.
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
      // Each step is committed separately: save how far they got. The last step renames, so the prior name is still valid.
      const row = await findDatabase(provider, prior.name, signal).catch(() => undefined);
      if (row) operation.saveState(stateOf(row, prior));
      throw error;
    }
    return currentState(operation, planned.template ?? null);
  },

  delete: ({ provider, state, signal }) =>
    withRemedies(REMEDIES, async () => {
      refuseProviderDatabase(provider, state.name);
      await dropDatabase(provider, state.name, signal);
    }),

  importState: (name) => ({ name }),
});

export const database = announcingRenames(resource);

/** The value `DEFAULT` lets the server choose. The next refresh stores the value that it chose. */
function isDefault(text: string): boolean {
  return text.toUpperCase() === "DEFAULT";
}

function createStatement(planned: Planned<S>, session: SessionInfo): Sql {
  const { template, encoding, lc_collate: collate, lc_ctype: ctype, tablespace_name: tablespace } = planned;
  const orDefault = (text: string, quote: (value: string) => Sql): Sql =>
    isDefault(text) ? sql`DEFAULT` : quote(text);
  const name = (text: string): Sql => id(text);
  const options = [
    // Other users set the owner afterwards, in a transaction that grants them membership in the owner.
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

/** Sets the owner of the new database, and drops the database if that fails. */
async function setOwner(
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

/** Runs the statements that cannot be in a transaction, then all others in one transaction. */
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
  if (tablespace || renamed) refuseProviderDatabase(provider, name);
  let { owner } = prior;
  if (planned.alter_object_ownership && owner && planned.owner && planned.owner !== owner) {
    await reassignObjects(provider, name, owner, planned.owner, signal);
    // REASSIGN OWNED includes the database itself.
    owner = planned.owner;
  }
  // The database must have no sessions while it is moved or renamed, including our own idle connections.
  if (tablespace || renamed) await provider.closeDatabase(name, signal);
  if (tablespace) {
    const restoreOwner = await takeOwnership(provider, name, owner, signal);
    const move = sql`ALTER DATABASE ${id(name)} SET TABLESPACE ${id(tablespace)}`;
    await provider.execute(home, move, signal).finally(restoreOwner);
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
function refuseProviderDatabase(server: PostgresServer, name: string): void {
  if (name !== server.settings.database) return;
  throw new DiagnosticError(
    "Provider is connected to this database",
    `The provider connects to the database ${JSON.stringify(name)}. PostgreSQL cannot drop, rename or move a database with active sessions. ` +
      'Set database in the provider block to another database, such as "postgres".',
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

/** The state of a new database before it is read. */
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

/** Terraform requires that the state after apply has the values of the configuration. */
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
    "Database no longer exists",
    `The database ${JSON.stringify(planned.name)} existed a moment ago and no longer exists: another session dropped it. Apply again to create it.`,
  );
}
