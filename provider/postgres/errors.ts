import { SQLSTATE } from "./sqlstate";

/** What kind of failure it was; resources treat `server` by its SQLSTATE. */
export type PostgresErrorKind =
  /** No answer from that host and port. */
  | "unreachable"
  /** The server does not accept this user or password. */
  | "authentication"
  /** TLS could not be agreed on, or the server's certificate is not trusted. */
  | "tls"
  /** The database does not exist. */
  | "database_missing"
  /** The caller's signal ended it. */
  | "cancelled"
  /** The caller's signal ended it because time was up, or the connection took too long to come about. */
  | "timeout"
  /** Any other error that the server reported. */
  | "server";

/** Who talked to whom when it failed. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
}

/** The parts of a {@link PostgresError}. */
export interface PostgresErrorFields {
  readonly kind: PostgresErrorKind;
  /** What failed, in the server's words when it was the server. */
  readonly message: string;
  readonly address: ServerAddress;
  readonly sqlState?: string | undefined;
  /** The server's DETAIL. */
  readonly detail?: string | undefined;
  /** The server's HINT. */
  readonly hint?: string | undefined;
  /** What to do about it, as a sentence. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** A failure to connect to a PostgreSQL server, or an error that it reported. No password is ever in it. */
export class PostgresError extends Error {
  override readonly name = "PostgresError";
  readonly kind: PostgresErrorKind;
  readonly address: ServerAddress;
  readonly sqlState: string | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly remedy: string | undefined;

  constructor(fields: PostgresErrorFields) {
    super(fields.message, { cause: fields.cause });
    this.kind = fields.kind;
    this.address = fields.address;
    this.sqlState = fields.sqlState;
    this.detail = fields.detail;
    this.hint = fields.hint;
    this.remedy = fields.remedy;
  }

  /** The same error with what to do about it, as only the caller can know. */
  withRemedy(remedy: string): PostgresError {
    return this.#with({ remedy });
  }

  /** The same error for a caller of another database, where it is about the whole server. */
  inDatabase(database: string): PostgresError {
    return this.#with({ address: { ...this.address, database } });
  }

  #with(changes: Partial<PostgresErrorFields>): PostgresError {
    const { kind, message, address, remedy, cause, sqlState, detail, hint } = this;
    return new PostgresError({ kind, message, address, remedy, cause, sqlState, detail, hint, ...changes });
  }

  /** Everything a user needs, over several lines: the detail of a diagnostic. */
  describe(): string {
    const { host, port, database, username } = this.address;
    return [
      this.sqlState === undefined ? this.message : `${this.message} (SQLSTATE ${this.sqlState})`,
      ...(this.detail === undefined ? [] : [`DETAIL: ${this.detail}`]),
      ...(this.hint === undefined ? [] : [`HINT: ${this.hint}`]),
      `Server: ${formatHostPort(host, port)}, database ${JSON.stringify(database)}, user ${JSON.stringify(username)}.`,
      ...(this.remedy === undefined ? [] : ["", this.remedy]),
    ].join("\n");
  }
}

/**
 * Makes a {@link PostgresError} of whatever a connection attempt or a statement threw; one that is it already is
 * returned as it is.
 *
 * @param signal The caller's signal: when it was aborted, and the error is what an abort looks like, the kind is
 *   `cancelled` or `timeout`.
 */
export function toPostgresError(error: unknown, address: ServerAddress, signal?: AbortSignal): PostgresError {
  if (error instanceof PostgresError) {
    return error;
  }
  const report = serverReport(error);
  if (signal?.aborted && (report === undefined || report.sqlState === SQLSTATE.QUERY_CANCELED)) {
    return abortedError(address, signal);
  }
  return report === undefined
    ? connectionError(error, address)
    : new PostgresError({ ...judge(report.sqlState, address), ...report, address });
}

/** Whether the server could not be asked at all, as opposed to an error that it reported or a caller's cancellation. */
export function isUnavailable(error: unknown): error is PostgresError {
  return error instanceof PostgresError && error.kind !== "server" && error.kind !== "cancelled";
}

/** The error for work that the caller's signal ended. */
export function abortedError(address: ServerAddress, signal: AbortSignal): PostgresError {
  return field(signal.reason, "name") === "TimeoutError"
    ? new PostgresError({
        kind: "timeout",
        message: "The operation did not end in the time allowed, and the provider cancelled it.",
        remedy:
          "Set a longer time limit in the timeouts block, or find out in pg_stat_activity what it waits for.",
        address,
      })
    : new PostgresError({ kind: "cancelled", message: "The operation was cancelled.", address });
}

