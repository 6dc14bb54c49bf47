import { parseConninfo } from "../../postgres/conninfo";
import { type ConnectionSettings, settingsFromConninfo } from "../../postgres/connection-settings";
import { PostgresError } from "../../postgres/errors";
import { PostgresServer } from "../../postgres/server";

/** How this machine connects to a publisher. */
export interface PublisherAccess {
  /** A libpq connection string. */
  readonly conninfo: string;
  /** Replaces the password in the connection string. */
  readonly password: string | null;
  /** An upper limit for `connect_timeout`, in seconds. */
  readonly connectWithin?: number;
}

/**
 * Connects to the publisher, does the work, and closes the connections.
 *
 * @throws RangeError when no server can be told from the connection string, such as one with several hosts.
 * @throws PostgresError whose message starts with "The publisher": a diagnostic can be about either of two servers.
 */
export async function withPublisher<T>(
  access: PublisherAccess,
  work: (publisher: PostgresServer) => Promise<T>,
): Promise<T> {
  return withServer(new PostgresServer(settingsOf(access)), work);
}

/** Like {@link withPublisher}; a connection string from which no server can be told is left to the work. */
export async function withUsablePublisher<T>(
  access: PublisherAccess,
  work: (publisher: PostgresServer | RangeError) => Promise<T>,
): Promise<T> {
  let settings: ConnectionSettings;
  try {
    settings = settingsOf(access);
  } catch (error) {
    if (error instanceof RangeError) return work(error);
    throw error;
  }
  return withServer(new PostgresServer(settings), work);
}

function settingsOf({ conninfo, password, connectWithin = Infinity }: PublisherAccess): ConnectionSettings {
  const settings = settingsFromConninfo(parseConninfo(conninfo), password ?? undefined);
  const { connectTimeoutSeconds: configured } = settings;
  const limit = configured > 0 ? Math.min(configured, connectWithin) : connectWithin;
  return { ...settings, connectTimeoutSeconds: Number.isFinite(limit) ? limit : configured };
}

async function withServer<T>(
  server: PostgresServer,
  work: (publisher: PostgresServer) => Promise<T>,
): Promise<T> {
  try {
    return await work(server);
  } catch (error) {
    throw error instanceof PostgresError && isOf(server, error) ? ofPublisher(error) : error;
  } finally {
    await server.end();
  }
}

function isOf({ settings }: PostgresServer, { address }: PostgresError): boolean {
  return address.host === settings.host && address.port === settings.port;
}

function ofPublisher(error: PostgresError): PostgresError {
  return new PostgresError({ ...error, message: `The publisher: ${error.message}`, cause: error.cause });
}
