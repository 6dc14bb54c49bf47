import { Client, type ClientConfig, type QueryResultRow } from "pg";
import { connectionUrl, type PostgresEndpoint } from "../../sandbox/postgres-endpoint";

/**
 * A client whose connection the server may end at any time, as a restart does: the next query fails, and nothing else.
 * Without a listener, what the server sends between two queries would end the whole test file.
 */
export function createClient(config: ClientConfig): Client {
  return new Client(config).on("error", () => {});
}

/**
 * Connects as the endpoint's user.
 *
 * @param database - defaults to `postgres`.
 * @param options - further options of the connection.
 */
export async function connectClient(
  server: PostgresEndpoint,
  database?: string,
  options: ClientConfig = {},
): Promise<Client> {
  const client = createClient({ connectionString: connectionUrl(server, database), ...options });
  await client.connect();
  return client;
}

/** Does some work over a connection of its own. */
export async function withClient<T>(
  server: PostgresEndpoint,
  work: (client: Client) => Promise<T>,
  database?: string,
): Promise<T> {
  const client = await connectClient(server, database);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Who connects, and where to. */
export interface Login {
  readonly host: string | undefined;
  readonly user: string;
  readonly password: string;
  readonly port?: number;
  readonly database?: string;
}

/** Runs SQL over an encrypted connection of its own. */
export async function sql<Row extends QueryResultRow>(login: Login, text: string): Promise<Row[]> {
  const { host = "", port = 5432, database = "app", user, password } = login;
  const client = createClient({ host, port, database, user, password, ssl: { rejectUnauthorized: false } });
  try {
    await client.connect();
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
