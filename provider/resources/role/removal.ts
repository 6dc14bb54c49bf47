import { PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, lit, type Sql, sql } from "../../postgres/sql";
import type { Transaction } from "../../postgres/transaction";
import { asMemberOf } from "../shared/membership";
import { MAX_LISTED_NAMES } from "../shared/name-list";

interface RoleToRemove {
  readonly name: string;
  readonly skip_drop_role: boolean;
  readonly skip_reassign_owned: boolean;
}

/**
 * Gives what the role owns to the provider's user, revokes its privileges, and drops it. Both are done in every database
 * in which there is something to do, and last in the provider's, together with the drop: a role that cannot be dropped is
 * still there, and still in the state.
 */
export async function removeRole(
  server: PostgresServer,
  role: RoleToRemove,
  signal: AbortSignal,
): Promise<void> {
  const home = server.settings.database;
  const session = await server.session(home, signal);
  const databases = await dependentDatabases(server, role.name, signal);
  if (databases === null) return;
  try {
    const disowned = role.skip_reassign_owned ? [] : databases;
    for (const { name } of disowned) {
      if (name !== null && name !== home)
        await server.transaction(name, (tx) => disown(tx, session, role.name), signal);
    }
    await server.transaction(
      home,
      async (tx) => {
        // Objects that belong to no database, databases among them, can be given away in any.
        if (disowned.some(({ name }) => name === null || name === home)) await disown(tx, session, role.name);
        if (!role.skip_drop_role) await tx.query(sql`DROP ROLE IF EXISTS ${id(role.name)}`);
      },
      signal,
    );
  } catch (error) {
    if (!(error instanceof PostgresError) || error.kind === "cancelled") throw error;
    const remedy = await describeDependents(server, role, signal);
    throw remedy === null ? error : error.withRemedy(remedy);
  }
}

async function disown(tx: Transaction, session: SessionInfo, name: string): Promise<void> {
  await asMemberOf(tx, session, name, () =>
    tx.query(
      sql`REASSIGN OWNED BY ${id(name)} TO ${id(session.user)};
          DROP OWNED BY ${id(name)}`,
    ),
  );
}

interface DependentDatabase {
  /** Null stands for the objects that belong to the server and not to a database. */
  readonly name: string | null;
  readonly objects: number;
}

/** Where the role owns something or has privileges; null when there is no such role. */
async function dependentDatabases(
  server: PostgresServer,
  name: string,
  signal: AbortSignal,
): Promise<readonly DependentDatabase[] | null> {
  const [row] = await server.select<{ databases: readonly DependentDatabase[] }>(
    server.settings.database,
    sql`SELECT coalesce((SELECT json_agg(json_build_object('name', d.datname, 'objects', s.objects) ORDER BY d.datname)
                         FROM (SELECT dbid, count(*) AS objects FROM pg_catalog.pg_shdepend
                               WHERE ${dependsOn(sql`r.oid`)} GROUP BY dbid) s
                         LEFT JOIN pg_catalog.pg_database d ON d.oid = s.dbid), '[]') AS databases
        FROM pg_catalog.pg_roles r WHERE rolname = ${lit(name)}`,
    signal,
  );
  return row?.databases ?? null;
}

function dependsOn(role: Sql): Sql {
  return sql`refclassid = 'pg_catalog.pg_authid'::regclass AND refobjid = ${role}`;
}

/** Says what is in the way of the drop, database by database, and what to do; null when nothing is. */
async function describeDependents(
  server: PostgresServer,
  role: RoleToRemove,
  signal: AbortSignal,
): Promise<string | null> {
  const databases = await dependentDatabases(server, role.name, signal);
  if (databases === null || databases.length === 0) return null;
  const lines: string[] = [];
  for (const database of databases) lines.push(await describeDatabase(server, role.name, database, signal));
  const remedy = role.skip_reassign_owned
    ? "skip_reassign_owned is set, so they were left alone: set it to false, or give them away and revoke the privileges by hand."
    : "The provider's user must be able to connect to each of these databases, and to become a member of the role.";
  return `What depends on the role:\n${lines.join("\n")}\n${remedy}`;
}

async function describeDatabase(
  server: PostgresServer,
  role: string,
  { name, objects }: DependentDatabase,
  signal: AbortSignal,
): Promise<string> {
  const place = name === null ? "- on the server" : `- in database ${JSON.stringify(name)}`;
  const database = name ?? server.settings.database;
  const databaseOid =
    name === null ? lit(0) : sql`(SELECT oid FROM pg_catalog.pg_database WHERE datname = ${lit(name)})`;
  const query = sql`SELECT CASE deptype WHEN 'o' THEN 'owner of ' WHEN 'a' THEN 'privileges for ' ELSE 'target of ' END
                           || pg_catalog.pg_describe_object(classid, objid, objsubid) AS object
                    FROM pg_catalog.pg_shdepend
                    WHERE dbid = ${databaseOid}
                      AND ${dependsOn(sql`(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${lit(role)})`)}
                    ORDER BY 1 LIMIT ${lit(MAX_LISTED_NAMES)}`;
  try {
    const rows = await server.select<{ object: string }>(database, query, signal);
    const more = objects > rows.length ? `, and ${objects - rows.length} more` : "";
    return `${place}: ${rows.map(({ object }) => object).join(", ")}${more}`;
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    return `${place}: ${objects} objects, which cannot be looked at: ${error.message}`;
  }
}
