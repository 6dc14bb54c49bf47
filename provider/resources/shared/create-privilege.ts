import type { SessionInfo } from "../../postgres/session";
import { sql } from "../../postgres/sql";
import type { Transaction } from "../../postgres/transaction";
import { asMemberOf } from "./membership";

/**
 * Does work that needs the CREATE privilege on the database. Who lacks it becomes a member of the database's owner, who
 * has it, as {@link asMemberOf} does.
 */
export async function withCreatePrivilege<T>(
  tx: Transaction,
  session: SessionInfo,
  work: () => Promise<T>,
): Promise<T> {
  if (session.superuser) return work();
  const [row] = await tx.query<{ owner: string; can_create: boolean }>(
    sql`SELECT pg_catalog.pg_get_userbyid(datdba) AS owner,
               pg_catalog.has_database_privilege(oid, 'CREATE') AS can_create
        FROM pg_catalog.pg_database
        WHERE datname = current_database()`,
  );
  return row === undefined || row.can_create ? work() : asMemberOf(tx, session, row.owner, work);
}
