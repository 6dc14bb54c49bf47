import type { Client } from "pg";
import type { NetConnectOpts, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { sendCancelRequest, type BackendKey } from "./cancel-request";
import {
  abortedError,
  isLostConnection,
  type PostgresError,
  type ServerAddress,
  silentServerError,
  toPostgresError,
} from "./errors";
import { isAnswering } from "./probe";

/** What the server says besides its answer: a WARNING, NOTICE or INFO. */
export interface Notice {
  readonly severity: string;
  readonly message: string;
  readonly sqlState: string | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
}

/** One statement's result. */
export interface StatementResult {
  /** The first word of the command tag, such as `SELECT` or `ROLLBACK`. */
  readonly command: string;
  readonly rows: readonly unknown[];
}

/** What travelled to one server so far. */
export interface Traffic {
  connectionsOpened: number;
  /** Messages with SQL that waited for an answer. */
  roundTrips: number;
}

const CANCEL_INTERVAL_MS = 500;
const CANCEL_PATIENCE_MS = 5_000;
const GOODBYE_PATIENCE_MS = 1_000;
/** How long a statement runs before we look whether the server still answers, and again. */
const SILENCE_MS = 10_000;
/** The longest that a server needs for a byte in answer to a new connection. */
const PROBE_PATIENCE_MS = 15_000;

/** One physical connection to one database, for one statement at a time. */
export class Connection {
  /** Resolves when the connection is closed, by whichever side. */
  readonly closed: Promise<void>;
  /** How many messages it has sent. */
  sent = 0;
  /** How many of them were answered without an error. */
  completed = 0;
  #usable = true;
  #silence: PostgresError | undefined;
  #onNotice: ((notice: Notice) => void) | undefined;

  /**
   * @param client Connected already, over `socket`.
   * @param traffic Counts on.
   * @param connectTimeoutSeconds How long the server may take to answer a new connection; 0 or less means no limit.
   */
  constructor(
    readonly address: ServerAddress,
    private readonly client: Client & BackendKey,
    private readonly socket: Socket,
    private readonly traffic: Traffic,
    private readonly connectTimeoutSeconds: number,
  ) {
    traffic.connectionsOpened += 1;
    this.closed = new Promise((resolve) => {
      client.once("end", () => {
        this.#usable = false;
        resolve();
      });
    });
    client.on("error", () => {
      this.#usable = false;
    });
    client.on("notice", ({ severity, message, code, detail, hint }) => {
      this.#onNotice?.({
        severity: severity ?? "NOTICE",
        message: message ?? "",
        sqlState: code,
        detail,
        hint,
      });
    });
  }

  /** The process ID of the server's backend, as in pg_stat_activity. */
  get backendPid(): number {
    return this.client.processID;
  }

  /** Whether it may run another statement: not once it was closed, broken or interrupted. */
  get usable(): boolean {
    return this.#usable;
  }

  /**
   * Sends SQL as one simple-query message and waits for the answer: one round trip, whatever number of statements.
   *
   * @param signal Interrupts what is running. The connection is then good for nothing but closing.
   * @returns A result for each statement.
   * @throws PostgresError
   */
  async query(
    text: string,
    signal: AbortSignal,
    onNotice?: (notice: Notice) => void,
  ): Promise<StatementResult[]> {
    if (signal.aborted) {
      throw abortedError(this.address, signal);
    }
    if (!this.#usable) {
      throw toPostgresError(new Error("Connection terminated before it was used"), this.address);
    }
    const answered = new AbortController();
    const interrupt = () => void this.#interrupt(answered.signal);
    signal.addEventListener("abort", interrupt, { once: true });
    this.#onNotice = onNotice;
    this.traffic.roundTrips += 1;
    this.sent += 1;
    try {
      // node-postgres returns an array of results when there were several statements, which its types do not know.
      const results = [await this.client.query<Record<string, unknown>>(text)].flat();
      this.completed += 1;
      return results;
    } catch (error) {
      const failure = toPostgresError(error, this.address, signal);
      // The server says that it ends the session before it closes the connection.
      this.#usable &&= !isLostConnection(failure);
      throw failure;
    } finally {
      this.#onNotice = undefined;
      signal.removeEventListener("abort", interrupt);
      answered.abort();
    }
  }

  /**
   * Like {@link query}, for what changes nothing: it gives up once the server answers nobody any more. Terraform cannot
   * be interrupted while it plans an apply or a destroy, so nothing else would end the wait.
   *
   * @throws PostgresError
   */
  async read(text: string, signal: AbortSignal): Promise<StatementResult[]> {
    const answered = new AbortController();
    void this.#watch(answered.signal);
    try {
      return await this.query(text, signal);
    } catch (error) {
      throw this.#silence ?? error;
    } finally {
      answered.abort();
    }
  }

  /** Why the connection was given up, if the server has stopped answering. */
  get silence(): PostgresError | undefined {
    return this.#silence;
  }

  /** Whether this connection keeps the process running. */
  keepAlive(yes: boolean): void {
    if (yes) {
      this.socket.ref();
    } else {
      this.socket.unref();
    }
  }

  /** Says goodbye and waits until the socket is closed. Never rejects. */
  async close(): Promise<void> {
    this.#usable = false;
    const timer = setTimeout(() => this.socket.destroy(), GOODBYE_PATIENCE_MS);
    void this.client.end();
    await this.closed;
    clearTimeout(timer);
  }

  /**
   * Asks the server to cancel until it answers. Once is not enough: a request that overtakes the statement finds
   * nothing to cancel.
   */
  async #interrupt(answered: AbortSignal): Promise<void> {
    this.#usable = false;
    const giveUpAt = Date.now() + CANCEL_PATIENCE_MS;
    const target = this.#target();
    while (!answered.aborted && Date.now() < giveUpAt) {
      await sendCancelRequest(target, this.client);
      await sleep(CANCEL_INTERVAL_MS, undefined, { signal: answered }).catch(() => undefined);
    }
    if (!answered.aborted) {
      this.socket.destroy();
    }
  }

  /** Breaks the connection once the server answers neither it nor a new one. */
  async #watch(answered: AbortSignal): Promise<void> {
    const { connectTimeoutSeconds: limit } = this;
    const patienceMs = limit > 0 ? Math.min(limit * 1_000, PROBE_PATIENCE_MS) : PROBE_PATIENCE_MS;
    do {
      await sleep(SILENCE_MS, undefined, { signal: answered }).catch(() => undefined);
      if (answered.aborted) {
        return;
      }
    } while (await isAnswering(this.#target(), patienceMs));
    if (!answered.aborted) {
      this.#silence = silentServerError(this.address, patienceMs / 1_000);
      this.#usable = false;
      this.socket.destroy();
    }
  }

  /** The very address that we are connected to: a host name may stand for several servers. */
  #target(): NetConnectOpts {
    const { host, port } = this.address;
    return host.startsWith("/")
      ? { path: `${host}/.s.PGSQL.${port}` }
      : { host: this.socket.remoteAddress ?? host, port: this.socket.remotePort ?? port };
  }
}
