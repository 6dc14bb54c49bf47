import type { Connection, Notice, StatementResult } from "./connection";
import { abortedError, PostgresError } from "./errors";
import type { Sql } from "./sql";

const ROLLBACK_PATIENCE_MS = 5_000;

/** A transaction that is under way: everything that its work does goes through here. */
export class Transaction {
  /** What the server said besides its answers so far. */
  readonly notices: Notice[] = [];
  #state: "new" | "begun" | "over" = "new";

  constructor(
    private readonly connection: Connection,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Runs one statement and returns its rows: one round trip. BEGIN travels with the first.
   *
   * @throws PostgresError
   */
  async query<Row = Record<string, unknown>>(statement: Sql): Promise<Row[]> {
    return ((await this.#run(statement.text)).at(-1) ?? []) as Row[];
  }

  /**
   * Runs several statements, one after the other, and returns the rows of each: one round trip for all. The first
   * that fails ends them.
   *
   * @throws PostgresError
   */
  async queryAll(statements: readonly Sql[]): Promise<Record<string, unknown>[][]> {
    if (statements.length === 0) {
      return [];
    }
    const results = await this.#run(statements.map(({ text }) => text).join("\n;\n"));
    return results.slice(-statements.length) as Record<string, unknown>[][];
  }

  /** @internal */
  async commit(): Promise<void> {
    if (this.#state === "new") {
      this.#state = "over";
      return;
    }
    if (this.signal.aborted) {
      throw abortedError(this.connection.address, this.signal);
    }
    this.#state = "over";
    const [result] = await this.#send("COMMIT", this.signal);
    if (result?.command === "ROLLBACK") {
      throw new PostgresError({
        kind: "server",
        message: "The server rolled the transaction back, since one of its statements had failed.",
        address: this.connection.address,
      });
    }
  }

  /** @internal Never rejects: a connection that cannot roll back is closed, which rolls back too. */
  async rollback(): Promise<void> {
    const begun = this.#state === "begun";
    this.#state = "over";
    if (begun && this.connection.usable) {
      await this.#send("ROLLBACK", AbortSignal.timeout(ROLLBACK_PATIENCE_MS)).catch(() =>
        this.connection.close(),
      );
    }
  }

  /** The rows of every statement. */
  async #run(text: string): Promise<unknown[][]> {
    if (this.#state === "over") {
      throw new Error("The transaction is over: a statement was run outside of its work.");
    }
    const begin = this.#state === "new" ? "BEGIN;\n" : "";
    this.#state = "begun";
    const results = await this.#send(begin + text, this.signal);
    return results.map(({ rows }) => [...rows]);
  }

  #send(text: string, signal: AbortSignal): Promise<StatementResult[]> {
    return this.connection.query(text, signal, (notice) => this.notices.push(notice));
  }
}
