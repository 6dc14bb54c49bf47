import { Client, type QueryResultRow } from "pg";
import { connectionUrl, type PostgresEndpoint } from "../postgres-endpoint";

/** The database `postgres` of a server, over one connection that is made when it is first needed. */
export class Database {
  #client: Promise<Client> | undefined;

  constructor(private readonly server: PostgresEndpoint) {}

  /** The server's major version. */
  get major(): number {
    return this.server.major;
  }

  async query<Row extends QueryResultRow>(sql: string): Promise<Row[]> {
    const client = await (this.#client ??= this.connect());
    return (await client.query<Row>(sql)).rows;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    await client?.end();
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionString: connectionUrl(this.server) });
    // The server is stopped while we are connected when the demo is interrupted.
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }
}
