import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect as connectSocket, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Client } from "pg";
import type { PostgresEndpoint } from "../../../sandbox/postgres-endpoint";
import { lit, sql } from "../../../provider/postgres/sql";
import type { Transaction } from "../../../provider/postgres/transaction";
import { connectClient } from "../../support/client";
import { createDatabase } from "../../support/database";
import { createRole } from "../../support/role";
import { sharedServer } from "../../support/shared-environment";
import { eventually } from "../../support/eventually";
import { connectTo, failureOf, never } from "./settings";

const one = sql`SELECT 1 AS one`;
const backend = sql`SELECT pg_backend_pid() AS pid`;
const publisher = () => sharedServer("publisher");

describe("connections are reused", () => {
  test("20 selects one after the other share one connection, at a round trip each", async () => {
    const server = connectTo(publisher());
    for (let i = 0; i < 20; i += 1) {
      await server.select("postgres", one, never);
    }
    expect(server.connectionsOpened).toBe(1);
    expect(server.roundTrips).toBe(20);
  });

  test("short statements side by side wait for one connection instead of opening more", async () => {
    // They wait for each other only for so long: time stands still here, however busy the machine is.
    jest.useFakeTimers({ doNotFake: ["Date", "nextTick", "performance", "queueMicrotask", "setImmediate"] });
    try {
      const proxy = await startProxy(publisher());
      const server = connectTo({ ...publisher(), port: proxy.port });
      const side = () => Promise.all(Array.from({ length: 10 }, () => server.select("postgres", one, never)));
      await side();
      await side();
      expect(proxy.connections()).toBe(1);
    } finally {
      jest.useRealTimers();
    }
  });

  test("a statement that takes long does not hold up others", async () => {
    const server = connectTo(publisher());
    const held = await holdStatement();
    const slow = server.select("postgres", held.statement, never);
    await expect(server.select("postgres", one, never)).resolves.toEqual([{ one: 1 }]);
    await held.release();
    await slow;
    expect(server.connectionsOpened).toBe(2);
  });

  test("an idle connection does not keep the process running", async () => {
    const sockets = () =>
      process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
    const before = sockets();
    const held = await holdStatement();
    const server = connectTo(publisher());
    const running = server.select("postgres", held.statement, never);
    await held.reached();
    expect(sockets()).toBe(before + 2);
    await held.release();
    await running;
    expect(sockets()).toBe(before);
  });

  test("a connection that died while idle is replaced unnoticed", async () => {
    const database = await createDatabase(publisher());
    const server = connectTo(publisher());
    const [row] = await server.select<{ pid: number }>(database.name, backend, never);
    await database.query("SELECT pg_terminate_backend($1)", [row?.pid]);
    await expect(server.select(database.name, one, never)).resolves.toEqual([{ one: 1 }]);
    await expect(server.transaction(database.name, (tx) => tx.query(one), never)).resolves.toEqual([
      { one: 1 },
    ]);
    expect(server.connectionsOpened).toBe(2);
  });

  test("a connection whose end was announced is not used any more, though it is still open", async () => {
    const proxy = await startProxy(publisher());
    const server = connectTo({ ...publisher(), port: proxy.port });
    await server.select("postgres", one, never);
    const emit = jest.spyOn(Client.prototype, "emit");
    proxy.announceEnd();
    await eventually(() => emit.mock.calls.some(([event]) => event === "error"));
    emit.mockRestore();
    await expect(server.execute("postgres", one, never)).resolves.toEqual([{ one: 1 }]);
    expect(proxy.connections()).toBe(2);
  });

  test("one whose end the server announces together with its welcome is replaced before anything is sent", async () => {
    const proxy = await startProxy(publisher());
    proxy.announceEndWithWelcome();
    const server = connectTo({ ...publisher(), port: proxy.port });
    await expect(server.execute("postgres", one, never)).resolves.toEqual([{ one: 1 }]);
    expect(proxy.connections()).toBe(2);
  });

  test.each([0, 1])(
    "one that dies in a transaction's hands before its first statement is replaced, after %d others",
    async (statements) => {
      const proxy = await startProxy(publisher());
      const server = connectTo({ ...publisher(), port: proxy.port });
      for (let i = 0; i < statements; i += 1) {
        await server.select("postgres", one, never);
      }
      let tries = 0;
      const work = async (tx: Transaction) => {
        tries += 1;
        if (tries === 1) {
          const emit = jest.spyOn(Client.prototype, "emit");
          proxy.announceEnd();
          await eventually(() => emit.mock.calls.some(([event]) => event === "error"));
          emit.mockRestore();
        }
        return tx.query(one);
      };
      await expect(server.transaction("postgres", work, never)).resolves.toEqual([{ one: 1 }]);
      expect(tries).toBe(2);
    },
  );

  test("one that an administrator ends while it runs a statement is not lent again", async () => {
    const database = await createDatabase(publisher());
    const server = connectTo(publisher());
    const sleep = sql`SELECT pg_sleep(60)`;
    for (let i = 0; i < 5; i += 1) {
      const ended = failureOf(server.execute(database.name, sleep, never));
      const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                         WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(60)'`;
      await eventually(async () => (await database.query(terminate)).length > 0);
      expect((await ended).sqlState).toBe("57P01");
      await expect(server.execute(database.name, one, never)).resolves.toEqual([{ one: 1 }]);
    }
  });

  test("one that died without a word is replaced for reads and transactions, which can be repeated", async () => {
    const proxy = await startProxy(publisher());
    const server = connectTo({ ...publisher(), port: proxy.port });
    for (const work of [
      () => server.select("postgres", one, never),
      () => server.transaction("postgres", (tx) => tx.query(one), never),
    ]) {
      await server.select("postgres", one, never);
      proxy.cutOnNextMessage();
      await expect(work()).resolves.toEqual([{ one: 1 }]);
    }
    proxy.cutOnNextMessage();
    const error = await failureOf(server.execute("postgres", one, never));
    expect(error.kind).toBe("unreachable");
    expect(error.message).toMatch(/^The connection to .* broke/);
  });
});

