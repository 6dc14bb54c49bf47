import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Guard } from "./guard";
import { postgresBinaries } from "./postgres-binaries";
import type { PostgresEndpoint } from "./postgres-endpoint";
import { unprivilegedAccount, type Account } from "./unprivileged-account";

const run = promisify(execFile);

/** Settings of postgresql.conf by name, e.g. `{ wal_level: "replica" }`. */
export type PostgresSettings = Readonly<Record<string, string>>;

export interface PostgresServerOptions {
  /** Major version, 10 to 18. */
  readonly major: number;
  /**
   * TCP port on 127.0.0.1.
   * @default - a free one
   */
  readonly port?: number;
  /**
   * Settings on top of the sandbox's own, which make the server ready for logical replication.
   * @default - none
   */
  readonly settings?: PostgresSettings;
}

/** A running server. It ends with {@link PostgresServer.stop}, or with this process, however that ends. */
export interface PostgresServer extends PostgresEndpoint {
  readonly username: "postgres";
  /**
   * Restarts the server on the same port, after a fast shutdown.
   *
   * @param settings - applied before, and kept for later restarts.
   * @throws Error with the server's own words when it does not come back.
   */
  restart(settings?: PostgresSettings): Promise<void>;
  /** Shuts the server down (fast; immediately after 10 seconds) and removes its data. A second call does nothing. */
  stop(): Promise<void>;
  /** What the server has logged so far, until it is stopped. */
  log(): string;
}

const host = "127.0.0.1";

/**
 * Creates a new PostgreSQL server with a folder of its own below the system's temporary folder, and starts it. When
 * this resolves, the server accepts connections.
 *
 * The superuser is `postgres`, with a random password; connections are by TCP on 127.0.0.1 with scram-sha-256. As root,
 * the server runs under `nobody`.
 *
 * @throws Error, in one line, when the major is not to be had, the port is taken or the server does not start.
 */
export async function startPostgresServer(options: PostgresServerOptions): Promise<PostgresServer> {
  const { major } = options;
  const installed = await postgresBinaries(major);
  const account = await unprivilegedAccount();
  const mayNotExecute = account !== undefined && !(await mayExecute(installed, account));

  // In one go: from the moment the folder exists there is a guard to remove it.
  const directory = mkdtempSync(join(tmpdir(), `postgresql-${major}-`));
  if (account !== undefined) {
    chownSync(directory, account.uid, account.gid);
  }
  const binaries = mayNotExecute ? join(directory, "postgresql") : installed;
  const guard = new Guard(join(binaries, "bin"), directory, account);

  const logFile = join(directory, "log");
  const configurationFile = join(directory, "data", "postgresql.conf");
  const password = randomBytes(16).toString("hex");
  const log = () => readFileSync(logFile, "utf8");

  const configure = (settings: PostgresSettings) => {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoteSetting(value)}\n`);
    return appendFile(configurationFile, lines.join(""));
  };

  /** Starts or restarts; returns what went into the log when that failed. */
  const bringUp = async (order: "start" | "restart"): Promise<string | undefined> => {
    const before = log().length;
    return (await guard.order(order)) === 0 ? undefined : log().slice(before);
  };

  const startOnFreePort = async (attempts: number): Promise<number> => {
    const port = options.port ?? (await freePort());
    await configure({ port: String(port) });
    const failure = await bringUp("start");
    if (failure === undefined) {
      return port;
    }
    if (!/could not bind .*Address already in use/.test(failure)) {
      throw startError(major, failure);
    }
    if (options.port !== undefined) {
      throw new Error(
        `Port ${port} on ${host} is taken: choose another port, or leave it out to get one that is free.`,
      );
    }
    // Somebody took the port between our look and the server's.
    if (attempts > 1) {
      return startOnFreePort(attempts - 1);
    }
    throw startError(major, failure);
  };

  try {
    if (mayNotExecute) {
      await copyFor(account, installed, binaries);
    }
    if ((await guard.order("initdb", password)) !== 0) {
      throw new Error(`initdb of PostgreSQL ${major} failed: ${lastLines(log())}`);
    }
    await configure({ ...sandboxSettings(major), ...options.settings });
    const port = await startOnFreePort(5);
    let stopping: Promise<void> | undefined;
    return {
      host,
      port,
      major,
      username: "postgres",
      password,
      log,
      restart: async (settings = {}) => {
        await configure(settings);
        const failure = await bringUp("restart");
        if (failure !== undefined) {
          throw startError(major, failure);
        }
      },
      stop: () => (stopping ??= guard.order("stop").then(() => guard.close())),
    };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

/** Ready for logical replication, with room for a whole test run, and fast rather than crash-safe. */
function sandboxSettings(major: number): PostgresSettings {
  return {
    listen_addresses: host,
    unix_socket_directories: "",
    wal_level: "logical",
    max_connections: "200",
    max_wal_senders: "50",
    max_replication_slots: "50",
    max_worker_processes: "40",
    max_logical_replication_workers: "20",
    max_sync_workers_per_subscription: "4",
    wal_receiver_status_interval: "1s",
    wal_retrieve_retry_interval: "500ms",
    fsync: "off",
    // Before 18, max_replication_slots counted for the subscriber's side too.
    ...(major >= 18 && { max_active_replication_origins: "50" }),
  };
}

function quoteSetting(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** False when the binaries lie in a folder that is closed to the account, as below /root. */
async function mayExecute(binaries: string, account: Account): Promise<boolean> {
  try {
    await run(join(binaries, "bin", "initdb"), ["--version"], account);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") {
      return false;
    }
    throw error;
  }
}

async function copyFor(account: Account, from: string, to: string): Promise<void> {
  await run("cp", ["-RP", from, to]);
  await run("chown", ["-R", `${account.uid}:${account.gid}`, to]);
}

function startError(major: number, log: string): Error {
  return new Error(`PostgreSQL ${major} did not start: ${lastLines(log)}`);
}

/** The lines that say what is wrong, without their timestamps, or the last one where none does. */
function lastLines(log: string): string {
  const lines = log.trim().split("\n");
  const telling = lines.filter((line) =>
    /LOG: +(invalid|unrecognized|could not)|FATAL|HINT|error:/.test(line),
  );
  return (telling.length > 0 ? telling : lines.slice(-1))
    .map((line) => line.replace(/^.*?\] (?=[A-Z]+:)/, "").replace(/: {2}/, ": "))
    .join("; ");
}
