import type { PostgresEndpoint } from "../postgres-endpoint";
import type { PostgresSnapshot } from "../sandbox-server";
import { DatabaseServer, type Parameters } from "./database-server";
import type { MasterUser } from "./rds-roles";

/** What the API says about a cluster or an instance that is being created. */
export interface Creation {
  readonly identifier: string;
  readonly major: number;
  readonly port: number;
  readonly master: MasterUser;
  readonly database: string | null;
  /** Name of the snapshot that it is restored from. */
  readonly snapshot: string | null;
}

/**
 * Every server and every snapshot of one sandbox, by the names that the API has for them. All of it ends with this
 * process; see guard.sh.
 */
export class DatabaseServers {
  readonly #servers = new Map<string, DatabaseServer>();
  readonly #snapshots = new Map<string, PostgresSnapshot>();
  /** The last thing that was asked of each server: they are done one after the other. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** @throws Error naming what exists. */
  get(identifier: string): PostgresEndpoint {
    return this.#server(identifier);
  }

  /**
   * The server that answers at an endpoint of the API.
   *
   * @throws Error when there is none.
   */
  at(host: string, port: number): PostgresEndpoint {
    for (const server of this.#servers.values()) {
      if ([server.host, server.readerHost].includes(host) && server.port === port) {
        return server;
      }
    }
    throw new Error(`There is no server at ${host}:${port} in the sandbox.`);
  }

  /** @returns the addresses of the server, which is still down. */
  create({ identifier, master, major, port, database, snapshot }: Creation) {
    return this.#inTurn(identifier, async () => {
      if (this.#servers.has(identifier)) {
        throw new Error(`There is a cluster or instance "${identifier}" already: choose another identifier.`);
      }
      const copy = snapshot === null ? undefined : this.#snapshots.get(snapshot);
      if (snapshot !== null && copy === undefined) {
        throw new Error(`There is no data in the snapshot "${snapshot}": take one by hand and restore that.`);
      }
      const server = await DatabaseServer.create({
        major,
        port,
        master,
        ...(database !== null && { database }),
        ...(copy !== undefined && { snapshot: copy }),
      });
      this.#servers.set(identifier, server);
      return { address: server.host, readerAddress: server.readerHost };
    });
  }

  boot({ identifier, parameters }: { identifier: string; parameters: Parameters }) {
    return this.#inTurn(identifier, () => this.#server(identifier).boot(parameters));
  }

  reload({ identifier, parameters }: { identifier: string; parameters: Parameters }) {
    return this.#inTurn(identifier, () => this.#server(identifier).reload(parameters));
  }

  halt({ identifier }: { identifier: string }) {
    return this.#inTurn(identifier, () => this.#server(identifier).halt());
  }

  setPassword({ identifier, master }: { identifier: string; master: MasterUser }) {
    return this.#inTurn(identifier, () => this.#server(identifier).setPassword(master));
  }

  snapshot({ identifier, snapshot }: { identifier: string; snapshot: string }) {
    return this.#inTurn(identifier, async () => {
      this.#snapshots.set(snapshot, await this.#server(identifier).snapshot());
    });
  }

  remove({ identifier }: { identifier: string }) {
    return this.#inTurn(identifier, async () => {
      const server = this.#server(identifier);
      this.#servers.delete(identifier);
      await server.remove();
    });
  }

  /** Stops every server and removes all data. */
  async removeAll(): Promise<void> {
    await Promise.allSettled(this.#last.values());
    await Promise.all([
      ...[...this.#servers.values()].map((server) => server.remove()),
      ...[...this.#snapshots.values()].map((snapshot) => snapshot.remove()),
    ]);
  }

  #server(identifier: string): DatabaseServer {
    const server = this.#servers.get(identifier);
    if (server === undefined) {
      const names = [...this.#servers.keys()].map((name) => `"${name}"`).join(", ");
      throw new Error(`There is no server "${identifier}" in the sandbox: there is ${names || "none"}.`);
    }
    return server;
  }

  async #inTurn<T>(identifier: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(identifier) ?? Promise.resolve()).catch(() => {}).then(work);
    this.#last.set(identifier, turn);
    return turn;
  }
}
