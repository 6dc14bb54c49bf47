import { escapeIdentifier, escapeLiteral, type Client } from "pg";

/** The master user, as the API was told of it. */
export interface MasterUser {
  readonly username: string;
  readonly password: string;
}

/**
 * Makes the roles that every new RDS or Aurora server has, and its master user, who is no superuser but a member of
 * `rds_superuser`, and owns the databases.
 *
 * Before PostgreSQL 16 it takes a superuser to create a subscription, and Aurora has its own way around that; there is
 * none in PostgreSQL, so on those majors the master user here is a superuser. On all majors it takes one to create an event
 * trigger, which `rds_superuser` may on RDS, and PostgreSQL has no role to grant for that: here the master user can on
 * those majors, and not from 16 on.
 *
 * @param client - connected as the superuser.
 * @param database - one to create besides `postgres`.
 */
export async function createRdsRoles(
  client: Client,
  major: number,
  master: MasterUser,
  database: string | undefined,
): Promise<void> {
  const user = escapeIdentifier(master.username);
  const powers = ["pg_monitor", "pg_signal_backend", "rds_replication", "rds_password"];
  if (major >= 15) {
    powers.push("pg_checkpoint");
  }
  if (major >= 16) {
    powers.push("pg_create_subscription", "pg_use_reserved_connections");
  }

  for (const role of ["rds_superuser", "rds_replication", "rds_password", "rds_iam"]) {
    await client.query(`CREATE ROLE ${role}`);
  }
  await client.query(`GRANT ${powers.join(", ")} TO rds_superuser WITH ADMIN OPTION`);
  await client.query(`CREATE ROLE ${user} LOGIN CREATEDB CREATEROLE ${major < 16 ? "SUPERUSER" : ""}`);
  await client.query(`GRANT rds_superuser TO ${user} WITH ADMIN OPTION`);
  if (major >= 16) {
    // To hand it on, not to have it: its members sign in by IAM only.
    await client.query(`GRANT rds_iam TO ${user} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
  }
  await setPassword(client, master);
  for (const name of ["postgres", "template1"]) {
    await client.query(`ALTER DATABASE ${name} OWNER TO ${user}`);
  }
  if (database !== undefined && database !== "postgres") {
    await client.query(`CREATE DATABASE ${escapeIdentifier(database)} OWNER ${user}`);
  }
}

/** @param client - connected as the superuser. */
export async function setPassword(client: Client, { username, password }: MasterUser): Promise<void> {
  await client.query(`ALTER ROLE ${escapeIdentifier(username)} PASSWORD ${escapeLiteral(password)}`);
}
