import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Account } from "./unprivileged-account";

const script = readFileSync(join(__dirname, "guard.sh"), "utf8");

/** What a guard can be told to do: initialize data for a superuser, copy a folder of data, and so on. */
export type GuardOrder = `initdb ${string}` | `copy ${string}` | "start" | "reload" | "restart" | "stop";

/**
 * A new folder below the system's temporary folder, and the process between us and the PostgreSQL server or the copy of
 * data in it (see guard.sh): takes orders, and cleans up when we are gone, even when we were killed.
 */
export class Guard {
  /** The folder, with `data` and `log`. The guard removes it in the end. */
  readonly directory: string;
  /** The folder with PostgreSQL's `bin`, `lib` and `share`. */
  readonly binaries: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<unknown>;
  readonly #answers: AsyncIterator<string>;

  /**
   * @param prefix - how the folder's name starts.
   * @param account - who to run as; ourselves when undefined.
   * @param binaries - PostgreSQL's folder; by default `postgresql` in the guard's own, where the caller puts it.
   */
  constructor(prefix: string, account: Account | undefined, binaries?: string) {
    // In one go: from the moment the folder exists there is a guard to remove it.
    this.directory = mkdtempSync(join(tmpdir(), prefix));
    if (account !== undefined) {
      chownSync(this.directory, account.uid, account.gid);
    }
    this.binaries = binaries ?? join(this.directory, "postgresql");
    const bin = join(this.binaries, "bin");
    this.#process = spawn("sh", ["-c", script, "postgresql-guard", bin, this.directory], {
      ...account,
      cwd: this.directory,
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

  /** What the server and the orders have logged so far. */
  log(): string {
    return readFileSync(join(this.directory, "log"), "utf8");
  }

  /**
   * Gives an order and waits until it is carried out.
   *
   * @param input - a line that the order reads: the superuser's password for initdb.
   * @returns the exit status: 0 when it worked.
   * @throws Error when the guard is gone.
   */
  async order(order: GuardOrder, input?: string): Promise<number> {
    this.#process.stdin.write(input === undefined ? `${order}\n` : `${order}\n${input}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) {
      throw new Error("The process that guards the PostgreSQL server was killed from outside.");
    }
    return Number(answer.value);
  }

  /** Stops the server if it still runs, removes the folder, and waits until both are done. */
  async close(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }
}
