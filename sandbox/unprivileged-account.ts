import { readFile } from "node:fs/promises";

/** The user that a program runs as, in the numbers that `spawn` takes. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account that PostgreSQL runs under, or undefined to run it under our own: PostgreSQL refuses to run as root, so
 * root steps down to `nobody`, which every Unix has.
 *
 * @throws Error when we are root and there is no `nobody`.
 */
export async function unprivilegedAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const passwd = await readFile("/etc/passwd", "utf8");
  const entry = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(passwd);
  if (entry === null) {
    throw new Error(
      'PostgreSQL refuses to run as root and /etc/passwd has no user "nobody" to run it as: add that user, or run ' +
        "the sandbox as an ordinary user.",
    );
  }
  return { uid: Number(entry[1]), gid: Number(entry[2]) };
}
