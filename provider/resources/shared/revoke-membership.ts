import type { SessionInfo } from "../../postgres/session";
import { id, lit, type Sql, sql } from "../../postgres/sql";
import type { Transaction } from "../../postgres/transaction";

/**
 * The condition for rows of pg_auth_members (`m`) that grant a membership. From PostgreSQL 16 on, each grantor has a row,
 * and the row for a role's creator grants only ADMIN OPTION.
 */
export function givesMembership({ version }: SessionInfo): Sql {
  return version.atLeast(16) ? sql`(m.inherit_option OR m.set_option)` : sql`true`;
}

/**
 * Revokes the membership of `member` in `granted`, or only its admin option, for every grantor. Does nothing without a
 * membership.
 */
export async function revokeMembership(
  tx: Transaction,
  session: SessionInfo,
  granted: string,
  member: string,
  what: "membership" | "admin option",
): Promise<void> {
  const condition = what === "membership" ? sql`true` : sql`m.admin_option`;
  const rows = await tx.query<{ grantor: string }>(
    sql`SELECT pg_catalog.pg_get_userbyid(m.grantor) AS grantor
        FROM pg_catalog.pg_auth_members m
        WHERE m.roleid = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${lit(granted)})
          AND m.member = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${lit(member)})
          AND ${givesMembership(session)} AND ${condition}`,
  );
  const revoke = what === "membership" ? sql`REVOKE` : sql`REVOKE ADMIN OPTION FOR`;
  for (const { grantor } of rows) {
    const by = session.version.atLeast(16) ? sql` GRANTED BY ${id(grantor)}` : sql``;
    await tx.query(sql`${revoke} ${id(granted)} FROM ${id(member)}${by}`);
  }
}
