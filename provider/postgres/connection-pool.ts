import type { Connection, Traffic } from "./connection";
import type { ConnectionSettings } from "./connection-settings";
import { connect } from "./connect";
import { abortedError, PostgresError, toPostgresError, type ServerAddress } from "./errors";
import { SQLSTATE } from "./sqlstate";

const CLOSE_IDLE_AFTER_MS = 30_000;
/** A statement is mostly over sooner than a new connection is there: TCP, TLS and SCRAM take several round trips. */
const WAIT_BEFORE_ANOTHER_MS = 50;
const REMEMBER_DEAD_MS = 5_000;
/** How long the pool believes that the server gives it no more connections; others may have closed theirs by then. */
const REMEMBER_FULL_MS = 10_000;

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
  /** Whether one of our own connections was closed to make room for it: the server allows us one more than are open. */
  hasMadeRoom: boolean;
}

/**
 * The connections to one server, over all of its databases. A connection is reused while there is one; another is opened
 * when all are in use for longer than a moment, up to maxConnections, or up to what the server allows. At that limit an
 * idle one of another database makes room, or the caller waits for its turn. After a failure to reach the server, callers
 * fail at once for 5 s.
 *
 * The life of a connection:
 *
 *     acquire() of a waiter
 *        │ no connection to its database is idle, or will be soon
 *        v
 *     attempt ───────────────> no connection
 *        │            1. no waiter needs it any more: aborted
 *        │            2. the server allows no more beside ours (53300): the waiters wait for one of these
 *        │            3. any other failure, after its retries: the waiters are refused
 *        │ connected
 *        v     acquire()
 *      idle ─────────────> lent
 *        │  <─────────────   │
 *        │     release()     │ release(): broken or interrupted, or retired by closeDatabase() or end()
 *        │                   │
 *        │ 30 s without use; room for another database; closeDatabase() or end()
 *        v                   v
 *      closed <───────────────   (or the server closes it, in either state)
 *
 * Each of these steps calls #dispatch, which gives every waiter what it can have by then.
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
  /** How many connections the server has allowed us, where it has refused one more. */
  #full: { readonly at: number; readonly until: number } | undefined;
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
    if (connection.silence !== undefined) {
      this.#refuseAfter(connection.silence);
    }
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
        waiter.refuse(this.#dead.error.inDatabase(database));
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
    if (this.#open.size + this.#attempts.size < this.#limit()) {
      void this.#attempt(database);
      return;
    }
    const closing = this.#closeIdle();
    if (closing !== undefined) {
      void this.#attempt(database, closing);
    }
  }

  #limit(): number {
    const { maxConnections } = this.settings;
    const ours = maxConnections > 0 ? maxConnections : Infinity;
    return this.#full !== undefined && Date.now() < this.#full.until ? Math.min(ours, this.#full.at) : ours;
  }

  /** Closes the connection that was idle for longest; undefined when none is idle. */
  #closeIdle(): Promise<void> | undefined {
    const [idleForLongest] = this.#idle.keys();
    if (idleForLongest === undefined) {
      return undefined;
    }
    this.#take(idleForLongest);
    this.#open.delete(idleForLongest);
    return idleForLongest.close();
  }

  /** Opens a connection for the waiter that came first, once there is room for it. */
  async #attempt(database: string, room?: Promise<void>): Promise<void> {
    const attempt: Attempt = { database, abort: new AbortController(), hasMadeRoom: room !== undefined };
    this.#attempts.add(attempt);
    try {
      await room;
      const connection = await connect(
        this.settings,
        database,
        this.traffic,
        attempt.abort.signal,
        (failure) => !isFull(failure) || this.#mayWaitForRoom(attempt),
      );
      this.#attempts.delete(attempt);
      this.#answered = true;
      this.#dead = undefined;
      this.#open.add(connection);
      void connection.closed.then(() => this.#forget(connection));
      this.#calm(database);
      this.release(connection);
    } catch (error) {
      this.#attempts.delete(attempt);
      const failure = toPostgresError(error, this.#address(database));
      if (isFull(failure) && failure.kind !== "timeout") {
        this.#answered = true;
        this.#full = { at: this.#places(), until: Date.now() + REMEMBER_FULL_MS };
      } else if (!attempt.abort.signal.aborted) {
        this.#refuseAfter(failure);
      }
      this.#dispatch();
    }
  }

  /**
   * Whether an attempt that the server has no connection for tries again. It does once it has closed one of ours, and
   * where others hold all of them. Else it gives up, and its waiter gets the place of the first of ours that comes back.
   */
  #mayWaitForRoom(attempt: Attempt): boolean {
    // Each time: a place that was made before may have gone to another attempt.
    const closing = this.#closeIdle();
    attempt.hasMadeRoom ||= closing !== undefined;
    return attempt.hasMadeRoom || this.#places() === 0;
  }

  /** How many connections the server allows us, as far as we know: those that are open, and those closed to make room. */
  #places(): number {
    return this.#open.size + [...this.#attempts].filter(({ hasMadeRoom }) => hasMadeRoom).length;
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
    const isDead = error.kind === "unreachable" || (error.kind === "timeout" && !isFull(error));
    if (isDead) {
      this.#dead = { error, until: Date.now() + REMEMBER_DEAD_MS };
    } else {
      this.#answered = true;
    }
    for (const waiter of this.#waiters) {
      if (isDead || waiter.database === error.address.database) {
        waiter.refuse(error.inDatabase(waiter.database));
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

/** Whether the server, a database or our role has no connection left. */
function isFull({ sqlState }: PostgresError): boolean {
  return sqlState === SQLSTATE.TOO_MANY_CONNECTIONS;
}
