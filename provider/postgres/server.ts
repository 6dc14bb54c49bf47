import { setTimeout as sleep } from "node:timers/promises";
import { backoff } from "./backoff";
import type { Connection, Notice, StatementResult, Traffic } from "./connection";
import { ConnectionPool } from "./connection-pool";
import type { ConnectionSettings } from "./connection-settings";
import { isLostConnection, PostgresError } from "./errors";
import { querySession, type SessionInfo } from "./session";
import { Sql } from "./sql";
import { SQLSTATE } from "./sqlstate";
import { Transaction } from "./transaction";

const MAX_TRIES = 5;

/** Failures of a transaction that ends well when it is run again. */
const CONFLICTS: ReadonlySet<string | undefined> = new Set([
  SQLSTATE.DEADLOCK_DETECTED,
  SQLSTATE.SERIALIZATION_FAILURE,
]);

/**
 * One PostgreSQL server, with all of its databases. Connections are made when they are first needed, and reused.
 *
 * Every method rejects with a {@link PostgresError}; once its signal is aborted, of kind `cancelled` (or `timeout`, when
 * the signal's reason is a TimeoutError), whether it was waiting, connecting or running SQL. What runs on the server is
 * cancelled there.
 */
export class PostgresServer {
  readonly #traffic: Traffic = { connectionsOpened: 0, roundTrips: 0 };
  readonly #sessions = new Map<string, SessionInfo>();
  readonly #pool: ConnectionPool;

  constructor(readonly settings: ConnectionSettings) {
    this.#pool = new ConnectionPool(settings, this.#traffic);
  }

  /** How many messages with SQL were sent and waited for. */
  get roundTrips(): number {
    return this.#traffic.roundTrips;
  }

  /** How many physical connections were opened. */
  get connectionsOpened(): number {
    return this.#traffic.connectionsOpened;
  }