/** The error for a connection that did not come about in the time allowed. */
export function connectTimeoutError(
  address: ServerAddress,
  seconds: number,
  lastError?: PostgresError,
): PostgresError {
  return new PostgresError({
    kind: "timeout",
    message:
      lastError === undefined
        ? `No answer within ${seconds} s (connect_timeout).`
        : `No connection within ${seconds} s (connect_timeout). The last attempt failed with: ${lastError.message}`,
    remedy:
      lastError?.remedy ??
      "A firewall or security group that drops packets looks like this. Check that this machine may reach the host on that port.",
    address,
    cause: lastError,
    sqlState: lastError?.sqlState,
    detail: lastError?.detail,
    hint: lastError?.hint,
  });
}

/** The error for a server that answered before, and has stopped. */
export function silentServerError(address: ServerAddress, seconds: number): PostgresError {
  return new PostgresError({
    kind: "unreachable",
    message: `The server has stopped answering: a statement got no answer, and neither did a new connection within ${seconds} s.`,
    remedy:
      "Check that the server is up and not overloaded, and that this machine can still reach it. Then run this again.",
    address,
  });
}

interface ServerReport {
  readonly message: string;
  readonly sqlState: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
}

/** node-postgres's DatabaseError is recognized by its fields: importing the class would load the package. */
function serverReport(error: unknown): ServerReport | undefined {
  const sqlState = field(error, "code");
  return field(error, "severity") === undefined || sqlState === undefined
    ? undefined
    : { message: messageOf(error), sqlState, detail: field(error, "detail"), hint: field(error, "hint") };
}

function judge(
  sqlState: string,
  { database, username }: ServerAddress,
): { kind: PostgresErrorKind; remedy?: string } {
  const [user, name] = [JSON.stringify(username), JSON.stringify(database)];
  switch (sqlState) {
    case SQLSTATE.INVALID_PASSWORD:
      return {
        kind: "authentication",
        remedy: `Check the username and password: the server does not accept this password for ${user}.`,
      };
    case SQLSTATE.INVALID_AUTHORIZATION_SPECIFICATION:
      return {
        kind: "authentication",
        remedy: `Check that the role ${user} exists and may log in, and that pg_hba.conf (on RDS: rds.force_ssl, and rds_iam) lets it connect to ${name} from this machine with this sslmode.`,
      };
    case SQLSTATE.INVALID_CATALOG_NAME:
      return { kind: "database_missing", remedy: `Create the database ${name}, or name another one.` };
    case SQLSTATE.TOO_MANY_CONNECTIONS:
      return {
        kind: "server",
        remedy: "Lower max_connections in the provider block, or raise max_connections on the server.",
      };
    case SQLSTATE.CANNOT_CONNECT_NOW:
      return { kind: "server", remedy: "Wait until the server is up, and run this again." };
    case SQLSTATE.ADMIN_SHUTDOWN:
    case SQLSTATE.CRASH_SHUTDOWN:
      return {
        kind: "server",
        remedy: "The server ended the session: it was restarted, or an administrator did it. Run this again.",
      };
    case SQLSTATE.INSUFFICIENT_PRIVILEGE:
      return {
        kind: "server",
        remedy: `Grant ${user} the privilege that the server asks for, or connect as a role that has it.`,
      };
    case SQLSTATE.READ_ONLY_SQL_TRANSACTION:
      return {
        kind: "server",
        remedy:
          "The server is a standby or reader, or default_transaction_read_only is on. Connect to the writer.",
      };
    case SQLSTATE.QUERY_CANCELED:
      return {
        kind: "server",
        remedy:
          "The server cancelled the statement: statement_timeout, or an administrator. Raise statement_timeout for the role.",
      };
    case SQLSTATE.LOCK_NOT_AVAILABLE:
      return {
        kind: "server",
        remedy: "Another session holds the lock: find it in pg_locks, or raise lock_timeout for the role.",
      };
    default:
      return { kind: "server" };
  }
}

