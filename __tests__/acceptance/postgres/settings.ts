import { setMaxListeners } from "node:events";
import type { PostgresEndpoint } from "../../../sandbox/postgres-endpoint";
import {
  type ConnectionSettings,
  DEFAULT_CONNECTION_SETTINGS,
} from "../../../provider/postgres/connection-settings";
import { PostgresError } from "../../../provider/postgres/errors";
import { PostgresServer } from "../../../provider/postgres/server";

/** Settings for a server of the sandbox, which has no TLS. */
export function settingsFor(
  { host, port, username, password }: PostgresEndpoint,
  more: Partial<ConnectionSettings> = {},
): ConnectionSettings {
  return {
    ...DEFAULT_CONNECTION_SETTINGS,
    host,
    port,
    username,
    password,
    database: "postgres",
    ssl: { mode: "disable" },
    connectTimeoutSeconds: 10,
    ...more,
  };
}

const open: PostgresServer[] = [];

/** A server facade that is ended after the test. */
export function connectTo(
  endpoint: PostgresEndpoint,
  more: Partial<ConnectionSettings> = {},
): PostgresServer {
  const server = new PostgresServer(settingsFor(endpoint, more));
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.end()));
});

/** The PostgresError that work fails with. */
export async function failureOf(work: Promise<unknown>): Promise<PostgresError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof PostgresError) {
      return error;
    }
    throw error;
  }
  throw new Error("It did not fail.");
}

/** A signal that nobody aborts. */
export const never = new AbortController().signal;
// More than ten callers at once are no leak.
setMaxListeners(0, never);
