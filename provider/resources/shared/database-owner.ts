import type { PostgresServer } from "../../postgres/server";
import { id, lit, type Sql, sql } from "../../postgres/sql";
import { asMemberOf } from "./membership";

/** The time limit for restoring the owner. The operation's own limit may have expired by then. */
const RESTORE_OWNER_MS = 10_000;

/**
 * Makes the user the owner of a database, for a statement that requires ownership and cannot run in a transaction. (In a
 * transaction, {@link asMemberOf} is enough.) Does nothing if the user already has the owner's privileges.
 *
 * @param owner The current owner.
 * @returns Restores the owner. The database must still exist.
 */
export async function takeOwnership(
  server: PostgresServer,
  name: string,
  owner: string | null,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const home = server.settings.database;
  const session = await server.session(home, signal);
  const nothing = () => Promise.resolve();
  if (owner === null || session.superuser || owner === session.user) return nothing;
  const [role] = await server.select<{ superuser: boolean; has: boolean }>(
    home,
    sql`SELECT rolsuper AS superuser, pg_catalog.pg_has_role(oid, 'USAGE') AS has
        FROM pg_catalog.pg_roles WHERE rolname = ${lit(owner)}`,
    signal,
  );
  // Only superusers can grant membership in a superuser: the error of the statement itself explains it best.
  if (role === undefined || role.superuser || role.has) return nothing;
  const setOwner = async (to: string, within: AbortSignal): Promise<void> => {
    const statement = ownerStatement(name, to);
    await server.transaction(home, (tx) => asMemberOf(tx, session, owner, () => tx.query(statement)), within);
  };
  await setOwner(session.user, signal);
  return () => setOwner(owner, AbortSignal.timeout(RESTORE_OWNER_MS));
}

/**
 * Changes the owner of a database and of the former owner's objects in it. REASSIGN OWNED also reassigns the former
 * owner's other databases and tablespaces; the same transaction restores their owner.
 */
export async function reassignObjects(
  server: PostgresServer,
  name: string,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const session = await server.session(name, signal);
  await server.transaction(
    name,
    (tx) =>
      asMemberOf(tx, session, [from, to], async () => {
        const others = await tx.query<{ name: string; is_database: boolean }>(
          sql`SELECT datname AS name, true AS is_database FROM pg_catalog.pg_database d
              JOIN pg_catalog.pg_roles r ON r.oid = d.datdba
              WHERE r.rolname = ${lit(from)} AND d.datname <> current_database()
              UNION ALL
              SELECT spcname, false FROM pg_catalog.pg_tablespace t
              JOIN pg_catalog.pg_roles r ON r.oid = t.spcowner
              WHERE r.rolname = ${lit(from)}`,
        );
        await tx.query(sql`REASSIGN OWNED BY ${id(from)} TO ${id(to)}`);
        for (const other of others) {
          await tx.query(
            other.is_database
              ? ownerStatement(other.name, from)
              : sql`ALTER TABLESPACE ${id(other.name)} OWNER TO ${id(from)}`,
          );
        }
      }),
    signal,
  );
}

/** The statement that sets the owner of a database. */
export function ownerStatement(name: string, owner: string): Sql {
  return sql`ALTER DATABASE ${id(name)} OWNER TO ${id(owner)}`;
}