describe("at the limit of connections", () => {
  test("one connection serves two databases in turn", async () => {
    const [a, b] = await Promise.all([createDatabase(publisher()), createDatabase(publisher())]);
    const server = connectTo(publisher(), { maxConnections: 1 });
    const nameOf = (database: string) =>
      server.select<{ name: string }>(database, sql`SELECT current_database() AS name`, never);
    const names = [a.name, b.name, a.name, b.name, b.name, a.name];
    const rows = await Promise.all(names.map(nameOf));
    expect(rows.map(([row]) => row?.name)).toEqual(names);
  });

  test("no more are ever open than allowed", async () => {
    const database = await createDatabase(publisher());
    const server = connectTo(publisher(), { maxConnections: 3 });
    const work = Array.from({ length: 12 }, () =>
      server.select(database.name, sql`SELECT pg_sleep(0.1)`, never),
    );
    const count = await database.query<{ n: string }>(
      `SELECT count(*) AS n FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'terraform-provider-postgresql'`,
    );
    await Promise.all(work);
    expect(Number(count[0]?.n)).toBeLessThanOrEqual(3);
    expect(server.connectionsOpened).toBe(3);
  });

  test("a transaction that comes later is served when the first is over", async () => {
    const server = connectTo(publisher(), { maxConnections: 1 });
    const order: number[] = [];
    const work = (number: number) =>
      server.transaction(
        "postgres",
        async (tx) => {
          await tx.query(sql`SELECT pg_sleep(0.1)`);
          order.push(number);
        },
        never,
      );
    await Promise.all([work(1), work(2), work(3)]);
    expect(order).toEqual([1, 2, 3]);
  });

  test("waiting for a connection is cancelled at once", async () => {
    const server = connectTo(publisher(), { maxConnections: 1 });
    const held = await holdStatement();
    const slow = server.select("postgres", held.statement, never);
    const abort = new AbortController();
    const waiting = failureOf(server.select("postgres", one, abort.signal));
    abort.abort();
    expect((await waiting).kind).toBe("cancelled");
    await held.release();
    await slow;
  });
});

