import { SSL_MODES, type SslMode } from "../../facts/sslmodes";
import type { Conninfo } from "./conninfo";
import type { ServerVersion } from "./server-version";
import type { SslSettings } from "./ssl";

/** Everything that is needed to connect to one PostgreSQL server. */
export interface ConnectionSettings {
  /** A host name, an IP address, or the directory of a Unix socket (it begins with "/"). */
  readonly host: string;
  readonly port: number;
  /** The database that is used where none is named. */
  readonly database: string;
  readonly username: string;
  /** A function is asked for every new connection, which is what a short-lived RDS token needs. */
  readonly password?: string | (() => Promise<string>);
  readonly ssl: SslSettings;
  /** How long one connection may take to come about, retries included, in seconds; 0 or less means no limit. */
  readonly connectTimeoutSeconds: number;
  /** How many connections may be open at a time, over all databases; 0 or less means no limit. */
  readonly maxConnections: number;
  /** Shown in pg_stat_activity and the server's log. */
  readonly applicationName: string;
  /** Taken for the server's version instead of asking it. */
  readonly expectedVersion?: ServerVersion;
  /**
   * Whether password hashes are read back where the user is a superuser and so can.
   * @default true
   */
  readonly readPasswordHashes?: boolean;
}

/** What a connection has when nothing else is said; the numbers are the upstream provider's. */
export const DEFAULT_CONNECTION_SETTINGS = {
  port: 5432,
  connectTimeoutSeconds: 180,
  maxConnections: 20,
  applicationName: "terraform-provider-postgresql",
} as const;

/**
 * Settings for the server that a libpq connection string names. What it leaves out is libpq's default, except that
 * there is no operating system user to fall back to, and that `localhost` stands for the default socket.
 *
 * @param password Used instead of the one in the string.
 * @throws RangeError when the string names no user, several hosts, a port that is none, or an unknown sslmode.
 */
export function settingsFromConninfo(conninfo: Conninfo, password?: string): ConnectionSettings {
  const get = (keyword: string): string | undefined => conninfo.get(keyword) || undefined;
  const host = get("host") ?? get("hostaddr") ?? "localhost";
  if (host.includes(",")) {
    throw new RangeError(`The connection string names several hosts (${host}). Name one.`);
  }
  const username = get("user");
  if (username === undefined) {
    throw new RangeError("The connection string names no user. Add user=….");
  }
  const secret = password ?? get("password");
  return {
    host,
    port: wholeNumber("port", get("port") ?? String(DEFAULT_CONNECTION_SETTINGS.port), 1, 65_535),
    database: get("dbname") ?? username,
    username,
    ...(secret === undefined ? {} : { password: secret }),
    ssl: sslFromConninfo(get),
    connectTimeoutSeconds: wholeNumber(
      "connect_timeout",
      get("connect_timeout") ?? String(DEFAULT_CONNECTION_SETTINGS.connectTimeoutSeconds),
      -1,
      2 ** 31 - 1,
    ),
    maxConnections: DEFAULT_CONNECTION_SETTINGS.maxConnections,
    applicationName: DEFAULT_CONNECTION_SETTINGS.applicationName,
  };
}

function sslFromConninfo(get: (keyword: string) => string | undefined): SslSettings {
  const mode = get("sslmode") ?? "prefer";
  const isMode = (text: string): text is SslMode => SSL_MODES.some((known) => known === text);
  if (!isMode(mode)) {
    throw new RangeError(
      `The connection string's sslmode is ${JSON.stringify(mode)}. It can be ${SSL_MODES.join(", ")}.`,
    );
  }
  const [rootCert, cert, key] = [get("sslrootcert"), get("sslcert"), get("sslkey")];
  return {
    mode,
    ...(rootCert === undefined ? {} : { rootCert }),
    ...(cert === undefined || key === undefined ? {} : { clientCert: { cert, key } }),
  };
}

function wholeNumber(keyword: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new RangeError(`The connection string's ${keyword} is not a whole number from ${min} to ${max}.`);
  }
  return number;
}
