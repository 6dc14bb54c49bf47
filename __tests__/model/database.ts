import type { QueryResultRow } from "pg";
import type { SandboxServer } from "../../sandbox/sandbox-server";
import { withClient } from "../support/client";

/** The database `postgres` of a server of the model, as the superuser sees it. */
export class Database {
  constructor(readonly server: SandboxServer) {}

  /** Runs SQL over a connection of its own: the servers are restarted all the time. */
  query<Row extends QueryResultRow>(sql: string, parameters?: unknown[]): Promise<Row[]> {
    return withClient(this.server, async (client) => (await client.query<Row>(sql, parameters)).rows);
  }

  /** The first column of every row, as text. */
  async column(sql: string): Promise<string[]> {
    const rows = await this.query<Record<string, unknown>>(sql);
    return rows.map((row) => String(Object.values(row)[0]));
  }
}
