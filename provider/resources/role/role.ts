import type { CreateOperation } from "../../framework/resource";
import {
  defaulted,
  optional,
  optionalComputed,
  required,
  type Schema,
  writeOnly,
} from "../../framework/schema";
import { bool, listOf, number, setOf, string } from "../../framework/value-type";
import type { Config, Planned, State } from "../../framework/values";
import { hashPassword, type PasswordEncryption, passwordMatches } from "../../postgres/password";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";
import { changeInTransaction } from "../shared/change-in-transaction";
import { define } from "../shared/define";
import { identifierComplaint, identifiersComplaint } from "../shared/identifier";
import { askWhilePlanning, refuseExisting } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";
import { givesMembership, revokeMembership } from "../shared/revoke-membership";
import { changedOptions, changedSettings, FOREVER, FRESH, type RoleFlag } from "./attributes";
import { removeRole } from "./removal";
import { RoleSettings } from "./settings";

const schema = {
  description:
    "A role: a user or a group. Every attribute is changed in place. Attributes that only a superuser may set (`superuser`, `replication`, `bypass_row_level_security`) are sent only when they differ from the current value, so the provider also works as a managed server's administrator.",
  attributes: {
    name: required(string, {
      description: "Name of the role. Renamed in place.",
      validate: identifierComplaint,
    }),
    password: optional(string, {
      emptyIsUnset: true,
      description:
        "Password of the role, or its hash in PostgreSQL's format (`SCRAM-SHA-256$…`, `md5…`) (default: no password). The provider hashes the password before sending it, so the server's log never contains it. The state does contain it: prefer `password_wo`. If the provider's user is a superuser, the plan detects a password that was changed outside of Terraform.",
      sensitive: true,
      conflictsWith: ["password_wo", "password_wo_version"],
    }),
    password_wo: writeOnly(string, {
      description:
        "Password of the role, or its hash in PostgreSQL's format. Not stored in the state or in a plan. The provider hashes it before sending it. Requires Terraform 1.11 or later.",
      requiredWith: ["password_wo_version"],
      validate: (password) =>
        password === "" ? "is empty. PostgreSQL does not allow empty passwords." : null,
    }),
    password_wo_version: optional(string, {
      description: "Arbitrary version string. Change it to set `password_wo` again.",
      requiredWith: ["password_wo"],
    }),
    encrypted: optional(string, {
      description: "No effect. Accepted for compatibility.",
      deprecated: "passwords are always stored as hashes. Remove it.",
    }),
    encrypted_password: defaulted(bool, true, {
      description:
        "Whether passwords are stored as hashes, which is always the case (default: `true`). Accepted for compatibility; `false` is an error.",
      validate: (on) =>
        on ? null : "is false, but PostgreSQL 10 and later store passwords only as hashes. Remove it.",
    }),
    roles: optionalComputed(setOf(string), {
      emptyIsUnset: true,
      description:
        "Roles that this role is a member of. An empty set revokes all memberships. Without this attribute, the provider does not manage memberships, so that `postgresql_grant_role` can grant them. If you remove the attribute, the next apply revokes the memberships; right after an import or a migration, set `roles = []` instead. Changed in place.",
      validate: identifiersComplaint,
    }),
    search_path: optional(listOf(string), {
      emptyIsUnset: true,
      description:
        "Schemas that the role's sessions search for unqualified names, in this order (default: the setting of the server or the database). `\"$user\"` is the schema with the user's name.",
      // PostgreSQL writes an empty path as an empty name.
      validate: (names) => identifiersComplaint(names.filter((name) => name !== "")),
    }),
    valid_until: defaulted(string, FOREVER, {
      description:
        "When the password expires, as a PostgreSQL timestamp such as `2030-01-01T00:00:00Z`, or `infinity` (default: `infinity`). Without a time zone, the server's time zone applies.",
    }),
    connection_limit: defaulted(number, -1, {
      description: "Maximum number of concurrent sessions of the role; `-1` for no limit (default: `-1`).",
      validate: (limit) => wholeNumberComplaint(limit, -1),
    }),
    superuser: defaulted(bool, false, { description: "Whether the role is a superuser (default: `false`)." }),
    create_database: defaulted(bool, false, {
      description: "Whether the role may create databases (default: `false`).",
    }),
    create_role: defaulted(bool, false, {
      description: "Whether the role may create, alter and drop roles (default: `false`).",
    }),
    inherit: defaulted(bool, true, {
      description:
        "Whether the role inherits the privileges of the roles that it is a member of (default: `true`).",
    }),
    login: defaulted(bool, false, { description: "Whether the role may log in (default: `false`)." }),
    replication: defaulted(bool, false, {
      description:
        'Whether the role may start replication, which the user of a subscription\'s `conninfo` requires (default: `false`). On RDS and Aurora, use `roles = ["rds_replication"]` instead.',
    }),
    bypass_row_level_security: defaulted(bool, false, {
      description: "Whether the role bypasses row-level security (default: `false`).",
    }),
    idle_in_transaction_session_timeout: optional(number, {
      emptyIsUnset: true,
      description:
        "Milliseconds after which the server ends a session that is idle in a transaction; `0` for never (default: the setting of the server or the database).",
      validate: (milliseconds) => wholeNumberComplaint(milliseconds, 0),
    }),
    statement_timeout: optional(number, {
      emptyIsUnset: true,
      description:
        "Milliseconds after which the server cancels a statement; `0` for never (default: the setting of the server or the database).",
      validate: (milliseconds) => wholeNumberComplaint(milliseconds, 0),
    }),
    assume_role: optional(string, {
      emptyIsUnset: true,
      description: "Role that the role's sessions switch to when they start (`SET ROLE`).",
      validate: (name) => (name === "" ? null : identifierComplaint(name)),
    }),
    skip_drop_role: defaulted(bool, false, {
      description: "Whether destroy keeps the role on the server (default: `false`).",
    }),
    skip_reassign_owned: defaulted(bool, false, {
      description:
        "Whether destroy skips `REASSIGN OWNED` and `DROP OWNED` (default: `false`). With `false`, destroy gives the role's objects in every database to the provider's user and revokes the role's privileges. PostgreSQL does not drop a role that owns objects or has privileges.",
    }),
  },
  blocks: {},
} satisfies Schema;

