import { setTimeout } from "node:timers/promises";
import type { PostgresEndpoint } from "../postgres-endpoint";
import { asSuperuser } from "./superuser";

/*
 * On RDS a member of rds_replication may replicate. PostgreSQL looks at nothing but the role's own attribute
 * REPLICATION, and a GRANT of a role fires no trigger. So a session of rdsadmin watches the memberships, gives the
 * attribute to whoever becomes a member and takes it back from whoever is one no longer; and pg_roles is replaced by a
 * view that does not show what was given in this way, so that, as on RDS, a role's attribute is what the role was
 * created with.
 *
 * Which roles have it by membership has to be known in every database. Only a catalog that all databases share can
 * tell: they are marked by a comment on the membership, of a kind that COMMENT ON cannot make and nobody lists.
 */
const marks = `SELECT objoid FROM pg_catalog.pg_shdescription
     WHERE classoid = 'pg_catalog.pg_auth_members'::pg_catalog.regclass`;

const rolesView = `CREATE OR REPLACE VIEW pg_catalog.pg_roles AS
  SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
         rolreplication AND pg_authid.oid NOT IN (${marks}) AS rolreplication,
         rolconnlimit, '********'::text AS rolpassword, rolvaliduntil, rolbypassrls,
         setconfig AS rolconfig, pg_authid.oid
    FROM pg_catalog.pg_authid LEFT JOIN pg_catalog.pg_db_role_setting s
         ON pg_authid.oid = setrole AND setdatabase = 0`;

/** Members, direct or not; PostgreSQL counts every superuser as a member of everything. */
const members = `SELECT oid FROM pg_authid
     WHERE NOT rolsuper AND rolname <> 'rds_replication' AND pg_has_role(oid, 'rds_replication', 'MEMBER')`;

/**
 * Looks so many times, in the server: a look there costs next to nothing, so one every 10 ms is possible, and who
 * connects after a GRANT finds it done. The lock lets an ALTER ROLE of somebody else's wait, which would fail otherwise
 * ("tuple concurrently updated").
 */
const watch = (looks: number) => `DO $$
BEGIN
  FOR look IN 1..${looks} LOOP
    IF EXISTS (SELECT FROM pg_authid WHERE NOT rolreplication AND oid IN (${members}))
      OR EXISTS (SELECT FROM (${marks}) mark WHERE objoid NOT IN (${members}))
    THEN
      LOCK TABLE pg_authid IN SHARE ROW EXCLUSIVE MODE;
      INSERT INTO pg_shdescription
        SELECT oid, 'pg_auth_members'::regclass, 'may replicate, being a member of rds_replication'
          FROM pg_authid WHERE NOT rolreplication AND oid IN (${members}) AND oid NOT IN (${marks});
      UPDATE pg_authid SET rolreplication = true WHERE NOT rolreplication AND oid IN (${members});
      UPDATE pg_authid SET rolreplication = false WHERE oid IN (${marks}) AND oid NOT IN (${members});
      DELETE FROM pg_shdescription
       WHERE classoid = 'pg_auth_members'::regclass AND objoid NOT IN (${members});
      EXIT;
    END IF;
    PERFORM pg_sleep(0.01);
  END LOOP;
END $$`;

/**
 * Replaces pg_roles in every database there is and in the templates of those to come.
 *
 * @param server - with `allow_system_table_mods = on`.
 */
export async function hideReplicationByMembership(server: PostgresEndpoint): Promise<void> {
  await asSuperuser(server, "postgres", async (client) => {
    await client.query("ALTER DATABASE template0 ALLOW_CONNECTIONS true");
    for (const database of ["postgres", "template0", "template1"]) {
      await asSuperuser(server, database, (other) => other.query(rolesView));
    }
    await client.query("ALTER DATABASE template0 ALLOW_CONNECTIONS false");
  });
}

/**
 * Lets members of `rds_replication` replicate, from now on until the server goes down.
 *
 * @returns what to call before the server goes down on purpose: there will be nothing to reconnect to.
 */
export async function watchReplicationRights(server: PostgresEndpoint): Promise<() => void> {
  let watching = true;
  const keepWatching = async () => {
    while (watching) {
      // Whoever terminates connections may hit ours.
      await asSuperuser(server, "postgres", async (client) => {
        while (watching) {
          await client.query(watch(100));
        }
      }).catch(() => setTimeout(50));
    }
  };
  await asSuperuser(server, "postgres", (client) => client.query(watch(1)));
  void keepWatching();
  return () => {
    watching = false;
  };
}
