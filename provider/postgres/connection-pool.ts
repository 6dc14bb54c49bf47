import type { Connection, Traffic } from "./connection";
import type { ConnectionSettings } from "./connection-settings";
import { connect } from "./connect";
import { abortedError, PostgresError, toPostgresError, type ServerAddress } from "./errors";

const CLOSE_IDLE_AFTER_MS = 30_000;
/** A statement is mostly over sooner than a new connection is there: TCP, TLS and SCRAM take several round trips. */
const WAIT_BEFORE_ANOTHER_MS = 50;
const REMEMBER_DEAD_MS = 5_000;

interface Waiter {
  readonly database: string;
  readonly hand: (connection: Connection) => void;
  readonly refuse: (error: PostgresError) => void;
  /** Whether it has waited long enough for a connection that others use. */
  impatient: boolean;
  /** Makes it impatient; starts anew when there is another connection that may soon be free. */
  readonly patience: NodeJS.Timeout;
}

interface Attempt {
  readonly database: string;
  readonly abort: AbortController;
}

/**
 * The connections to one server, over all of its databases. A connection is reused while there is one; another is opened
 * when all are in use for longer than a moment, up to maxConnections; at that limit an idle one of another database
 * makes room, or the caller waits for its turn. After a failure to reach the server, callers fail at once for 5 s.
 */
