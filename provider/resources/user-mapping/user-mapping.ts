import type { Diagnostics } from "../../framework/diagnostics";
import type { CreateOperation } from "../../framework/resource";
import { optional, required, type Schema, writeOnly } from "../../framework/schema";
import { mapOf, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";
import { joinName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, lit, type Sql, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";
import { databaseAttribute, databaseOf, nullWithoutDatabase, planDatabase } from "../shared/database-object";
import { define } from "../shared/define";
import { parseDottedImportId } from "../shared/dotted-import-id";
import {
  createOptions,
  type ForeignOptions,
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
    "User mapping: the credentials with which a local role connects to a foreign server. PostgreSQL shows the options of a mapping only to superusers, to the mapped role, and to the server's owner for the mapping of `PUBLIC`; as another user, the provider reports no drift in them. " +
    "The import ID is `user_name.server_name`, or `database.user_name.server_name` for another database than the provider's; put a name with a dot in double quotes. An import does not read the password, so the next apply writes it.",
  attributes: {
    user_name: required(string, {
      description:
        "Local role that the mapping is for. `PUBLIC` (or `public`) is the mapping for all roles without one; `CURRENT_USER`, `CURRENT_ROLE` and `USER` are the provider's user.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    server_name: required(string, {
      description: "Name of the foreign server.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    options: optional(mapOf(string), {
      emptyIsUnset: true,
      sensitive: true,
      description:
        "Options of the mapping, such as `user`. The foreign-data wrapper defines their names and checks them. Changed in place; options that are not listed are removed. A `password` in here is stored in the state: prefer `password_wo`.",
      validate: optionsComplaint,
    }),
    password_wo: writeOnly(string, {
      description:
        "Value of the option `password`. Never stored in the state or in a plan. Requires Terraform 1.11 or later.",
      requiredWith: ["password_wo_version"],
      validate: (password) =>
        password === "" ? "is empty. Remove it, or give the mapping a password." : null,
    }),
    password_wo_version: optional(string, {
      description: "An arbitrary version string. Change it to write a new `password_wo`.",
      requiredWith: ["password_wo"],
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type MappingState = State<S>;

/** The option that `password_wo` sets. */
const PASSWORD = "password";

const REMEDIES = {
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Take the existing mapping over with terraform import (the import ID is user_name.server_name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "Connect as the owner of the foreign server or as a member of it. For its own mapping, a role needs only the USAGE privilege on the server.",
  [SQLSTATE.UNDEFINED_OBJECT]: "Create the foreign server and the role first, or correct their names.",
  [INVALID_OPTION_NAME]:
    "Correct options: the foreign-data wrapper defines which options a user mapping has.",
};

export const userMapping = define({
  typeName: "postgresql_user_mapping",
  displayName: "user mapping",
  schema,
  identify: ({ user_name: user, server_name: server }) =>
    user === undefined || server === undefined ? undefined : `${user}.${server}`,
  describe: describeMapping,
  validate: validateMapping,

  async modifyPlan(operation) {
    planDatabase(operation);
    const { provider, plan, prior, diagnostics, signal } = operation;
    const { user_name: user, server_name: server, database } = plan;
    if (provider === null || prior !== null || typeof database !== "string") return;
    if (user === undefined || server === undefined) return;
    const label = describeMapping(plan);
    const found = await askWhilePlanning(diagnostics, label, () =>
      provider.select(database, (session) => mappingQuery(user, server, session), signal),
    );
    if (found === undefined || found.length === 0) return;
    refuseExisting(operation, label, `${user}.${server}`, joinName([database, user, server]), "user_name");
  },

  create: (operation) => write(operation, false),

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const database = databaseOf(state, provider);
      const query = (session: SessionInfo) => mappingQuery(state.user_name, state.server_name, session);
      const [row] = await provider.select<MappingRow>(database, query, signal);
      return row === undefined ? null : stateOf(row, database, state);
    }),

  update: (operation) => write(operation, true),

  async delete({ provider, state, signal }) {
    const database = databaseOf(state, provider);
    await nullWithoutDatabase(async () => {
      const session = await provider.session(database, signal);
      const work = async (tx: Transaction) => {
        const [row] = await tx.query<MappingRow>(mappingQuery(state.user_name, state.server_name, session));
        if (row === undefined) return;
        await asMemberOf(tx, session, row.server_owner, () => tx.query(dropStatement(state, session)));
      };
      await withRemedies(REMEDIES, () => provider.transaction(database, work, signal));
      return null;
    });
  },

  importState: (importId) => parseDottedImportId(importId, ["user_name", "server_name"]),
});

function describeMapping({ user_name: user, server_name: server, database }: View<S>): string {
  if (user === undefined || server === undefined) return "user mapping";
  const where = typeof database === "string" ? ` in database ${JSON.stringify(database)}` : "";
  return `user mapping of role ${JSON.stringify(user)} for foreign server ${JSON.stringify(server)}${where}`;
}

function validateMapping({ options, password_wo: password }: View<S>, diagnostics: Diagnostics): void {
  if (password === null || !options || !Object.hasOwn(options, PASSWORD)) return;
  diagnostics.error(
    "Conflicting passwords",
    "Both options and password_wo set the password of the mapping. Remove password from options.",
    ["options"],
  );
}

/**
 * Creates the mapping, or replaces it in one transaction: the present options may be hidden from the user, and ALTER USER
 * MAPPING must know which of them exist. Nothing in the database depends on a mapping.
 */
async function write(
  { provider, planned, config, signal }: CreateOperation<S, PostgresServer>,
  exists: boolean,
): Promise<MappingState> {
  const database = databaseOf(planned, provider);
  const session = await provider.session(database, signal);
  const { user_name: user, server_name: server } = planned;
  const secret: ForeignOptions = config.password_wo === null ? {} : { [PASSWORD]: config.password_wo };
  const options = createOptions({ ...planned.options, ...secret });
  const work = async (tx: Transaction): Promise<MappingState> => {
    const [owner] = await tx.query<{ name: string }>(
      sql`SELECT pg_catalog.pg_get_userbyid(srvowner) AS name FROM pg_catalog.pg_foreign_server WHERE srvname = ${lit(server)}`,
    );
    await asMemberOf(tx, session, owner?.name, async () => {
      if (exists) await tx.query(dropStatement(planned, session));
      await tx.query(sql`CREATE USER MAPPING FOR ${roleOf(user, session)} SERVER ${id(server)}${options}`);
    });
    const [row] = await tx.query<MappingRow>(mappingQuery(user, server, session));
    if (row === undefined) throw new Error("the user mapping cannot be found right after it was written");
    return stateOf(row, database, planned);
  };
  return withRemedies(REMEDIES, () => provider.transaction(database, work, signal));
}

function dropStatement(
  { user_name: user, server_name: server }: { readonly user_name: string; readonly server_name: string },
  session: SessionInfo,
): Sql {
  return sql`DROP USER MAPPING IF EXISTS FOR ${roleOf(user, session)} SERVER ${id(server)}`;
}

/** The name of the mapped role; null for PUBLIC. */
function roleName(user: string, session: SessionInfo): string | null {
  if (user === "PUBLIC" || user === "public") return null;
  return ["CURRENT_USER", "CURRENT_ROLE", "USER"].includes(user) ? session.user : user;
}

function roleOf(user: string, session: SessionInfo): Sql {
  const name = roleName(user, session);
  return name === null ? sql`PUBLIC` : id(name);
}

interface MappingRow {
  readonly server_owner: string;
  readonly options: readonly string[] | null;
  /** Whether PostgreSQL shows the options to the provider's user. */
  readonly is_readable: boolean;
}

/** @see https://www.postgresql.org/docs/current/view-pg-user-mappings.html */
function mappingQuery(user: string, server: string, session: SessionInfo): Sql {
  const name = roleName(user, session);
  const ofUser = name === null ? sql`m.umuser = 0` : sql`m.umuser <> 0 AND m.usename = ${lit(name)}`;
  const isOwner = sql`pg_catalog.pg_has_role(s.srvowner, 'USAGE')`;
  const mayUse = sql`pg_catalog.has_server_privilege(s.oid, 'USAGE')`;
  return sql`SELECT pg_catalog.pg_get_userbyid(s.srvowner) AS server_owner, m.umoptions AS options,
                    ${lit(session.superuser)}
                    OR CASE WHEN m.umuser = 0 THEN ${isOwner}
                            ELSE m.usename = current_user AND (${isOwner} OR ${mayUse}) END AS is_readable
             FROM pg_catalog.pg_user_mappings m
             JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid
             WHERE s.srvname = ${lit(server)} AND ${ofUser}`;
}

function stateOf(
  { options: entries, is_readable: isReadable }: MappingRow,
  database: string,
  known: Omit<MappingState, "database">,
): MappingState {
  const { user_name: user, server_name: server, password_wo_version: version } = known;
  const { [PASSWORD]: password, ...others } = parseForeignOptions(entries);
  // A password enters the state only if the configuration has put one into options.
  const isKept = password !== undefined && known.options?.[PASSWORD] !== undefined;
  const found = isKept ? { ...others, [PASSWORD]: password } : others;
  const present = Object.keys(found).length > 0 ? found : null;
  return {
    user_name: user,
    server_name: server,
    database,
    options: isReadable ? present : known.options,
    password_wo_version: version,
  };
}
