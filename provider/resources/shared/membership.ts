import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, list, lit, type Sql, sql, textArray } from "../../postgres/sql";
import type { Transaction } from "../../postgres/transaction";

const RESTORE_PATIENCE_MS = 30_000;

/**
 * Does work that needs the privileges of other roles: giving an object to one, or changing what it owns. A superuser
 * needs nothing; anybody else becomes a member for the length of the transaction, which nobody else ever sees. This is
 * what the administrators of managed servers (RDS, Aurora), who are no superusers, can do.
 *
 * Where the user may not become a member, the work is done all the same: it may not need it, or has the better error.
 */
export async function asMemberOf<T>(
  tx: Transaction,
  session: SessionInfo,
  roles: string | null | undefined | readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const others = [roles ?? []].flat().filter((role) => role !== session.user);
  if (session.superuser || others.length === 0) return work();
  const lacking = await tx.query<Lacking>(lackingQuery(others, session));
  if (lacking.length === 0) return work();
  await tx.query(
    list(
      lacking.map((role) => grant(role.name, session, true, true)),
      ";\n",
    ),
  );
  const result = await work();
  await tx.query(
    list(
      lacking.map((role) => restore(role, session)),
      ";\n",
    ),
  );
  return result;
}

/**
 * Like {@link asMemberOf}, for statements that may not run in a transaction block: the membership is committed before
 * the work and revoked after it, whether or not the work succeeds.
 */
export async function whileMemberOf<T>(
  server: PostgresServer,
  database: string,
  role: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const session = await server.session(database, signal);
  if (session.superuser || role === session.user) return work();
  const lacking = await server.select<Lacking>(database, lackingQuery([role], session), signal);
  if (lacking.length === 0) return work();
  for (const { name } of lacking) await server.execute(database, grant(name, session, true, true), signal);
  try {
    return await work();
  } finally {
    // The work's own signal may have been aborted.
    const patience = AbortSignal.timeout(RESTORE_PATIENCE_MS);
    for (const each of lacking) await server.execute(database, restore(each, session), patience);
  }
}

/** A role that the user can become a member of, and is not, or not in every respect. */
interface Lacking {
  readonly name: string;
  /** From PostgreSQL 16 on, the membership that the user gave itself earlier; null when there is none. */
  readonly inherit: boolean | null;
  readonly set: boolean | null;
}

function lackingQuery(roles: readonly string[], { version }: SessionInfo): Sql {
  const me = sql`(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)`;
  // Membership cannot go in circles; a superuser's can be given by superusers only.
  const possible = sql`rolname = ANY (${textArray(roles)}) AND NOT rolsuper AND NOT pg_catalog.pg_has_role(r.oid, ${me}, 'MEMBER')`;
  return version.atLeast(16)
    ? sql`SELECT rolname AS name, m.inherit_option AS inherit, m.set_option AS set
          FROM pg_catalog.pg_roles r
          LEFT JOIN pg_catalog.pg_auth_members m ON m.roleid = r.oid AND m.member = ${me} AND m.grantor = ${me}
          WHERE ${possible} AND pg_catalog.pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')
            AND NOT (pg_catalog.pg_has_role(r.oid, 'SET') AND pg_catalog.pg_has_role(r.oid, 'USAGE'))
          ORDER BY r.oid`
    : sql`SELECT rolname AS name, NULL::bool AS inherit, NULL::bool AS set
          FROM pg_catalog.pg_roles r
          WHERE ${possible} AND NOT pg_catalog.pg_has_role(r.oid, 'MEMBER')
            AND (pg_catalog.pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')
                 OR (SELECT rolcreaterole FROM pg_catalog.pg_roles WHERE oid = ${me}))
          ORDER BY r.oid`;
}

function grant(role: string, { user, version }: SessionInfo, inherit: boolean, set: boolean): Sql {
  const options = version.atLeast(16) ? sql` WITH INHERIT ${lit(inherit)}, SET ${lit(set)}` : sql``;
  return sql`GRANT ${id(role)} TO ${id(user)}${options}`;
}

function restore({ name, inherit, set }: Lacking, session: SessionInfo): Sql {
  return inherit === null || set === null
    ? sql`REVOKE ${id(name)} FROM ${id(session.user)}`
    : grant(name, session, inherit, set);
}
