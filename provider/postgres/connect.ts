import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { LONGEST_TIMER_MS } from "../framework/duration";
import { backoff } from "./backoff";
import type { BackendKey } from "./cancel-request";
import { Connection, type Traffic } from "./connection";
import type { ConnectionSettings } from "./connection-settings";
import {
  abortedError,
  connectTimeoutError,
  isBrokenConnection,
  messageOf,
  PostgresError,
  toPostgresError,
  type ServerAddress,
} from "./errors";
import { resultTypes } from "./result-types";
import { SQLSTATE } from "./sqlstate";
import { tlsAttempts, type TlsAttempt } from "./ssl";

const KEEP_ALIVE_AFTER_MS = 30_000;
/** Enough for a name server's hiccup or a restart; a host that is really down should not cost more. */
const TRIES_WHEN_UNREACHABLE = 3;

/** SQLSTATEs of a server that exists, and accepts the connection later. */
const WORTH_WAITING: ReadonlySet<string | undefined> = new Set([
  SQLSTATE.CANNOT_CONNECT_NOW,
  SQLSTATE.TOO_MANY_CONNECTIONS,
  SQLSTATE.SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION,
  SQLSTATE.CONNECTION_FAILURE,
  SQLSTATE.ADMIN_SHUTDOWN,
  SQLSTATE.CRASH_SHUTDOWN,
]);

/**
 * Opens a connection. A server that is starting up, has no connection free, or closes the connection at once is tried
 * again until connectTimeoutSeconds; one that cannot be reached, three times within a second; a refused password or a
 * certificate that is not trusted, never.
 *
 * @param mayRetry Asked before a further try; false ends the attempt with the failure.
 * @throws PostgresError
 */
export async function connect(
  settings: ConnectionSettings,
  database: string,
  traffic: Traffic,
  signal: AbortSignal,
  mayRetry: (failure: PostgresError) => boolean,
): Promise<Connection> {
  const { host, port, username, connectTimeoutSeconds } = settings;
  const address: ServerAddress = { host, port, database, username };
  const limit =
    connectTimeoutSeconds > 0
      ? AbortSignal.timeout(Math.min(connectTimeoutSeconds * 1_000, LONGEST_TIMER_MS))
      : undefined;
  const stop = limit === undefined ? signal : AbortSignal.any([signal, limit]);
  let lastFailure: PostgresError | undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      return await connectOnce(settings, address, traffic, stop);
    } catch (error) {
      const failure = toPostgresError(error, address);
      if (!stop.aborted) {
        if (tries >= triesFor(failure) || !mayRetry(failure)) {
          throw failure;
        }
        lastFailure = failure;
        await sleep(backoff(tries), undefined, { signal: stop }).catch(() => undefined);
      }
      if (signal.aborted) {
        throw abortedError(address, signal);
      }
      if (stop.aborted) {
        throw connectTimeoutError(address, connectTimeoutSeconds, lastFailure);
      }
    }
  }
}

function triesFor(failure: PostgresError): number {
  if (WORTH_WAITING.has(failure.sqlState) || isBrokenConnection(failure.cause)) {
    return Infinity;
  }
  return failure.kind === "unreachable" ? TRIES_WHEN_UNREACHABLE : 1;
}

/** Connects in the ways that sslmode allows, one after the other. */
async function connectOnce(
  settings: ConnectionSettings,
  address: ServerAddress,
  traffic: Traffic,
  signal: AbortSignal,
): Promise<Connection> {
  const password = await currentPassword(settings, address);
  let firstFailure: PostgresError | undefined;
  for (const tls of await allowedAttempts(settings, address)) {
    try {
      return await handshake(settings, address, password, tls, traffic, signal);
    } catch (error) {
      const failure = toPostgresError(error, address);
      if (failure.kind !== "tls" && failure.sqlState !== SQLSTATE.INVALID_AUTHORIZATION_SPECIFICATION) {
        throw failure;
      }
      // sslmode=allow: that TLS is not to be had says less than why the server wanted it.
      firstFailure = firstFailure === undefined || failure.kind !== "tls" ? failure : firstFailure;
    }
  }
  throw firstFailure ?? new RangeError("An sslmode allows at least one way to connect.");
}

async function handshake(
  settings: ConnectionSettings,
  address: ServerAddress,
  password: string | undefined,
  tls: TlsAttempt,
  traffic: Traffic,
  signal: AbortSignal,
): Promise<Connection> {
  const { default: pg } = await import("pg");
  const socket = new Socket();
  // processID and secretKey are there from the handshake on, but missing from the types.
  const client = new pg.Client({
    host: address.host,
    port: address.port,
    user: address.username,
    database: address.database,
    // Always a function: for anything empty, node-postgres would look into PGPASSWORD and ~/.pgpass.
    password: () => requirePassword(password, address),
    ssl: tls,
    sslnegotiation: "postgres",
    application_name: settings.applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: resultTypes,
    stream: () => socket,
  }) as Client & BackendKey;
  // Without a listener, an error event would end the process.
  let lost: unknown;
  client.on("error", (error) => {
    lost = error;
  });
  const abort = () => socket.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    await client.connect();
    // A server that stops can end the session in the same breath that welcomes it.
    if (lost !== undefined) {
      throw toPostgresError(lost, address);
    }
    return new Connection(address, client, socket, traffic, settings.connectTimeoutSeconds);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function requirePassword(password: string | undefined, address: ServerAddress): string {
  if (password === undefined || password === "") {
    throw new PostgresError({
      kind: "authentication",
      message: "The server asks for a password, and none was given.",
      remedy: "Set the password.",
      address,
    });
  }
  return password;
}

async function currentPassword(
  { password }: ConnectionSettings,
  address: ServerAddress,
): Promise<string | undefined> {
  if (typeof password !== "function") {
    return password;
  }
  try {
    return await password();
  } catch (error) {
    throw new PostgresError({
      kind: "authentication",
      message: messageOf(error),
      address,
      cause: error,
    });
  }
}

async function allowedAttempts(
  { host, ssl }: ConnectionSettings,
  address: ServerAddress,
): Promise<readonly TlsAttempt[]> {
  if (host.startsWith("/")) {
    return [false]; // A Unix socket has no TLS, whatever sslmode says.
  }
  try {
    return await tlsAttempts(ssl);
  } catch (error) {
    throw new PostgresError({
      kind: "tls",
      message: messageOf(error),
      remedy: "Check sslrootcert and clientcert.",
      address,
      cause: error,
    });
  }
}
