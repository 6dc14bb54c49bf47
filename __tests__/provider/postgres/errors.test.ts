import { PostgresError, toPostgresError } from "../../../provider/postgres/errors";

const address = { host: "db.example", port: 5432, database: "app", username: "me" };

/** An error as node-postgres throws it for a server's report. */
const report = (code: string, message: string, more = {}) =>
  Object.assign(new Error(message), { severity: "ERROR", code, ...more });
const systemError = (code: string, message = code) => Object.assign(new Error(message), { code });

test("describe tells all that is known, and what to do", () => {
  const error = toPostgresError(
    report("55000", "wal_level is insufficient", { detail: "It is replica.", hint: "Set wal_level." }),
    address,
  ).withRemedy("Set rds.logical_replication to 1.");
  expect(error.describe()).toBe(
    [
      "wal_level is insufficient (SQLSTATE 55000)",
      "DETAIL: It is replica.",
      "HINT: Set wal_level.",
      'Server: db.example:5432, database "app", user "me".',
      "",
      "Set rds.logical_replication to 1.",
    ].join("\n"),
  );
});

test.each([
  [report("28P01", "password authentication failed"), "authentication", "Check the username and password"],
  [report("28000", "no pg_hba.conf entry"), "authentication", "pg_hba.conf"],
  [report("3D000", "database does not exist"), "database_missing", 'Create the database "app"'],
  [report("53300", "too many clients"), "server", "max_connections"],
  [report("57P03", "starting up"), "server", "Wait until the server is up"],
  [report("42501", "permission denied"), "server", 'Grant "me" the privilege'],
  [report("25006", "read-only transaction"), "server", "Connect to the writer"],
  [systemError("ECONNREFUSED", ""), "unreachable", "Check the host and port"],
  [systemError("ENOTFOUND"), "unreachable", "DNS"],
  [systemError("EHOSTUNREACH"), "unreachable", "security groups"],
  [systemError("ECONNRESET"), "unreachable", "Run this again"],
  [new Error("Connection terminated unexpectedly"), "unreachable", "Run this again"],
  [systemError("DEPTH_ZERO_SELF_SIGNED_CERT"), "tls", "Set sslrootcert"],
  [systemError("ERR_TLS_CERT_ALTNAME_INVALID"), "tls", 'sslmode = "verify-ca"'],
  [systemError("ERR_SSL_WRONG_VERSION_NUMBER"), "tls", "Check sslmode"],
  [new Error("The server does not support SSL connections"), "tls", 'sslmode = "disable"'],
  [new Error("There was an error establishing an SSL connection"), "tls", "may not be PostgreSQL"],
  ["a thrown string", "unreachable", "may not be PostgreSQL"],
])("%s is of kind %s and says what to do: %s", (thrown, kind, remedy) => {
  const error = toPostgresError(thrown, address);
  expect(error.kind).toBe(kind);
  expect(error.remedy).toContain(remedy);
});

test("what an abort looks like is a cancellation, once the signal is aborted", () => {
  const signal = AbortSignal.abort();
  expect(toPostgresError(report("57014", "canceling statement"), address, signal).kind).toBe("cancelled");
  expect(toPostgresError(new Error("Connection terminated"), address, signal).kind).toBe("cancelled");
  expect(toPostgresError(report("42501", "permission denied"), address, signal).kind).toBe("server");
  expect(toPostgresError(report("57014", "statement timeout"), address).kind).toBe("server");
});

test("an abort because time is up is a timeout", () => {
  const signal = AbortSignal.abort(new DOMException("", "TimeoutError"));
  expect(toPostgresError(report("57014", "canceling statement"), address, signal).kind).toBe("timeout");
});

test("a PostgresError stays what it is", () => {
  const error = new PostgresError({ kind: "server", message: "m", address });
  expect(toPostgresError(error, address, AbortSignal.abort())).toBe(error);
});

test("a Unix socket and an IPv6 address are written as one knows them", () => {
  const at = (host: string) =>
    new PostgresError({ kind: "server", message: "m", address: { ...address, host } });
  expect(at("/run/postgresql").describe()).toContain("Server: /run/postgresql/.s.PGSQL.5432,");
  expect(at("::1").describe()).toContain("Server: [::1]:5432,");
});
