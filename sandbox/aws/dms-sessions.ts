import { Client } from "pg";
import type { DatabaseServers } from "./database-servers";

/** Where an endpoint of DMS leads, and as whom DMS signs in there. */
export interface DmsLogin {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** Whether the connection is encrypted; nobody checks the server's certificate. */
  readonly encrypted: boolean;
}

/**
 * What a task of DMS does at its ends: signs in with the rights of the endpoint's user, who needs them here as well as
 * on AWS, and has a replication slot at the source. It gets to the sandbox's servers and no others.
 */
export class DmsSessions {
  readonly #servers: DatabaseServers;

  constructor(servers: DatabaseServers) {
    this.#servers = servers;
  }

  /** @throws Error when the endpoint leads nowhere, or the user may not sign in. */
  async connect(login: DmsLogin): Promise<void> {
    await this.#query(login, "SELECT");
  }

  /** @throws Error also when the server is not set up for logical replication, or the user may not replicate. */
  async createSlot(login: DmsLogin, slot: string): Promise<void> {
    await this.#query(login, "SELECT pg_create_logical_replication_slot($1, 'test_decoding')", [slot]);
  }

  /** @throws Error also when there is no such slot. */
  async findSlot(login: DmsLogin, slot: string): Promise<void> {
    const found = await this.#query(login, "SELECT FROM pg_replication_slots WHERE slot_name = $1", [slot]);
    if (found === 0) {
      throw new Error(`There is no replication slot "${slot}" at the source.`);
    }
  }

  /** One that is gone already is as good as dropped. */
  async dropSlot(login: DmsLogin, slot: string): Promise<void> {
    await this.#query(
      login,
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1",
      [slot],
    );
  }

  /** @returns how many rows there are. */
  async #query(login: DmsLogin, sql: string, values: readonly string[] = []): Promise<number> {
    const { username: user, encrypted, host, port, password, database } = login;
    this.#servers.at(host, port);
    const ssl = encrypted && { rejectUnauthorized: false };
    const client = new Client({ host, port, user, password, database, ssl, application_name: "dms" });
    // When the server goes down under it, the query that is running is told as well.
    client.on("error", () => {});
    try {
      await client.connect();
      return (await client.query(sql, [...values])).rowCount ?? 0;
    } finally {
      await client.end();
    }
  }
}
