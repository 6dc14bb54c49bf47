import type { PostgresServer } from "../../postgres/server";
import { id, lit, type Sql, sql } from "../../postgres/sql";
import { asMemberOf } from "./membership";

/** How long it may take to put something back after a failure, when the time for the rest may be over. */
const GIVE_BACK_MS = 10_000;

/**
 * Makes the user the owner of a database, for a statement that only the owner may run and that cannot be in a transaction,
 * where {@link asMemberOf} would do. Whoever has the owner's rights already keeps everything as it is.
 *
 * @param owner Who owns it now.
 * @returns What gives it back, for as long as the database exists.
 */
export async function takeDatabaseOver(
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
  // Nobody else becomes a member of a superuser: the statement itself says best what is missing.
  if (role === undefined || role.superuser || role.has) return nothing;
  const give = async (to: string, within: AbortSignal): Promise<void> => {
    const statement = ownerStatement(name, to);
    await server.transaction(home, (tx) => asMemberOf(tx, session, owner, () => tx.query(statement)), within);
  };
  await give(session.user, signal);
  return () => give(owner, AbortSignal.timeout(GIVE_BACK_MS));
}

/**
 * Gives a database, and everything in it that its owner has, to another role. REASSIGN OWNED would give it the other
 * databases and the tablespaces of the former owner as well; these are given back in the same transaction.
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

/** Gives a database to a role. */
export function ownerStatement(name: string, owner: string): Sql {
  return sql`ALTER DATABASE ${id(name)} OWNER TO ${id(owner)}`;
}
