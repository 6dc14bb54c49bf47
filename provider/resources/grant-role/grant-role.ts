import type { CreateOperation } from "../../framework/resource";
import { defaulted, required, type Schema } from "../../framework/schema";
import { bool, string } from "../../framework/value-type";
import type { State } from "../../framework/values";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, lit, type Sql, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";
import { changeInTransaction } from "../shared/change-in-transaction";
import { define } from "../shared/define";
import { identifierComplaint } from "../shared/identifier";
import { parseJsonImportId } from "../shared/json-import-id";
import { withRemedies } from "../shared/remedies";
import { givesMembership, revokeMembership } from "../shared/revoke-membership";

const schema = {
  description:
    'A role membership: `role` becomes a member of `grant_role` and can use its privileges. An existing membership is adopted. The import ID is a JSON object: `{"role": "…", "grant_role": "…"}`.',
  attributes: {
    role: required(string, {
      description: "Name of the member role.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    grant_role: required(string, {
      description: "Name of the role to grant.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    with_admin_option: defaulted(bool, false, {
      description: "Whether the member may grant the role to others (default: `false`). Changed in place.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type GrantRoleState = State<S>;

const REMEDIES = {
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "The user requires ADMIN OPTION on the granted role (before PostgreSQL 16, CREATEROLE is enough). Only a superuser can grant a superuser role. On RDS and Aurora, connect as the master user.",
  [SQLSTATE.UNDEFINED_OBJECT]: "Create the role first, or correct its name.",
  [SQLSTATE.DEPENDENT_OBJECTS_STILL_EXIST]:
    "The member has granted the role to others. Revoke those memberships first.",
};

export const grantRole = define({
  typeName: "postgresql_grant_role",
  displayName: "role membership",
  schema,
  identify: ({ role, grant_role: granted, with_admin_option: admin }) =>
    role === undefined || granted === undefined || admin === undefined
      ? undefined
      : `${role}_${granted}_${admin ?? false}`,
  describe: ({ role, grant_role: granted }) =>
    role === undefined || granted === undefined
      ? "role membership"
      : `membership of role ${JSON.stringify(role)} in role ${JSON.stringify(granted)}`,

  create: grantMembership,

  async read({ provider, state, signal }) {
    const [row] = await provider.select<GrantRoleState>(
      provider.settings.database,
      (session) => membershipQuery(state, session),
      signal,
    );
    return row ?? null;
  },

  update: grantMembership,

  async delete({ provider, state, signal }) {
    const { database } = provider.settings;
    const session = await provider.session(database, signal);
    const revoke = (tx: Transaction): Promise<void> =>
      revokeMembership(tx, session, state.grant_role, state.role, "membership");
    await withRemedies(REMEDIES, () => provider.transaction(database, revoke, signal));
  },

  importState: (importId) =>
    parseJsonImportId(importId, {
      required: ["role", "grant_role"],
      optional: [],
      lists: [],
      example: '{"role": "app", "grant_role": "readers"}',
    }),
});

/** Grants or alters the membership, whether or not it exists. */
function grantMembership({
  provider: server,
  planned,
  signal,
}: CreateOperation<S, PostgresServer>): Promise<GrantRoleState> {
  const { role, grant_role: granted, with_admin_option: admin } = planned;
  return changeInTransaction({
    ...{ server, database: server.settings.database, signal },
    remedies: REMEDIES,
    displayName: "role membership",
    change: async (tx, session) => {
      const option = admin ? sql` WITH ADMIN OPTION` : sql``;
      await tx.query(sql`GRANT ${id(granted)} TO ${id(role)}${option}`);
      if (!admin) await revokeMembership(tx, session, granted, role, "admin option");
    },
    read: async (tx, session) => {
      const [row] = await tx.query<GrantRoleState>(membershipQuery(planned, session));
      return row;
    },
  });
}

/** Returns one row, or none without a membership. From PostgreSQL 16 on, several grantors can grant the same one. */
function membershipQuery(
  names: { readonly role: string; readonly grant_role: string },
  session: SessionInfo,
): Sql {
  return sql`SELECT r.rolname AS role, g.rolname AS grant_role, bool_or(m.admin_option) AS with_admin_option
             FROM pg_catalog.pg_auth_members m
             JOIN pg_catalog.pg_roles r ON r.oid = m.member
             JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
             WHERE r.rolname = ${lit(names.role)} AND g.rolname = ${lit(names.grant_role)}
               AND ${givesMembership(session)}
             GROUP BY r.rolname, g.rolname`;
}
