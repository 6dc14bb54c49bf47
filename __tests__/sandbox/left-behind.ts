import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createClient } from "../support/client";

/** What a running server consists of outside of the database: looked at while it runs, searched for afterwards. */
export interface Traces {
  /** Process id of the postmaster. */
  readonly pid: number;
  /** The server's folder, with data and log. */
  readonly directory: string;
}

/** Asks a running server for its process and its folder. */
export async function tracesOf(url: string): Promise<Traces> {
  const client = createClient({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
  await client.end();
  const data = rows[0]?.data_directory ?? "";
  const pid = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0]);
  return { pid, directory: dirname(data) };
}

/** Which of the server's process and folder are still there. */
export function leftBehind({ pid, directory }: Traces): string[] {
  return [...(isRunning(pid) ? [`process ${pid}`] : []), ...(existsSync(directory) ? [directory] : [])];
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user's is there all the same.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
