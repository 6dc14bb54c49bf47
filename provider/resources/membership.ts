import type { SessionInfo } from "../postgres/session";
import { id, lit, sql } from "../postgres/sql";
import type { Transaction } from "../postgres/transaction";

/**
 * Does work that needs the privileges of another role: giving an object to it, or changing what it owns. A superuser
 * needs nothing; anybody else becomes a member for the length of the transaction, which nobody else ever sees. This is
 * what the administrators of managed servers (RDS, Aurora), who are no superusers, can do.
 */
export async function asMemberOf<T>(
  tx: Transaction,
  session: SessionInfo,
  role: string | null | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (!role || session.superuser || role === session.user) return work();
  const privilege = session.version.atLeast(16) ? "SET" : "MEMBER";
  const [row] = await tx.query<{ is_member: boolean }>(
    sql`SELECT pg_catalog.pg_has_role(oid, ${lit(privilege)}) AS is_member FROM pg_catalog.pg_roles WHERE rolname = ${lit(role)}`,
  );
  // A role that does not exist is for the statement itself to complain about.
  if (row === undefined || row.is_member) return work();
  await tx.query(sql`GRANT ${id(role)} TO ${id(session.user)}`);
  const result = await work();
  await tx.query(sql`REVOKE ${id(role)} FROM ${id(session.user)}`);
  return result;
}