  /**
   * Reads, in a read-only transaction and one round trip. It works behind PgBouncer and on a standby.
   *
   * @param query One statement, or what makes it of the session's facts; these cost a round trip once a database.
   * @returns The rows.
   */
  async select<Row = Record<string, unknown>>(
    database: string,
    query: Sql | ((session: SessionInfo) => Sql),
    signal: AbortSignal,
  ): Promise<Row[]> {
    return this.#borrowAgainIfStale(database, signal, async (connection) => {
      const statement = query instanceof Sql ? query : query(await this.#sessionOf(connection, signal));
      const results = await connection.read(`SET TRANSACTION READ ONLY;\n${statement.text}`, signal);
      return rowsOf<Row>(results.at(-1));
    });
  }

  /**
   * Reads several things as of the same moment, in a read-only transaction and one round trip.
   *
   * @param queries One statement each, or what makes them of the session's facts.
   * @returns The rows of each query, in the order of the queries.
   */
  async selectAll<Rows extends readonly unknown[][] = Record<string, unknown>[][]>(
    database: string,
    queries: readonly Sql[] | ((session: SessionInfo) => readonly Sql[]),
    signal: AbortSignal,
  ): Promise<Rows> {
    return this.#borrowAgainIfStale(database, signal, async (connection) => {
      const statements =
        typeof queries === "function" ? queries(await this.#sessionOf(connection, signal)) : queries;
      const text = [
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        ...statements.map((s) => s.text),
      ];
      const results = await connection.read(text.join("\n;\n"), signal);
      return results.slice(1).map((result) => rowsOf(result)) as readonly unknown[][] as Rows;
    });
  }

  /**
   * Does work in a transaction: committed when the work is done, rolled back when it throws. The whole work is run again,
   * up to 5 times, when another session was in its way (a deadlock, a serialization failure, "tuple concurrently
   * updated"), so it must have no effects but those of its statements.
   *
   * @param work Uses nothing but its transaction: another method of this object could wait for the connection that the
   *   transaction holds, for ever.
   */
  async transaction<T>(
    database: string,
    work: (tx: Transaction) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#borrowAgainIfStale(database, signal, async (connection) => {
          const tx = new Transaction(connection, signal);
          try {
            const result = await work(tx);
            await tx.commit();
            return result;
          } catch (error) {
            await tx.rollback();
            throw error;
          }
        });
      } catch (error) {
        if (tries === MAX_TRIES || !isConflict(error)) {
          throw error;
        }
        // An abort ends the sleep, and is reported by the next try.
        await sleep(backoff(tries), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /**
   * Runs one statement outside of a transaction block, as CREATE DATABASE and CREATE SUBSCRIPTION need it. Once sent, it
   * is never run again.
   *
   * @param onNotice Receives the server's messages besides its answer.
   * @param onStart Receives the process ID of the backend that is about to run the statement.
   * @returns The rows.
   */
  async execute<Row = Record<string, unknown>>(
    database: string,
    statement: Sql,
    signal: AbortSignal,
    onNotice?: (notice: Notice) => void,
    onStart?: (backendPid: number) => void,
  ): Promise<Row[]> {
    return this.#borrow(database, signal, async (connection) => {
      onStart?.(connection.backendPid);
      return rowsOf<Row>((await connection.query(statement.text, signal, onNotice)).at(-1));
    });
  }

  /** The facts of a session in a database. The server is asked once. */
  async session(database: string, signal: AbortSignal): Promise<SessionInfo> {
    return (
      this.#sessions.get(database) ??
      this.#borrowAgainIfStale(database, signal, (connection) => this.#sessionOf(connection, signal))
    );
  }

  /**
   * Closes our connections to a database, which DROP DATABASE would stumble over. Waits for those in use, so it must not
   * be called while the caller itself holds one there.
   */
  async closeDatabase(database: string, signal: AbortSignal): Promise<void> {
    this.#sessions.delete(database);
    await this.#pool.closeDatabase(database, signal);
  }

  /** Closes everything, after the work that is under way. Nothing can be done with the server afterwards. */
  async end(): Promise<void> {
    await this.#pool.end();
  }

  async #sessionOf(connection: Connection, signal: AbortSignal): Promise<SessionInfo> {
    const { database } = connection.address;
    const session =
      this.#sessions.get(database) ?? (await querySession(connection, signal, this.settings.expectedVersion));
    this.#sessions.set(database, session);
    return session;
  }

  async #borrow<T>(
    database: string,
    signal: AbortSignal,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = await this.#pool.acquire(database, signal);
    try {
      return await work(connection);
    } finally {
      this.#pool.release(connection);
    }
  }

  /**
   * Like #borrow, for work that may be repeated as long as nothing was answered. A connection can die (a restart, a
   * failover, a firewall's time limit) before the work sends anything. It can also have died while it was idle, and the
   * first message shows it. A new connection that the first message ends gives no second try: the message may be the cause.
   */
  async #borrowAgainIfStale<T>(
    database: string,
    signal: AbortSignal,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      let stale = false;
      try {
        return await this.#borrow(database, signal, async (connection) => {
          const { sent, completed } = connection;
          try {
            return await work(connection);
          } catch (error) {
            const isUnused = connection.sent === sent;
            const wasIdle = completed > 0 && connection.completed === completed;
            stale = (isUnused || wasIdle) && isLostConnection(error);
            throw error;
          }
        });
      } catch (error) {
        if (!stale) {
          throw error;
        }
      }
    }
  }
}

function rowsOf<Row>(result: StatementResult | undefined): Row[] {
  return [...(result?.rows ?? [])] as Row[];
}

/** PostgreSQL does not translate the messages of its internal errors, whatever lc_messages says. */
function isConflict(error: unknown): boolean {
  return (
    error instanceof PostgresError &&
    (CONFLICTS.has(error.sqlState) ||
      (error.sqlState === SQLSTATE.INTERNAL_ERROR &&
        /tuple concurrently (updated|deleted)/.test(error.message)))
  );
}