describe("when the server allows a role fewer connections than max_connections", () => {
  /** A role that may have so many connections, and databases to connect to. */
  const limited = async (connections: number, databases: number) => ({
    role: await createRole(publisher(), `CONNECTION LIMIT ${connections}`),
    names: (await Promise.all(Array.from({ length: databases }, () => createDatabase(publisher())))).map(
      ({ name }) => name,
    ),
  });

  test.each([1, 2])("seven databases share %d connections", async (connections) => {
    const { role, names } = await limited(connections, 7);
    const server = connectTo(role, { connectTimeoutSeconds: 5 });
    const started = Date.now();
    const query = sql`SELECT current_database() AS name`;
    const rows = await Promise.all(names.map((name) => server.select<{ name: string }>(name, query, never)));
    expect(rows.map(([row]) => row?.name)).toEqual(names);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test("a caller waits for a connection of ours that is in use, however long that is", async () => {
    const { role, names } = await limited(1, 2);
    const [first = "", second = ""] = names;
    const server = connectTo(role, { connectTimeoutSeconds: 1 });
    const slow = server.select(first, sql`SELECT pg_sleep(2), 1 AS one`, never);
    await eventually(() => server.roundTrips === 1);
    await expect(server.select(second, one, never)).resolves.toEqual([{ one: 1 }]);
    await expect(slow).resolves.toMatchObject([{ one: 1 }]);
  });

  test("a caller whose place others hold is told so, and of which database", async () => {
    const { role, names } = await limited(1, 2);
    const [first = "", second = ""] = names;
    const other = connectTo(role);
    const done = new AbortController();
    const held = failureOf(other.select(first, sql`SELECT pg_sleep(60)`, done.signal));
    await eventually(() => other.roundTrips === 1);
    const server = connectTo(role, { connectTimeoutSeconds: 1 });
    const errors = await Promise.all(names.map((name) => failureOf(server.select(name, one, never))));
    expect(errors).toMatchObject([
      { kind: "timeout", sqlState: "53300", address: { database: first } },
      { kind: "timeout", sqlState: "53300", address: { database: second } },
    ]);
    done.abort();
    await held;
    // The server is alive: the next one asks again.
    await expect(server.select(first, one, never)).resolves.toEqual([{ one: 1 }]);
  });
});

test("closeDatabase lets go of a database, after the work that is under way there", async () => {
  const database = await createDatabase(publisher());
  const server = connectTo(publisher());
  await server.session(database.name, never);
  const held = await holdStatement(database.name);
  let worked = false;
  const working = server.select(database.name, held.statement, never).then(() => (worked = true));
  await held.reached();
  const closing = server.closeDatabase(database.name, never).then(() => worked);
  await held.release();
  expect(await closing).toBe(true);
  await working;
  const sessions = () =>
    database.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'terraform-provider-postgresql'",
    );
  await eventually(async () => (await sessions()).length === 0);
  await expect(server.select(database.name, one, never)).resolves.toEqual([{ one: 1 }]);
});

test("after end() nothing is started any more, and what runs is finished", async () => {
  const server = connectTo(publisher());
  await server.select("postgres", one, never);
  const running = server.select("postgres", sql`SELECT pg_sleep(0.2), 1 AS one`, never);
  await server.end();
  await expect(running).resolves.toMatchObject([{ one: 1 }]);
  expect((await failureOf(server.select("postgres", one, never))).message).toContain("is stopping");
});

describe("cancelling", () => {
  test("ends running SQL, here and on the server", async () => {
    const database = await createDatabase(publisher());
    const server = connectTo(publisher());
    const abort = new AbortController();
    const running = failureOf(server.execute(database.name, sql`SELECT pg_sleep(600)`, abort.signal));
    const sleeping = async () =>
      (
        await database.query(
          "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active'",
        )
      ).length;
    await eventually(async () => (await sleeping()) === 1);
    abort.abort();
    const error = await running;
    expect(error.kind).toBe("cancelled");
    // The server says so a moment before it counts the session as idle.
    await eventually(async () => (await sleeping()) === 0);
    await server.select(database.name, one, never);
    expect(server.connectionsOpened).toBe(2);
  });

  test("ends a transaction, which leaves nothing behind", async () => {
    const database = await createDatabase(publisher());
    const server = connectTo(publisher());
    const abort = new AbortController();
    const error = await failureOf(
      server.transaction(
        database.name,
        async (tx) => {
          await tx.query(sql`CREATE TABLE t (a int)`);
          setTimeout(() => abort.abort(new DOMException("", "TimeoutError")), 50);
          await tx.query(sql`SELECT pg_sleep(60)`);
        },
        abort.signal,
      ),
    );
    expect(error.kind).toBe("timeout");
    expect(await database.query("SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
  });

  test("between two statements rolls back, and keeps the connection", async () => {
    const database = await createDatabase(publisher());
    const server = connectTo(publisher());
    const abort = new AbortController();
    const error = await failureOf(
      server.transaction(
        database.name,
        async (tx) => {
          await tx.query(sql`CREATE TABLE t (a int)`);
          abort.abort();
        },
        abort.signal,
      ),
    );
    expect(error.kind).toBe("cancelled");
    expect(await server.select(database.name, sql`SELECT to_regclass('t')::text AS t`, never)).toEqual([
      { t: null },
    ]);
    expect(server.connectionsOpened).toBe(1);
  });

  test("ends waiting for a server that accepts the connection and says nothing", async () => {
    const mute = await listen(() => undefined);
    const abort = new AbortController();
    const connecting = failureOf(
      connectTo({ ...publisher(), port: mute.port }).select("postgres", one, abort.signal),
    );
    await mute.connected;
    abort.abort();
    expect((await connecting).kind).toBe("cancelled");
  });

  test("before anything has begun, begins nothing", async () => {
    const server = connectTo(publisher());
    expect((await failureOf(server.select("postgres", one, AbortSignal.abort()))).kind).toBe("cancelled");
    expect(server.connectionsOpened).toBe(0);
  });
});

describe("a server that cannot be used", () => {
  test("ten callers of a dead port fail long before connect_timeout, and the next without another try", async () => {
    const server = connectTo({ ...publisher(), port: await deadPort() }, { connectTimeoutSeconds: 60 });
    const started = Date.now();
    const errors = await Promise.all(
      Array.from({ length: 10 }, () => failureOf(server.select("postgres", one, never))),
    );
    expect(Date.now() - started).toBeLessThan(30_000);
    expect(new Set(errors.map(({ kind }) => kind))).toEqual(new Set(["unreachable"]));
    expect(errors[0]?.describe()).toMatch(/refuses connections.*Check the host and port/s);
    const connecting = jest.spyOn(Client.prototype, "connect");
    const { address } = await failureOf(server.select("other", one, never));
    expect(connecting).not.toHaveBeenCalled();
    expect(address.database).toBe("other");
    connecting.mockRestore();
  });

  test("a host name that does not exist is named", async () => {
    const server = connectTo({ ...publisher(), host: "no-such-host.invalid" });
    expect((await failureOf(server.select("postgres", one, never))).message).toContain(
      '"no-such-host.invalid"',
    );
  });

  test("a server that says nothing is given up on after connect_timeout", async () => {
    const mute = await listen(() => undefined);
    const server = connectTo({ ...publisher(), port: mute.port }, { connectTimeoutSeconds: 1 });
    const error = await failureOf(server.select("postgres", one, never));
    expect(error.kind).toBe("timeout");
    expect(error.message).toContain("within 1 s (connect_timeout)");
  });

  test("a wrong password is tried once, and stands in no message", async () => {
    const password = "correct-horse-battery-staple";
    const proxy = await startProxy(publisher());
    const server = connectTo({ ...publisher(), port: proxy.port, password });
    const error = await failureOf(server.select("postgres", one, never));
    expect(error.kind).toBe("authentication");
    expect(proxy.connections()).toBe(1);
    expect(JSON.stringify([error.describe(), error.stack, error, error.cause])).not.toContain(password);
  });

  test("no password at all is said so, whatever PGPASSWORD holds", async () => {
    process.env["PGPASSWORD"] = publisher().password;
    try {
      const error = await failureOf(
        connectTo({ ...publisher(), password: "" }).select("postgres", one, never),
      );
      expect(error).toMatchObject({
        kind: "authentication",
        message: expect.stringContaining("none was given") as string,
      });
    } finally {
      delete process.env["PGPASSWORD"];
    }
  });

  test("a missing database is of a kind of its own", async () => {
    const error = await failureOf(connectTo(publisher()).select("no such database", one, never));
    expect(error).toMatchObject({ kind: "database_missing", sqlState: "3D000" });
  });

  test("a port where something else listens is no hang", async () => {
    const http = await listen((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    const server = connectTo({ ...publisher(), port: http.port }, { ssl: { mode: "require" } });
    const error = await failureOf(server.select("postgres", one, never));
    expect(error.remedy).toContain("may not be PostgreSQL");
  });
});

describe("a server that will be there soon", () => {
  test.each([
    ["57P03", "the database system is starting up"],
    ["53300", "sorry, too many clients already"],
  ])("is waited for while it answers %s", async (code, message) => {
    const proxy = await startProxy(publisher(), { refuse: { times: 2, code, message } });
    const server = connectTo({ ...publisher(), port: proxy.port });
    await expect(server.select("postgres", one, never)).resolves.toEqual([{ one: 1 }]);
    expect(proxy.connections()).toBe(3);
  });

  test("is given up on after connect_timeout, with its last words", async () => {
    const refuse = { times: Infinity, code: "57P03", message: "the database system is starting up" };
    const proxy = await startProxy(publisher(), { refuse });
    const server = connectTo({ ...publisher(), port: proxy.port }, { connectTimeoutSeconds: 1 });
    const error = await failureOf(server.select("postgres", one, never));
    expect(error).toMatchObject({ kind: "timeout", sqlState: "57P03" });
    expect(error.message).toContain("the database system is starting up");
  });

  test("a connection that others give back is used while the server has none to spare", async () => {
    const proxy = await startProxy(publisher(), {
      refuse: { after: 1, times: Infinity, code: "53300", message: "sorry, too many clients already" },
    });
    const server = connectTo({ ...publisher(), port: proxy.port });
    const [, second] = await Promise.all([
      server.select("postgres", sql`SELECT pg_sleep(0.3)`, never),
      server.select("postgres", one, never),
    ]);
    expect(second).toEqual([{ one: 1 }]);
    expect(server.connectionsOpened).toBe(1);
  });
});

test("a password function is asked for every new connection, and its failure is the error", async () => {
  const { password } = publisher();
  const ask = jest
    .fn<Promise<string>, []>()
    .mockResolvedValueOnce(password)
    .mockRejectedValueOnce(new Error("no credentials"));
  const server = connectTo(publisher(), { password: ask });
  await server.select("postgres", one, never);
  await server.select("postgres", one, never);
  expect(ask).toHaveBeenCalledTimes(1);
  const error = await failureOf(server.select("template1", one, never));
  expect(error).toMatchObject({ kind: "authentication", message: "no credentials" });
  expect(ask).toHaveBeenCalledTimes(2);
});

test("the session is named in pg_stat_activity", async () => {
  const server = connectTo(publisher());
  const query = sql`SELECT application_name AS name FROM pg_stat_activity WHERE pid = pg_backend_pid() AND datname = ${lit("postgres")}`;
  expect(await server.select("postgres", query, never)).toEqual([{ name: "terraform-provider-postgresql" }]);
});

/** A statement that runs until it is released; it fails after a minute, so that a failed test ends. */
async function holdStatement(database?: string) {
  const key = randomInt(2 ** 31);
  const holder = await connectClient(publisher(), database);
  await holder.query("SELECT pg_advisory_lock($1)", [key]);
  return {
    statement: sql`SELECT set_config('lock_timeout', '1min', true), pg_advisory_xact_lock(${lit(key)})`,
    reached: () =>
      eventually(async () => {
        const waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted";
        return (await holder.query(waiting, [key])).rowCount === 1;
      }),
    release: () => holder.end(),
  };
}

interface Refusal {
  /** How many connections are let through first; 0 by default. */
  readonly after?: number;
  readonly times: number;
  readonly code: string;
  readonly message: string;
}

/** Stands between client and server, and can do what a real server does only at the wrong moment. */
async function startProxy(endpoint: PostgresEndpoint, { refuse }: { refuse?: Refusal } = {}) {
  let connections = 0;
  let cut = false;
  let announcesEnd = false;
  const listener = await listen((client) => {
    connections += 1;
    const skipped = refuse?.after ?? 0;
    if (refuse !== undefined && connections > skipped && connections <= skipped + refuse.times) {
      client.once("data", () => client.end(errorResponse(refuse)));
      return;
    }
    const upstream = connectSocket(endpoint.port, endpoint.host);
    client.on("data", (data) => {
      if (cut) {
        cut = false;
        client.destroy();
        upstream.destroy();
      } else {
        upstream.write(data);
      }
    });
    upstream.on("data", (data) => {
      // ReadyForQuery is the last message of the welcome.
      const isReady = data.subarray(-6, -1).equals(Buffer.from([0x5a, 0, 0, 0, 5]));
      const parting = announcesEnd && isReady ? [END] : [];
      announcesEnd &&= !isReady;
      client.write(Buffer.concat([data, ...parting]));
    });
    upstream.on("end", () => client.end());
    client.on("close", () => upstream.destroy());
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
  });
  return {
    ...listener,
    connections: () => connections,
    cutOnNextMessage: () => {
      cut = true;
    },
    /** Says on the next connection that it ends, in one piece with the message that it is ready. */
    announceEndWithWelcome: () => {
      announcesEnd = true;
    },
    /** Says on every connection, as a server that shuts down, that it ends; and leaves it open. */
    announceEnd: () => {
      listener.sockets.forEach((socket) => socket.write(END));
    },
  };
}

const listeners: { stop: () => Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.stop()));
});

/** A TCP server that does with each connection what it is told to, until the test is over. */
async function listen(handle: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    handle(socket);
  });
  const connected = once(server, "connection");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const listener = {
    port: (server.address() as AddressInfo).port,
    connected,
    sockets,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
  listeners.push(listener);
  return listener;
}

/** PostgreSQL's ErrorResponse, as a server that is not ready sends it. */
function errorResponse({ code, message }: Pick<Refusal, "code" | "message">): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** What a server says on a connection that it ends. */
const END = errorResponse({ code: "57P01", message: "terminating connection" });

/** A port where nobody listens: one that was free a moment ago. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