export class ConnectionPool {
  /** Open connections, lent or idle. */
  readonly #open = new Set<Connection>();
  /** Those that nobody uses, the one idle for longest first, with the timers that will close them. */
  readonly #idle = new Map<Connection, NodeJS.Timeout>();
  /** Lent connections that are closed instead of kept when they come back. */
  readonly #retired = new WeakSet<Connection>();
  readonly #attempts = new Set<Attempt>();
  #waiters: Waiter[] = [];
  /** Whether the server has ever answered; until then one attempt at a time is enough to find out. */
  #answered = false;
  #dead: { readonly error: PostgresError; readonly until: number } | undefined;
  #ended = false;

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly traffic: Traffic,
  ) {}

  /**
   * Borrows a connection; {@link release} must follow. Whoever holds one must not wait for a second one: at
   * maxConnections = 1 it would never come.
   *
   * @throws PostgresError
   */
  acquire(database: string, signal: AbortSignal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(abortedError(this.#address(database), signal));
        return;
      }
      const leave = () => {
        clearTimeout(waiter.patience);
        signal.removeEventListener("abort", onAbort);
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
      };
      const waiter: Waiter = {
        database,
        impatient: false,
        patience: setTimeout(() => {
          waiter.impatient = true;
          this.#dispatch();
        }, WAIT_BEFORE_ANOTHER_MS),
        hand: (connection) => {
          leave();
          resolve(connection);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = () => {
        waiter.refuse(abortedError(this.#address(database), signal));
        this.#abortNeedlessAttempts();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiters.push(waiter);
      this.#dispatch();
    });
  }

  /** Gives a connection back. One that was broken or interrupted is closed. */
  release(connection: Connection): void {
    if (connection.usable && !this.#retired.has(connection) && !this.#ended) {
      this.#keep(connection);
      this.#dispatch();
    } else {
      void connection.close();
    }
  }

  /**
   * Closes every connection to a database, as DROP DATABASE needs it; waits for those in use.
   *
   * @throws PostgresError when the signal ends the wait.
   */
  async closeDatabase(database: string, signal: AbortSignal): Promise<void> {
    const connections = [...this.#open].filter((connection) => connection.address.database === database);
    const closed = Promise.all(connections.map((connection) => this.#retire(connection)));
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => reject(abortedError(this.#address(database), signal));
      if (signal.aborted) {
        onAbort();
      }
      signal.addEventListener("abort", onAbort, { once: true });
      void closed.then(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
    });
  }

  /** Refuses new work, waits for connections in use, and closes all. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#dispatch();
    await Promise.all([...this.#open].map((connection) => this.#retire(connection)));
  }

  /** Gives every waiter what can be had for it now, in the order in which they came. */
  #dispatch(): void {
    const unclaimed = this.#attemptsByDatabase();
    for (const waiter of this.#waiters) {
      const { database } = waiter;
      // The end of a connection is told some time before it is closed.
      const idle = [...this.#idle.keys()].findLast(
        (connection) => connection.usable && connection.address.database === database,
      );
      const attempts = unclaimed.get(database) ?? 0;
      if (this.#ended) {
        waiter.refuse(this.#endedError(database));
      } else if (idle !== undefined) {
        this.#take(idle);
        waiter.hand(idle);
      } else if (attempts > 0) {
        unclaimed.set(database, attempts - 1);
      } else if (this.#dead !== undefined && Date.now() < this.#dead.until) {
        waiter.refuse(this.#dead.error);
      } else if (!this.#isWorthWaiting(waiter)) {
        this.#openIfAllowed(database);
      }
    }
    this.#abortNeedlessAttempts();
  }

  #isWorthWaiting({ database, impatient }: Waiter): boolean {
    if (!this.#answered && this.#attempts.size > 0) {
      return true;
    }
    const somebodysSoon =
      this.#attemptsByDatabase().has(database) ||
      [...this.#open].some((connection) => connection.address.database === database);
    return !impatient && somebodysSoon;
  }

  #openIfAllowed(database: string): void {
    const { maxConnections } = this.settings;
    if (maxConnections <= 0 || this.#open.size + this.#attempts.size < maxConnections) {
      void this.#attempt(database);
      return;
    }
    const [idleForLongest] = this.#idle.keys();
    if (idleForLongest !== undefined) {
      this.#take(idleForLongest);
      this.#open.delete(idleForLongest);
      void this.#attempt(database, idleForLongest);
    }
  }

  /** Opens a connection for whoever waits first, in the place of another one if need be. */
  async #attempt(database: string, instead?: Connection): Promise<void> {
    const attempt: Attempt = { database, abort: new AbortController() };
    this.#attempts.add(attempt);
    try {
      await instead?.close();
      const connection = await connect(this.settings, database, this.traffic, attempt.abort.signal);
      this.#attempts.delete(attempt);
      this.#answered = true;
      this.#dead = undefined;
      this.#open.add(connection);
      void connection.closed.then(() => this.#forget(connection));
      this.#calm(database);
      this.release(connection);
    } catch (error) {
      this.#attempts.delete(attempt);
      if (!attempt.abort.signal.aborted) {
        this.#refuseAfter(toPostgresError(error, this.#address(database)));
      }
      this.#dispatch();
    }
  }

  /** Whoever waits may soon have the connection that was just opened. */
  #calm(database: string): void {
    for (const waiter of this.#waiters.filter((other) => other.database === database)) {
      waiter.impatient = false;
      waiter.patience.refresh();
    }
  }

  /** Those who would try the same and fail the same are told at once instead of one after the other. */
  #refuseAfter(error: PostgresError): void {
    const isDead = error.kind === "unreachable" || error.kind === "timeout";
    if (isDead) {
      this.#dead = { error, until: Date.now() + REMEMBER_DEAD_MS };
    } else {
      this.#answered = true;
    }
    for (const waiter of this.#waiters) {
      if (isDead || waiter.database === error.address.database) {
        waiter.refuse(error);
      }
    }
  }

  #keep(connection: Connection): void {
    connection.keepAlive(false);
    const timer = setTimeout(() => void this.#retire(connection), CLOSE_IDLE_AFTER_MS);
    timer.unref();
    this.#idle.set(connection, timer);
  }

  #take(connection: Connection): void {
    clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
    connection.keepAlive(true);
  }

  /** Closes it now when it is idle, else when it comes back. */
  #retire(connection: Connection): Promise<void> {
    if (this.#idle.has(connection)) {
      this.#take(connection);
      return connection.close();
    }
    this.#retired.add(connection);
    return connection.closed;
  }

  #forget(connection: Connection): void {
    clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
    this.#open.delete(connection);
    this.#dispatch();
  }

  #abortNeedlessAttempts(): void {
    const needed = new Map<string, number>();
    for (const { database } of this.#waiters) {
      needed.set(database, (needed.get(database) ?? 0) + 1);
    }
    for (const { database, abort } of this.#attempts) {
      const waiting = needed.get(database) ?? 0;
      if (waiting === 0) {
        abort.abort();
      }
      needed.set(database, waiting - 1);
    }
  }

  #attemptsByDatabase(): Map<string, number> {
    const attempts = new Map<string, number>();
    for (const { database } of this.#attempts) {
      attempts.set(database, (attempts.get(database) ?? 0) + 1);
    }
    return attempts;
  }

  #address(database: string): ServerAddress {
    const { host, port, username } = this.settings;
    return { host, port, database, username };
  }

  #endedError(database: string): PostgresError {
    return new PostgresError({
      kind: "cancelled",
      message: "The provider is stopping and opens no more connections.",
      address: this.#address(database),
    });
  }
}
