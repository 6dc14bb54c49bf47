import { escapeConninfoValue } from "../facts/conninfo";

/** Where a PostgreSQL server listens and who may do everything there. Plain data: it survives JSON. */
export interface PostgresEndpoint {
  /** Address that the server listens on. */
  readonly host: string;
  readonly port: number;
  /** Major version, 10 to 18. */
  readonly major: number;
  /** The superuser's name. */
  readonly username: string;
  /** The superuser's password. */
  readonly password: string;
}

/**
 * The connection URL of a database, for psql, node-postgres and people.
 *
 * @param database - defaults to `postgres`.
 */
export function connectionUrl(endpoint: PostgresEndpoint, database = "postgres"): string {
  const { host, port, username, password } = endpoint;
  const credentials = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
  return `postgresql://${credentials}@${host}:${port}/${encodeURIComponent(database)}`;
}

/**
 * The connection string of a database in libpq's keyword form, as `CREATE SUBSCRIPTION … CONNECTION` takes it.
 *
 * @param database - defaults to `postgres`.
 */
export function conninfo(endpoint: PostgresEndpoint, database = "postgres"): string {
  const { host, port, username, password } = endpoint;
  return Object.entries({ host, port, user: username, password, dbname: database })
    .map(([keyword, value]) => `${keyword}='${escapeConninfoValue(String(value))}'`)
    .join(" ");
}
