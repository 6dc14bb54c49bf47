import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Database } from "./database";

/** What a destroyed replication must not leave in its servers; the names of what is found, by kind. */
export async function findLeftovers(
  publisher: Database,
  subscriber: Database,
): Promise<Record<string, string[]>> {
  const names = async (database: Database, query: string): Promise<string[]> =>
    (await database.query<{ name: string }>(query)).map(({ name }) => name);
  return {
    slots: await names(publisher, "SELECT slot_name AS name FROM pg_replication_slots"),
    publications: await names(publisher, "SELECT pubname AS name FROM pg_publication"),
    roles: await names(
      publisher,
      "SELECT rolname AS name FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'",
    ),
    subscriptions: await names(subscriber, "SELECT subname AS name FROM pg_subscription"),
  };
}

/** The process that all others of a server descend from. */
export async function postmasterPid(database: Database): Promise<number> {
  const [row] = await database.query<{ pid: string }>(
    "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid",
  );
  return Number(row?.pid);
}

/** The processes that still run: of these IDs, or with this folder in their command line. */
export async function findProcesses(pids: readonly number[], directory: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,args="]);
  return stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => pids.includes(Number.parseInt(line, 10)) || line.includes(directory));
}
