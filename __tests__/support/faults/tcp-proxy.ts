import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { PostgresEndpoint } from "../../../sandbox/postgres-endpoint";
import { eventually } from "../eventually";
import { occupyWithoutAnswer } from "./silent-port";

/** The place in a conversation where a {@link TcpProxy} stops forwarding. */
export interface Breakpoint {
  /** What the client sends in one message, such as `/^CREATE SUBSCRIPTION/`. */
  readonly statement: RegExp;
  /**
   * `before` the server receives the statement, or `after` the server has carried it out and the client has not
   * received the answer.
   */
  readonly when: "before" | "after";
  /**
   * How many statements that match are let through before.
   * @default 0
   */
  readonly skip?: number;
}

/** A {@link Breakpoint} that is set. Only the first conversation that arrives there stops. */
export interface SetBreakpoint {
  /** Resolves with the statement when a conversation has stopped. */
  readonly reached: Promise<string>;
  /** Ends the conversation that has stopped: both sides see a closed connection. */
  cut(): void;
  /** Continues it. */
  release(): void;
}

/** Stands between a client and a PostgreSQL server, on loopback, and does what networks do only at the wrong moment. */
export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  /** How many connections it has accepted so far. */
  connections(): number;
  /** Every statement that clients have sent so far, in the order in which they sent them. */
  statements(): readonly string[];
  /** Forwards everything, at once. This is how it begins. */
  pass(): Promise<void>;
  /** Refuses connections, and cuts those that exist. */
  refuse(): Promise<void>;
  /** Accepts connections, and forwards nothing over them, nor over those that exist. */
  hang(): Promise<void>;
  /** Answers no attempt to connect, as a firewall that drops packets, and forwards nothing over existing connections. */
  drop(): Promise<void>;
  /** Forwards everything this much later. */
  delay(milliseconds: number): void;
  /** Cuts the connections that exist. */
  cut(): void;
  /** Cuts the next connection that has carried so many bytes from the server. */
  cutAfter(bytes: number): void;
  breakAt(breakpoint: Breakpoint): SetBreakpoint;
}

const proxies: { readonly close: () => Promise<void> }[] = [];

