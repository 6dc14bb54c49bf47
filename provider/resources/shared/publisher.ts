import { parseConninfo } from "../../postgres/conninfo";
import { settingsFromConninfo } from "../../postgres/connection-settings";
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
 * @throws PostgresError whose message starts with "The publisher": a diagnostic can be about either of two servers.
 */
export async function withPublisher<T>(
  { conninfo, password, connectWithin = Infinity }: PublisherAccess,
  work: (publisher: PostgresServer) => Promise<T>,
): Promise<T> {
  const settings = settingsFromConninfo(parseConninfo(conninfo), password ?? undefined);
  const { connectTimeoutSeconds: configured } = settings;
  const connectTimeoutSeconds = configured > 0 ? Math.min(configured, connectWithin) : connectWithin;
  const server = new PostgresServer({
    ...settings,
    connectTimeoutSeconds: Number.isFinite(connectTimeoutSeconds) ? connectTimeoutSeconds : configured,
  });
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