/** The attributes for which 0 is a value and not the absence of one. */
const TIMEOUTS = ["statement_timeout", "idle_in_transaction_session_timeout"] as const;

type S = typeof schema;
type RoleState = State<S>;

const REMEDIES = {
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Choose another name, or import the existing role with terraform import (the import ID is its name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "The user requires CREATEROLE and, from PostgreSQL 16 on, ADMIN OPTION on the roles that it alters or grants. It can grant only attributes that it has itself (SUPERUSER, REPLICATION, BYPASSRLS, CREATEDB). " +
    'RDS and Aurora do not allow REPLICATION: use roles = ["rds_replication"].',
  [SQLSTATE.UNDEFINED_OBJECT]: "Create the role in roles or assume_role first, or correct its name.",
  [SQLSTATE.INVALID_DATETIME_FORMAT]: 'Write valid_until as "2030-01-01T00:00:00Z", or "infinity".',
  [SQLSTATE.DATETIME_FIELD_OVERFLOW]: 'Write valid_until as "2030-01-01T00:00:00Z", or "infinity".',
  [SQLSTATE.RESERVED_NAME]: "PostgreSQL reserves this name. Choose another name.",
};

export const role = define({
  typeName: "postgresql_role",
  displayName: "role",
  schema,
  identify: (values) => values.name,
  describe: roleLabel,

  async modifyPlan(operation) {
    const { provider, plan, prior, config, diagnostics, signal } = operation;
    const { name, valid_until: validUntil } = plan;
    // Removing the attribute revokes the memberships that it granted. Other memberships stay.
    if (prior?.roles?.length && config.roles === null && operation.wasConfigured("roles")) {
      operation.set("roles", []);
    }
    if (provider === null || name === undefined) return;
    const isNew = name !== prior?.name;
    const isOtherTime = validUntil !== undefined && validUntil !== prior?.valid_until;
    const zeros = TIMEOUTS.filter((timeout) => config[timeout] === null && prior?.[timeout] === 0);
    if (!isNew && !isOtherTime && zeros.length === 0) return;
    const names = { wanted: name, current: prior?.name ?? name };
    const times = { wanted: validUntil ?? FOREVER, current: prior?.valid_until ?? FOREVER };
    const found = await askWhilePlanning(diagnostics, roleLabel(plan), () =>
      withRemedies(REMEDIES, () => findWhilePlanning(provider, names, times, signal)),
    );
    if (found === undefined) return;
    if (found.same_time && prior !== null) operation.set("valid_until", prior.valid_until);
    // In a migrated state, 0 can mean that the role has no setting. If the role has one, removing the attribute resets it.
    const settings = new RoleSettings(found.rolconfig ?? []);
    for (const timeout of zeros) {
      if (settings.text(timeout) !== null) operation.set(timeout, null);
    }
    if (isNew && found.exists) refuseExisting(operation, roleLabel(plan), name);
  },

  create: (operation) =>
    changeRole(operation, async (tx, session, verifier) => {
      const { planned } = operation;
      const options = changedOptions(FRESH, planned);
      if (verifier !== null) options.push(sql`PASSWORD ${lit(verifier)}`);
      await tx.query(
        list(
          [
            sql`CREATE ROLE ${id(planned.name)}${options.length > 0 ? sql` ${list(options, " ")}` : sql``}`,
            ...changedSettings(FRESH, planned),
          ],
          ";\n",
        ),
      );
      await changeMemberships(tx, session, planned.name, [], planned.roles ?? []);
    }),

  async read({ provider, state, signal }) {
    const [row] = await provider.select<RoleRow>(
      provider.settings.database,
      (session) => roleQuery(state, session, provider.settings.readPasswordHashes !== false),
      signal,
    );
    return row === undefined ? null : stateOf(row, state);
  },

  update: (operation) =>
    changeRole(operation, async (tx, session, verifier) => {
      const { prior, planned } = operation;
      const { name } = planned;
      const options = changedOptions(prior, planned);
      if (isPasswordChanged(operation)) options.push(sql`PASSWORD ${lit(verifier)}`);
      const statements = [
        ...(name !== prior.name ? [sql`ALTER ROLE ${id(prior.name)} RENAME TO ${id(name)}`] : []),
        ...(options.length > 0 ? [sql`ALTER ROLE ${id(name)} ${list(options, " ")}`] : []),
        ...changedSettings(prior, planned),
      ];
      if (statements.length > 0) await tx.query(list(statements, ";\n"));
      if (planned.roles) await changeMemberships(tx, session, name, prior.roles ?? [], planned.roles);
    }),

  delete: ({ provider, state, signal }) => removeRole(provider, state, signal),

  importState: (name) => ({ name }),
});

function roleLabel(values: { readonly name: string | undefined }): string {
  return values.name === undefined ? "role" : `role ${JSON.stringify(values.name)}`;
}

function wholeNumberComplaint(value: number, least: number): string | null {
  return Number.isInteger(value) && value >= least && value < 2 ** 31
    ? null
    : `is ${value}. It must be a whole number from ${least} to ${2 ** 31 - 1}.`;
}

interface Findings {
  readonly exists: boolean;
  readonly same_time: boolean;
  readonly rolconfig: readonly string[] | null;
}

/** The planned and the prior value of an attribute. */
interface Change {
  readonly wanted: string;
  readonly current: string;
}

async function findWhilePlanning(
  server: PostgresServer,
  names: Change,
  times: Change,
  signal: AbortSignal,
): Promise<Findings | undefined> {
  const role = (name: string): Sql => sql`FROM pg_catalog.pg_roles WHERE rolname = ${lit(name)}`;
  const query = sql`SELECT EXISTS (SELECT ${role(names.wanted)}) AS "exists",
                           ${timestamp(times.wanted)} = ${timestamp(times.current)} AS same_time,
                           (SELECT rolconfig ${role(names.current)}) AS rolconfig`;
  const [row] = await server.select<Findings>(server.settings.database, query, signal);
  return row;
}

function timestamp(text: string | null): Sql {
  return sql`${lit(text || FOREVER)}::timestamptz`;
}

function changeRole(
  { provider: server, planned, config, signal }: CreateOperation<S, PostgresServer>,
  change: (tx: Transaction, session: SessionInfo, verifier: string | null) => Promise<unknown>,
): Promise<RoleState> {
  return changeInTransaction({
    ...{ server, database: server.settings.database, signal },
    remedies: REMEDIES,
    displayName: "role",
    change: async (tx, session) => change(tx, session, await verifierOf(tx, planned, config)),
    read: async (tx, session) => {
      const [row] = await tx.query<RoleRow>(roleQuery(planned, session, false));
      // Another session may grant or revoke memberships that are not planned: the next refresh reads them.
      return row && { ...(await stateOf(row, planned)), roles: planned.roles ?? row.roles };
    },
  });
}

/** The password hash for the server to store; null for no password. */
async function verifierOf(
  tx: Transaction,
  { name }: Planned<S>,
  { password, password_wo: secret }: Config<S>,
): Promise<string | null> {
  const wanted = secret ?? passwordOf(password);
  if (wanted === null) return null;
  const [encryption] = await tx.query<PasswordEncryption>(
    sql`SELECT CASE pg_catalog.current_setting('password_encryption')
                 WHEN 'scram-sha-256' THEN 'scram-sha-256' ELSE 'md5' END AS method,
               coalesce(pg_catalog.current_setting('scram_iterations', true)::int4, 4096) AS iterations`,
  );
  if (encryption === undefined) throw new Error("the server did not return password_encryption");
  return hashPassword(wanted, name, encryption);
}

/** Upstream takes NULL, in whatever case, for no password. */
function passwordOf(password: string | null): string | null {
  return password === null || password === "" || password.toUpperCase() === "NULL" ? null : password;
}

/** An md5 hash has the role's name in it, and PostgreSQL drops it when the role is renamed. */
function isPasswordChanged({
  prior,
  planned,
  config,
}: {
  readonly prior: RoleState;
  readonly planned: Planned<S>;
  readonly config: Config<S>;
}): boolean {
  const hasOne = config.password_wo !== null || passwordOf(config.password) !== null;
  return (
    passwordOf(planned.password) !== passwordOf(prior.password) ||
    planned.password_wo_version !== prior.password_wo_version ||
    (hasOne && planned.name !== prior.name)
  );
}

async function changeMemberships(
  tx: Transaction,
  session: SessionInfo,
  name: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const added = after.filter((other) => !before.includes(other)).sort();
  const removed = before.filter((other) => !after.includes(other)).sort();
  if (added.length > 0) await tx.query(sql`GRANT ${list(added.map((other) => id(other)))} TO ${id(name)}`);
  for (const other of removed) await revokeMembership(tx, session, other, name, "membership");
}

interface RoleRow extends Readonly<Record<RoleFlag, boolean>> {
  readonly name: string;
  readonly connection_limit: number;
  readonly rolconfig: readonly string[] | null;
  readonly valid_until: string;
  /** Whether that is what is in the state already, in other words. */
  readonly same_time: boolean;
  readonly roles: readonly string[];
  readonly password_hash: string | null;
  readonly password_is_read: boolean;
}

/** What the server does not tell. Right after an import, all of it but the name is null. */
type Known = Omit<RoleState, "roles">;

function roleQuery(known: Known, session: SessionInfo, mayReadHash: boolean): Sql {
  const readsHash = mayReadHash && session.superuser && passwordOf(known.password) !== null;
  const hash = readsHash
    ? sql`(SELECT rolpassword FROM pg_catalog.pg_authid a WHERE a.oid = r.oid)`
    : sql`NULL::text`;
  return sql`SELECT rolname AS name, rolsuper AS superuser, rolcreatedb AS create_database, rolcreaterole AS create_role,
                    rolinherit AS inherit, rolcanlogin AS login, rolreplication AS replication,
                    rolbypassrls AS bypass_row_level_security, rolconnlimit AS connection_limit, rolconfig,
                    CASE WHEN isfinite(rolvaliduntil)
                         THEN replace(to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', '')
                         ELSE coalesce(rolvaliduntil::text, ${lit(FOREVER)}) END AS valid_until,
                    coalesce(rolvaliduntil, ${timestamp(FOREVER)}) = ${timestamp(known.valid_until)} AS same_time,
                    ARRAY(SELECT DISTINCT pg_catalog.pg_get_userbyid(m.roleid) FROM pg_catalog.pg_auth_members m
                          WHERE m.member = r.oid AND ${givesMembership(session)}) AS roles,
                    ${hash} AS password_hash, ${lit(readsHash)} AS password_is_read
             FROM pg_catalog.pg_roles r
             WHERE rolname = ${lit(known.name)}`;
}

async function stateOf(row: RoleRow, before: Known): Promise<RoleState> {
  const settings = new RoleSettings(row.rolconfig ?? []);
  const isOtherPassword =
    before.password !== null &&
    row.password_is_read &&
    !(await passwordMatches(before.password, row.name, row.password_hash ?? ""));
  return {
    name: row.name,
    password: isOtherPassword ? null : before.password,
    password_wo_version: before.password_wo_version,
    encrypted: before.encrypted,
    encrypted_password: before.encrypted_password,
    roles: row.roles,
    search_path: settings.names("search_path"),
    valid_until: row.same_time ? before.valid_until : row.valid_until,
    connection_limit: row.connection_limit,
    superuser: row.superuser,
    create_database: row.create_database,
    create_role: row.create_role,
    inherit: row.inherit,
    login: row.login,
    replication: row.replication,
    bypass_row_level_security: row.bypass_row_level_security,
    idle_in_transaction_session_timeout: settings.milliseconds("idle_in_transaction_session_timeout"),
    statement_timeout: settings.milliseconds("statement_timeout"),
    assume_role: settings.text("role"),
    skip_drop_role: before.skip_drop_role,
    skip_reassign_owned: before.skip_reassign_owned,
  };
}
