import type { Client } from "pg";
import type { PostgresEndpoint } from "../../../sandbox/postgres-endpoint";
import { connectClient, withClient } from "../client";
import { eventually } from "../eventually";
import { childrenOf, isRunning, signal } from "../processes";

const paused = new Set<number>();

afterAll(() => {
  // A server that stands still cannot be stopped.
  for (const pid of paused) signal(pid, "SIGCONT");
});

/**
 * Lets a server and all of its sessions stand still, as a machine that hangs: it accepts connections, and says nothing.
 *
 * @returns what lets it continue.
 */
export async function pauseServer(server: PostgresEndpoint): Promise<() => void> {
  const postmaster = await postmasterPid(server);
  paused.add(postmaster);
  // The postmaster first: it starts no process any more.
  signal(postmaster, "SIGSTOP");
  const pids = [postmaster, ...(await childrenOf(postmaster)).map(({ pid }) => pid)];
  for (const pid of pids) {
    paused.add(pid);
    signal(pid, "SIGSTOP");
  }
  return () => {
    for (const pid of pids) {
      signal(pid, "SIGCONT");
      paused.delete(pid);
    }
  };
}

/** Kills a server, as a machine that loses its power. `restart()` brings it back. */
export async function killServer(server: PostgresEndpoint): Promise<void> {
  const postmaster = await postmasterPid(server);
  const pids = [postmaster, ...(await childrenOf(postmaster)).map(({ pid }) => pid)];
  for (const pid of pids) signal(pid, "SIGKILL");
  await eventually(async () => !(await Promise.all(pids.map(isRunning))).includes(true));
}

/**
 * Uses up a server's replication slots.
 *
 * @param options.except - how many stay free. @default - none
 * @returns what frees them.
 */
export async function occupySlots(
  server: PostgresEndpoint,
  { except = 0 }: { readonly except?: number } = {},
): Promise<() => Promise<void>> {
  const names = await withClient(server, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT slot_name AS name, pg_create_physical_replication_slot(slot_name)
       FROM (SELECT 'occupied_' || i AS slot_name
             FROM generate_series(1, current_setting('max_replication_slots')::int
                                     - (SELECT count(*)::int FROM pg_replication_slots) - $1::int) i) free`,
      [except],
    );
    return rows.map(({ name }) => name);
  });
  return () =>
    withClient(server, async (client) => {
      await client.query("SELECT pg_drop_replication_slot(name) FROM unnest($1::text[]) name", [names]);
    });
}

/** Uses up a server's WAL senders. @returns what frees them. */
export async function occupyWalSenders(server: PostgresEndpoint): Promise<() => Promise<void>> {
  const clients: Client[] = [];
  for (;;) {
    try {
      clients.push(await connectClient(server, undefined, { replication: "database" } as object));
    } catch (error) {
      if (!/max_wal_senders/.test((error as Error).message)) throw error;
      break;
    }
  }
  return async () => {
    await Promise.all(clients.map((client) => client.end()));
  };
}

/** Runs a statement that holds a lock until it is released, and so lets another statement wait. */
export async function holdLock(
  server: PostgresEndpoint,
  database: string,
  statement: string,
): Promise<() => Promise<void>> {
  const client = await connectClient(server, database);
  await client.query(`BEGIN; ${statement}`);
  return () => client.end();
}

/** Waits until a session runs a statement that matches. */
export async function untilRunning(server: PostgresEndpoint, statement: RegExp): Promise<void> {
  await withClient(server, (client) =>
    eventually(async () => {
      const { rows } = await client.query(
        "SELECT FROM pg_stat_activity WHERE state = 'active' AND query ~ $1 AND pid <> pg_backend_pid()",
        [statement.source],
      );
      return rows.length > 0;
    }),
  );
}

async function postmasterPid(server: PostgresEndpoint): Promise<number> {
  const { rows } = await withClient(server, (client) =>
    client.query<{ pid: string }>("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid"),
  );
  return Number(rows[0]?.pid);
}
