import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Account } from "./unprivileged-account";

const script = readFileSync(join(__dirname, "guard.sh"), "utf8");

/**
 * The process between us and one PostgreSQL server (see guard.sh): takes orders, and cleans up when we are gone, even
 * when we were killed.
 */
export class Guard {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<unknown>;
  readonly #answers: AsyncIterator<string>;

  /**
   * @param bin - folder of initdb, pg_ctl and postgres.
   * @param directory - an empty folder for the server; the guard removes it in the end.
   * @param account - who to run as; ourselves when undefined.
   */
  constructor(bin: string, directory: string, account: Account | undefined) {
    this.#process = spawn("sh", ["-c", script, "postgresql-guard", bin, directory], {
      ...account,
      cwd: directory,
      detached: true,
      // Nothing of our own environment: PGPORT and the like would reach the server.
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#ended = once(this.#process, "close");
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    // A guard that is gone is noticed by the answer that does not come.
    this.#process.stdin.on("error", () => {});
  }

  /**
   * Gives an order and waits until it is carried out.
   *
   * @returns the exit status: 0 when it worked.
   * @throws Error when the guard is gone.
   */
  async order(name: "initdb" | "start" | "restart" | "stop", input?: string): Promise<number> {
    this.#process.stdin.write(input === undefined ? `${name}\n` : `${name}\n${input}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) {
      throw new Error("The process that guards the PostgreSQL server was killed from outside.");
    }
    return Number(answer.value);
  }

  /** Stops the server if it still runs, removes its folder, and waits until both are done. */
  async close(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }
}
