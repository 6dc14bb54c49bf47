import { Client, type QueryResultRow } from "pg";
import { connectionUrl, type PostgresEndpoint } from "../postgres-endpoint";

/** The database `postgres` of a server, over one connection that opens on the first query. */
export class Database {
  readonly #server: PostgresEndpoint;
  #client: Promise<Client> | undefined;

  constructor(server: PostgresEndpoint) {
    this.#server = server;
  }

  /** The server's major version. */
  get major(): number {
    return this.#server.major;
  }

  async query<Row extends QueryResultRow>(sql: string): Promise<Row[]> {
    const client = await (this.#client ??= this.#connect());
    return (await client.query<Row>(sql)).rows;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    await client?.end();
  }

  async #connect(): Promise<Client> {
    const client = new Client({ connectionString: connectionUrl(this.#server) });
    // Ctrl-C stops the server while this connection is open.
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }
}