afterAll(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

/** Starts a proxy in front of a server. It ends after the last test of the file. */
export async function startTcpProxy(target: Pick<PostgresEndpoint, "host" | "port">): Promise<TcpProxy> {
  const proxy = new Proxy(target);
  await proxy.listen();
  proxies.push(proxy);
  return proxy;
}

/** A server as clients see it that reach it through a proxy. */
export function through(proxy: TcpProxy, server: PostgresEndpoint): PostgresEndpoint {
  return { ...server, host: proxy.host, port: proxy.port };
}

class Proxy implements TcpProxy {
  readonly host = "127.0.0.1";
  port = 0;
  readonly #target: Pick<PostgresEndpoint, "host" | "port">;
  readonly #server = createServer((client) => this.#accept(client));
  readonly #conversations = new Set<Conversation>();
  readonly #statements: string[] = [];
  readonly #breakpoints = new Set<Pending>();
  #accepted = 0;
  #forwards = true;
  #delay = 0;
  #byteLimit = Infinity;
  #stopDropping: (() => Promise<void>) | undefined;

  constructor(target: Pick<PostgresEndpoint, "host" | "port">) {
    this.#target = target;
  }

  async listen(): Promise<void> {
    // While the proxy refuses connections, another process may use its port for a moment.
    await eventually(() => this.#tryListen());
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async #tryListen(): Promise<boolean> {
    this.#server.listen(this.port, this.host);
    try {
      await once(this.#server, "listening");
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      return false;
    }
  }

  connections(): number {
    return this.#accepted;
  }

  statements(): readonly string[] {
    return this.#statements;
  }

  async pass(): Promise<void> {
    await this.#listenAgain();
    this.#delay = 0;
    this.#byteLimit = Infinity;
    this.#forwards = true;
    for (const conversation of this.#conversations) conversation.flush();
  }

  async refuse(): Promise<void> {
    await this.#stopListening();
    this.cut();
  }

  async hang(): Promise<void> {
    this.#forwards = false;
    await this.#listenAgain();
  }

  async drop(): Promise<void> {
    this.#forwards = false;
    await this.#stopListening();
    this.#stopDropping = await occupyWithoutAnswer(this.host, this.port);
  }

  delay(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  cut(): void {
    for (const conversation of this.#conversations) conversation.end();
  }

  cutAfter(bytes: number): void {
    this.#byteLimit = bytes;
  }

  breakAt(breakpoint: Breakpoint): SetBreakpoint {
    let conversation: Conversation | undefined;
    let resolve: (statement: string) => void = () => {};
    const reached = new Promise<string>((done) => (resolve = done));
    let skip = breakpoint.skip ?? 0;
    const pending: Pending = {
      ...breakpoint,
      skipped: () => (skip -= 1),
      reach: (stopped, statement) => {
        conversation = stopped;
        resolve(statement);
      },
    };
    this.#breakpoints.add(pending);
    return {
      reached,
      cut: () => conversation?.end(),
      release: () => {
        this.#breakpoints.delete(pending);
        conversation?.resume();
      },
    };
  }

  async close(): Promise<void> {
    this.cut();
    await this.#stopListening();
  }

  async #stopListening(): Promise<void> {
    await this.#stopDropping?.();
    this.#stopDropping = undefined;
    if (!this.#server.listening) return;
    // It closes for good when the last connection does, but does not listen from now on.
    this.#server.close();
  }

  async #listenAgain(): Promise<void> {
    await this.#stopDropping?.();
    this.#stopDropping = undefined;
    if (!this.#server.listening) await this.listen();
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const conversation = new Conversation(client, connect(this.#target), {
      forwards: () => this.#forwards,
      delay: () => this.#delay,
      sent: (statement) => {
        this.#statements.push(statement);
        const pending = [...this.#breakpoints].find(
          (each) => each.statement.test(statement) && each.skipped() < 0,
        );
        if (pending !== undefined) this.#breakpoints.delete(pending);
        return pending;
      },
      received: (bytes) => {
        if (bytes < this.#byteLimit) return;
        this.#byteLimit = Infinity;
        conversation.end();
      },
    });
    this.#conversations.add(conversation);
    client.on("close", () => this.#conversations.delete(conversation));
  }
}

interface Pending extends Breakpoint {
  /** Counts a statement that matches. @returns how many more are to be let through; -1 for the one to stop at. */
  skipped(): number;
  reach(conversation: Conversation, statement: string): void;
}

interface Rules {
  forwards(): boolean;
  delay(): number;
  /** @returns the breakpoint that the statement has arrived at. */
  sent(statement: string): Pending | undefined;
  /** @param bytes - all that the server has sent so far. */
  received(bytes: number): void;
}

/** One client's connection, and the proxy's to the server for it. */
class Conversation {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #rules: Rules;
  /** What is to be forwarded later, in its order. */
  readonly #held: { readonly to: Socket; readonly data: Buffer }[] = [];
  #stopped: { readonly pending: Pending; readonly statement: string } | undefined;
  #answer = "";
  #received = 0;

  constructor(client: Socket, server: Socket, rules: Rules) {
    this.#client = client;
    this.#server = server;
    this.#rules = rules;
    client.on("data", (data) => this.#fromClient(data));
    server.on("data", (data) => this.#fromServer(data));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => rules.forwards() && other.destroy());
      one.on("end", () => rules.forwards() && other.end());
    }
  }

  end(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  /** Continues after a breakpoint. */
  resume(): void {
    this.#stopped = undefined;
    this.flush();
  }

  flush(): void {
    if (this.#stopped !== undefined) return;
    // One side gave up while nothing was forwarded, and the other does not know yet.
    if (this.#client.destroyed || this.#server.destroyed) return this.end();
    for (const { to, data } of this.#held.splice(0)) to.write(data);
  }

  #fromClient(data: Buffer): void {
    const statement = statementIn(data);
    const pending = statement === undefined ? undefined : this.#rules.sent(statement);
    if (statement !== undefined && pending !== undefined) {
      if (pending.when === "after") this.#forward(this.#server, data);
      this.#stopped = { pending, statement };
      if (pending.when === "after") return;
      pending.reach(this, statement);
    }
    this.#forward(this.#server, data);
  }

  #fromServer(data: Buffer): void {
    this.#received += data.length;
    this.#forward(this.#client, data);
    if (this.#stopped?.pending.when === "after") {
      this.#answer += data.toString("latin1");
      if (this.#answer.includes(READY_FOR_QUERY)) {
        this.#stopped.pending.reach(this, this.#stopped.statement);
      }
    }
    this.#rules.received(this.#received);
  }

  #forward(to: Socket, data: Buffer): void {
    if (this.#stopped !== undefined || !this.#rules.forwards()) this.#held.push({ to, data });
    else if (this.#rules.delay() > 0) setTimeout(() => to.write(data), this.#rules.delay());
    else to.write(data);
  }
}

/** What ends every answer to a statement. */
const READY_FOR_QUERY = "Z\0\0\0\x05";

/** The statement of a message Query: its letter, four bytes of length, and the text up to a zero. */
function statementIn(data: Buffer): string | undefined {
  if (data.length < 6 || data[0] !== "Q".charCodeAt(0)) return undefined;
  return data.toString("utf8", 5, data.readUInt32BE(1));
}
