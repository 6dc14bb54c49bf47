import type { CreateOperation } from "../../framework/resource";
import { defaulted, optional, optionalComputed, required, type Schema } from "../../framework/schema";
import { bool, mapOf, string } from "../../framework/value-type";
import type { State } from "../../framework/values";
import { joinName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, lit, type Sql, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";
import {
  databaseAttribute,
  databaseObjectLabel,
  databaseOf,
  nullWithoutDatabase,
  planDatabase,
} from "../shared/database-object";
import { define } from "../shared/define";
import { parseDottedImportId } from "../shared/dotted-import-id";
import {
  alterOptions,
  createOptions,
  INVALID_OPTION_NAME,
  optionsComplaint,
  parseForeignOptions,
} from "../shared/foreign-options";
import { identifierComplaint } from "../shared/identifier";
import { asMemberOf } from "../shared/membership";
import { askWhilePlanning, refuseExisting } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";

const schema = {
  description:
    "Foreign server: the remote end that foreign tables and user mappings of a foreign-data wrapper refer to. Put credentials into a `postgresql_user_mapping`. The import ID is `server_name`, or `database.server_name` for another database than the provider's; put a name with a dot in double quotes.",
  attributes: {
    server_name: required(string, {
      description: "Name of the foreign server. Renamed in place.",
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    fdw_name: required(string, {
      description: "Name of the foreign-data wrapper, such as `postgres_fdw`.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    server_type: optional(string, {
      emptyIsUnset: true,
      description: "Type of the server. Only some foreign-data wrappers use it.",
      requiresReplace: true,
    }),
    server_version: optional(string, {
      emptyIsUnset: true,
      description: "Version of the server. Only some foreign-data wrappers use it. Changed in place.",
    }),
    server_owner: optionalComputed(string, {
      description:
        "Role that owns the foreign server. Default: the provider's user. Changed in place. The role needs the `USAGE` privilege on the foreign-data wrapper.",
      validate: identifierComplaint,
    }),
    options: optional(mapOf(string), {
      emptyIsUnset: true,
      description:
        "Options of the server, such as `host` and `dbname`. The foreign-data wrapper defines their names and checks them. Changed in place; options that are not listed are removed.",
      validate: optionsComplaint,
    }),
    drop_cascade: defaulted(bool, false, {
      description:
        "Whether destroy also drops the user mappings and foreign tables of the server. Default: `false`, which fails while any exist.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type ServerState = State<S>;

const REMEDIES = {
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Choose another name, or take the existing server over with terraform import (the import ID is its name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    'Creating or owning a server requires the USAGE privilege on the foreign-data wrapper (postgresql_grant with object_type = "foreign_data_wrapper"). Changing one requires membership of its owner.',
  [SQLSTATE.UNDEFINED_OBJECT]:
    "Create the foreign-data wrapper first, for instance with postgresql_extension, or correct the name of the wrapper or the role.",
  [SQLSTATE.DEPENDENT_OBJECTS_STILL_EXIST]:
    "Drop the listed objects, or let destroy drop them: set drop_cascade = true, apply, and destroy again.",
  [INVALID_OPTION_NAME]: "Correct options: the foreign-data wrapper defines which options a server has.",
};

export const server = define({
  typeName: "postgresql_server",
  displayName: "foreign server",
  schema,
  identify: ({ server_name: name }) => name,
  describe: describeServer,

  async modifyPlan(operation) {
    planDatabase(operation);
    const { provider, plan, prior, diagnostics, signal } = operation;
    const { server_name: name, database } = plan;
    if (provider === null || prior !== null || name === undefined || typeof database !== "string") return;
    const label = describeServer(plan);
    const found = await askWhilePlanning(diagnostics, label, () =>
      provider.select(database, serverQuery(name), signal),
    );
    if (found === undefined || found.length === 0) return;
    refuseExisting(operation, label, name, joinName([database, name]), "server_name");
  },

  create(operation) {
    const { planned } = operation;
    const { server_name: name, server_type: type, server_version: version, server_owner: owner } = planned;
    const typeClause = type ? sql` TYPE ${lit(type)}` : sql``;
    const versionClause = version ? sql` VERSION ${lit(version)}` : sql``;
    return change(operation, async (tx, session) => {
      await tx.query(
        sql`CREATE SERVER ${id(name)}${typeClause}${versionClause} FOREIGN DATA WRAPPER ${id(planned.fdw_name)}${createOptions(planned.options ?? {})}`,
      );
      if (owner && owner !== session.user) await setOwner(tx, session, name, session.user, owner);
    });
  },

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const database = databaseOf(state, provider);
      const [row] = await provider.select<ServerRow>(database, serverQuery(state.server_name), signal);
      return row === undefined ? null : stateOf(row, database, state);
    }),

  update(operation) {
    const { prior, planned } = operation;
    const { server_name: name } = prior;
    return change(operation, async (tx, session) => {
      const [row] = await tx.query<ServerRow>(serverQuery(name));
      const owner = row?.owner ?? session.user;
      const version = versionChange(prior.server_version, planned.server_version);
      const options = alterOptions(parseForeignOptions(row?.options ?? null), planned.options ?? {});
      if (version.text + options.text !== "") {
        const alter = sql`ALTER SERVER ${id(name)}${version}${options}`;
        await asMemberOf(tx, session, owner, () => tx.query(alter));
      }
      if (planned.server_owner && planned.server_owner !== owner) {
        await setOwner(tx, session, name, owner, planned.server_owner);
      }
      if (planned.server_name !== name) {
        const rename = sql`ALTER SERVER ${id(name)} RENAME TO ${id(planned.server_name)}`;
        await asMemberOf(tx, session, planned.server_owner, () => tx.query(rename));
      }
    });
  },

  async delete({ provider, state, signal }) {
    const database = databaseOf(state, provider);
    const behavior = state.drop_cascade ? sql`CASCADE` : sql`RESTRICT`;
    const drop = sql`DROP SERVER IF EXISTS ${id(state.server_name)} ${behavior}`;
    await nullWithoutDatabase(async () => {
      const session = await provider.session(database, signal);
      const work = (tx: Transaction) => asMemberOf(tx, session, state.server_owner, () => tx.query(drop));
      return withRemedies(REMEDIES, () => provider.transaction(database, work, signal));
    });
  },

  importState: (importId) => parseDottedImportId(importId, ["server_name"]),
});

function describeServer(values: {
  readonly server_name: string | undefined;
  readonly database: string | null | undefined;
}): string {
  return databaseObjectLabel("foreign server", { name: values.server_name, database: values.database });
}

function versionChange(before: string | null, after: string | null): Sql {
  if ((before ?? "") === (after ?? "")) return sql``;
  return after ? sql` VERSION ${lit(after)}` : sql` VERSION NULL`;
}

/** Requires the rights of both owners. */
async function setOwner(
  tx: Transaction,
  session: SessionInfo,
  name: string,
  from: string,
  to: string,
): Promise<void> {
  const alter = sql`ALTER SERVER ${id(name)} OWNER TO ${id(to)}`;
  await asMemberOf(tx, session, [from, to], () => tx.query(alter));
}

/** Creates or alters the server, and reads it back before the commit. */
async function change(
  { provider, planned, signal }: CreateOperation<S, PostgresServer>,
  work: (tx: Transaction, session: SessionInfo) => Promise<void>,
): Promise<ServerState> {
  const database = databaseOf(planned, provider);
  const session = await provider.session(database, signal);
  const changeAndRead = async (tx: Transaction): Promise<ServerState> => {
    await work(tx, session);
    const [row] = await tx.query<ServerRow>(serverQuery(planned.server_name));
    if (row === undefined) throw new Error("the foreign server cannot be found right after it was changed");
    return stateOf(row, database, planned);
  };
  return withRemedies(REMEDIES, () => provider.transaction(database, changeAndRead, signal));
}

interface ServerRow {
  readonly name: string;
  readonly wrapper: string;
  readonly type: string | null;
  readonly version: string | null;
  readonly owner: string;
  readonly options: readonly string[] | null;
}

function serverQuery(name: string): Sql {
  return sql`SELECT s.srvname AS name, w.fdwname AS wrapper, s.srvtype AS type, s.srvversion AS version,
                    pg_catalog.pg_get_userbyid(s.srvowner) AS owner, s.srvoptions AS options
             FROM pg_catalog.pg_foreign_server s
             JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
             WHERE s.srvname = ${lit(name)}`;
}

function stateOf(row: ServerRow, database: string, known: Pick<ServerState, "drop_cascade">): ServerState {
  const options = parseForeignOptions(row.options);
  return {
    server_name: row.name,
    database,
    fdw_name: row.wrapper,
    server_type: row.type,
    server_version: row.version,
    server_owner: row.owner,
    options: Object.keys(options).length > 0 ? options : null,
    drop_cascade: known.drop_cascade,
  };
}