function connectionError(error: unknown, address: ServerAddress): PostgresError {
  const { host, port } = address;
  const where = formatHostPort(host, port);
  const code = field(error, "code");
  const message = messageOf(error);
  const make = (kind: PostgresErrorKind, problem: string, remedy: string) =>
    new PostgresError({ kind, message: problem, remedy, address, cause: error });
  switch (code) {
    case "ECONNREFUSED":
      return make(
        "unreachable",
        `${where} refuses connections.`,
        "Check the host and port, and that the server is running and listens on that address.",
      );
    case "ENOENT":
      return make(
        "unreachable",
        `There is no Unix socket for port ${port} in ${host}.`,
        "Check the socket directory and the port, and that the server is running.",
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return make(
        "unreachable",
        `The host name ${JSON.stringify(host)} cannot be resolved (${code}).`,
        "Check the host for a typing error, and that this machine's DNS knows it (a private endpoint is known only inside its network).",
      );
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return make(
        "unreachable",
        `${where} cannot be reached (${code}).`,
        "Check routes, firewalls and security groups between this machine and the server.",
      );
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return make(
        "tls",
        `The server's certificate is not for the host name ${JSON.stringify(host)}.`,
        'Connect by a name that the certificate holds, or set sslmode = "verify-ca" to check only who issued it.',
      );
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return make(
        "tls",
        `The server's certificate is not valid at this time (${code}).`,
        "Renew the server's certificate, and check both machines' clocks.",
      );
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "CERT_SIGNATURE_FAILURE":
      return make(
        "tls",
        `The server's certificate is not issued by an authority that is trusted here (${code}).`,
        'Set sslrootcert to the file of the authority\'s certificate (for RDS: the global bundle, global-bundle.pem), or sslmode = "require" to encrypt without checking.',
      );
    default:
      break;
  }
  if (message === NO_TLS) {
    return make(
      "tls",
      "The server does not speak TLS.",
      'Turn ssl on at the server, or set sslmode = "disable" to connect without encryption.',
    );
  }
  if (code !== undefined && /^(EPROTO$|ERR_SSL_|ERR_OSSL_|ERR_TLS_)/.test(code)) {
    return make(
      "tls",
      `TLS could not be agreed on: ${message}`,
      "Check sslmode, sslrootcert and clientcert, and the TLS versions that the server accepts.",
    );
  }
  if (isBrokenConnection(error)) {
    return make(
      "unreachable",
      `The connection to ${where} broke: ${message}.`,
      "The server was restarted, or something on the way (a proxy, a firewall) closed the connection. Run this again.",
    );
  }
  if (message === TLS_ANSWER_UNKNOWN) {
    return make(
      "tls",
      `${where} answered the request for TLS with neither yes nor no.`,
      "Check the port: whatever listens there may not be PostgreSQL.",
    );
  }
  return make(
    "unreachable",
    `The conversation with ${where} failed: ${message}`,
    "Check the host and port: whatever listens there may not be PostgreSQL.",
  );
}

/** node-postgres's words for a server that answers "no" to the question for TLS. */
const NO_TLS = "The server does not support SSL connections";
/** … and for one that answers with anything but yes or no. */
const TLS_ANSWER_UNKNOWN = "There was an error establishing an SSL connection";

/** The SQLSTATEs with which a server ends a session. */
const SESSION_ENDED: ReadonlySet<string | undefined> = new Set([
  SQLSTATE.ADMIN_SHUTDOWN,
  SQLSTATE.CRASH_SHUTDOWN,
  SQLSTATE.IDLE_SESSION_TIMEOUT,
]);

/** Whether the connection ended with the error, by the server's word or without one. */
export function isLostConnection(error: unknown): boolean {
  return (
    error instanceof PostgresError && (SESSION_ENDED.has(error.sqlState) || isBrokenConnection(error.cause))
  );
}

/** Whether the socket was closed or reset under a connection. */
export function isBrokenConnection(error: unknown): boolean {
  const code = field(error, "code");
  return code === "ECONNRESET" || code === "EPIPE" || messageOf(error).startsWith("Connection terminated");
}

/** Whatever was thrown, in its own words. */
export function messageOf(thrown: unknown): string {
  return field(thrown, "message") ?? String(thrown);
}

/** A text field of whatever was thrown. */
function field(thrown: unknown, key: string): string | undefined {
  const value: unknown = typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, key) : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

function formatHostPort(host: string, port: number): string {
  if (host.startsWith("/")) {
    return `${host}/.s.PGSQL.${port}`;
  }
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
