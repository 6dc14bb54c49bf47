import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { createServerCertificate } from "../provider/plugin/certificate";
import { Guard } from "./guard";
import { postgresBinaries } from "./postgres-binaries";
import type { PostgresEndpoint } from "./postgres-endpoint";
import { formatSettings, sandboxSettings, type PostgresSettings } from "./postgres-settings";
import { unprivilegedAccount, type Account } from "./unprivileged-account";

const run = promisify(execFile);

export interface SandboxServerOptions {
  /** Major version, 10 to 18. */
  readonly major: number;
  /**
   * Loopback address to listen on.
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /**
   * TCP port.
   * @default - a free one
   */
  readonly port?: number;
  /**
   * The superuser's name; its password is random.
   * @default "postgres"
   */
  readonly superuser?: string;
  /**
   * Whether connections can be encrypted, with a self-signed certificate.
   * @default false
   */
  readonly tls?: boolean;
  /**
   * Settings on top of the sandbox's own, which make the server ready for logical replication.
   * @default - none
   */
  readonly settings?: PostgresSettings;
  /**
   * Data to start with, instead of empty: a server's of the same major. Its superuser and that one's password are the
   * new server's.
   * @default - none
   */
  readonly snapshot?: PostgresSnapshot;
}

/** A running server. It ends with {@link SandboxServer.stop}, or with this process, however that ends. */
export interface SandboxServer extends PostgresEndpoint {
  /**
   * Restarts the server on the same port, after a fast shutdown; starts it when it was halted.
   *
   * @param settings - in place of those given before. By default those stay.
   * @throws Error with the server's own words when it does not come back.
   */
  restart(settings?: PostgresSettings): Promise<void>;
  /**
   * Lets the server read its settings while it runs: those that need no restart take effect a moment later.
   *
   * @param settings - in place of those given before.
   */
  reload(settings: PostgresSettings): Promise<void>;
  /** Shuts the server down and keeps its data: {@link SandboxServer.restart} brings it back. */
  halt(): Promise<void>;
  /** Copies the data. A server that runs is down meanwhile. */
  snapshot(): Promise<PostgresSnapshot>;
  /** Shuts the server down (fast; immediately after 10 seconds) and removes its data. A second call does nothing. */
  stop(): Promise<void>;
  /** What the server has logged so far, until it is stopped. */
  log(): string;
}

/** A copy of a server's data. It ends with {@link PostgresSnapshot.remove}, or with this process. */
export interface PostgresSnapshot extends Pick<PostgresEndpoint, "major" | "username" | "password"> {
  /** Folder of the data. */
  readonly data: string;
  remove(): Promise<void>;
}

/**
 * Creates a new PostgreSQL server with a folder of its own below the system's temporary folder, and starts it. When
 * this resolves, the server accepts connections.
 *
 * Connections are by TCP with scram-sha-256. As root, the server runs under `nobody`.
 *
 * @throws Error, in one line, when the major is not to be had, the port is taken or the server does not start.
 */
export async function startSandboxServer(options: SandboxServerOptions): Promise<SandboxServer> {
  const { major, host = "127.0.0.1", tls = false, snapshot } = options;
  const { username, password } = snapshot ?? {
    username: options.superuser ?? "postgres",
    password: randomBytes(16).toString("hex"),
  };
  const installed = await postgresBinaries(major);
  const account = await unprivilegedAccount();
  const mayNotExecute = account !== undefined && !(await mayExecute(installed, account));
  const guard = new Guard(`postgresql-${major}-`, account, mayNotExecute ? undefined : installed);
  const data = join(guard.directory, "data");

  let port = options.port ?? 0;
  let settings = options.settings ?? {};
  let running = false;

  const configure = (tlsSettings: PostgresSettings) =>
    writeFile(
      join(data, "sandbox.conf"),
      formatSettings({ ...sandboxSettings(major, host), ...tlsSettings, ...settings, port: String(port) }),
    );

  /** Starts or restarts; returns what went into the log when that failed. */
  const bringUp = async (order: "start" | "restart"): Promise<string | undefined> => {
    const before = guard.log().length;
    running = (await guard.order(order)) === 0;
    return running ? undefined : guard.log().slice(before);
  };

  const startOnFreePort = async (tlsSettings: PostgresSettings, attempts: number): Promise<void> => {
    port = options.port ?? (await freePort(host));
    await configure(tlsSettings);
    const failure = await bringUp("start");
    if (failure === undefined) {
      return;
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
      return startOnFreePort(tlsSettings, attempts - 1);
    }
    throw startError(major, failure);
  };

  try {
    if (mayNotExecute) {
      await copyFor(account, installed, guard.binaries);
    }
    const made = await (snapshot === undefined
      ? guard.order(`initdb ${username}`, password)
      : guard.order(`copy ${snapshot.data}`));
    if (made !== 0) {
      throw new Error(
        `${snapshot === undefined ? "initdb" : "Copying the data"} of PostgreSQL ${major} failed: ${lastLines(guard.log())}`,
      );
    }
    const tlsSettings = tls ? await makeCertificate(guard.directory, account) : {};
    await startOnFreePort(tlsSettings, 5);

    let stopping: Promise<void> | undefined;
    return {
      host,
      port,
      major,
      username,
      password,
      log: () => guard.log(),
      restart: async (replacement = settings) => {
        settings = replacement;
        await configure(tlsSettings);
        const failure = await bringUp("restart");
        if (failure !== undefined) {
          throw startError(major, failure);
        }
      },
      reload: async (replacement) => {
        settings = replacement;
        await configure(tlsSettings);
        await guard.order("reload");
      },
      halt: async () => {
        await guard.order("stop");
        running = false;
      },
      snapshot: async () => {
        const holder = new Guard(`postgresql-${major}-snapshot-`, account, guard.binaries);
        const ran = running;
        await guard.order("stop");
        const copied = await holder.order(`copy ${data}`);
        const failure = ran ? await bringUp("start") : undefined;
        if (copied !== 0 || failure !== undefined) {
          const reason = copied === 0 ? startError(major, failure ?? "").message : lastLines(holder.log());
          await holder.close();
          throw new Error(`No snapshot of PostgreSQL ${major}: ${reason}`);
        }
        return {
          major,
          username,
          password,
          data: join(holder.directory, "data"),
          remove: () => holder.close(),
        };
      },
      stop: () => (stopping ??= guard.order("stop").then(() => guard.close())),
    };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

/** @returns the settings that make a server use it. */
async function makeCertificate(directory: string, account: Account | undefined): Promise<PostgresSettings> {
  const { pem, privateKeyPem } = createServerCertificate();
  const files = { ssl_cert_file: join(directory, "server.crt"), ssl_key_file: join(directory, "server.key") };
  await writeFile(files.ssl_cert_file, pem, { mode: 0o600 });
  await writeFile(files.ssl_key_file, privateKeyPem, { mode: 0o600 });
  if (account !== undefined) {
    await Promise.all(Object.values(files).map((file) => chown(file, account.uid, account.gid)));
  }
  return { ssl: "on", ...files };
}

async function freePort(host: string): Promise<number> {
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
