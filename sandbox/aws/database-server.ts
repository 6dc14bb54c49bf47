import type { PostgresEndpoint } from "../postgres-endpoint";
import { startSandboxServer, type SandboxServer, type PostgresSnapshot } from "../sandbox-server";
import { loopbackAddress } from "./loopback-address";
import { createRdsRoles, setPassword, type MasterUser } from "./rds-roles";
import { rdsSettings } from "./rds-settings";
import { hideReplicationByMembership, watchReplicationRights } from "./replication-rights";
import { asSuperuser } from "./superuser";

/** What a cluster or an instance of RDS is created with. */
export interface DatabaseServerOptions {
  readonly major: number;
  readonly port: number;
  readonly master: MasterUser;
  /** A database besides `postgres`; none when undefined. */
  readonly database?: string;
  /** Data to start with; empty when undefined. */
  readonly snapshot?: PostgresSnapshot;
}

/** Parameters of RDS by name, with values as the API has them. */
export type Parameters = Readonly<Record<string, string>>;

/**
 * The PostgreSQL server behind a cluster or an instance of RDS, with the roles that it has there.
 *
 * A new one is down: a cluster has an endpoint from the start, and nobody answers there until it has an instance.
 */
export class DatabaseServer implements PostgresEndpoint {
  readonly host: string;
  /** Where the same server answers as the cluster's readers: another address, where there is more than one. */
  readonly readerHost: string;
  readonly port: number;
  readonly major: number;
  readonly username: string;
  readonly password: string;
  readonly #server: SandboxServer;
  /** Names of the settings that this major has. */
  readonly #known: ReadonlySet<string>;
  #running = false;
  #stopWatching = () => {};

  private constructor(server: SandboxServer, readerHost: string, known: ReadonlySet<string>) {
    ({
      host: this.host,
      port: this.port,
      major: this.major,
      username: this.username,
      password: this.password,
    } = server);
    this.readerHost = readerHost;
    this.#server = server;
    this.#known = known;
  }

  /** @throws Error in one line when the major is not to be had or the port is taken. */
  static async create(options: DatabaseServerOptions): Promise<DatabaseServer> {
    const { major, port, master, database, snapshot } = options;
    const server = await startSandboxServer({
      major,
      host: loopbackAddress(),
      port,
      superuser: "rdsadmin",
      tls: true,
      settings: { allow_system_table_mods: "on" },
      ...(snapshot !== undefined && { snapshot }),
    });
    try {
      const known = await asSuperuser(server, "postgres", async (client) => {
        if (snapshot === undefined) {
          await hideReplicationByMembership(server);
          await createRdsRoles(client, major, master, database);
        } else {
          await setPassword(client, master);
        }
        const { rows } = await client.query<{ name: string }>("SELECT name FROM pg_settings");
        return new Set(rows.map(({ name }) => name));
      });
      await server.halt();
      return new DatabaseServer(server, loopbackAddress(), known);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /**
   * Starts the server, or restarts it, with these parameters.
   *
   * @throws Error with the server's own words when it does not start with them.
   */
  async boot(parameters: Parameters): Promise<void> {
    this.#stopWatching();
    this.#running = false;
    await this.#server.restart(this.#settings(parameters));
    this.#running = true;
    this.#stopWatching = await watchReplicationRights(this);
  }

  /** Applies those of the parameters that need no restart. */
  async reload(parameters: Parameters): Promise<void> {
    await this.#server.reload(this.#settings(parameters));
  }

  /** Shuts the server down and keeps its data. */
  async halt(): Promise<void> {
    this.#stopWatching();
    this.#running = false;
    await this.#server.halt();
  }

  /** A server that is down is started for it. */
  async setPassword(master: MasterUser): Promise<void> {
    if (!this.#running) {
      await this.#server.restart();
    }
    try {
      await asSuperuser(this, "postgres", (client) => setPassword(client, master));
    } finally {
      if (!this.#running) {
        await this.#server.halt();
      }
    }
  }

  snapshot(): Promise<PostgresSnapshot> {
    return this.#server.snapshot();
  }

  /** Shuts the server down and removes its data. */
  async remove(): Promise<void> {
    this.#stopWatching();
    await this.#server.stop();
  }

  #settings(parameters: Parameters) {
    const addresses = new Set([this.host, this.readerHost]);
    return { ...rdsSettings(parameters, this.#known), listen_addresses: [...addresses].join(",") };
  }
}
