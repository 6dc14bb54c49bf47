import { createServer, connect, type Server, type Socket } from "node:net";
import { type AddressInfo } from "node:net";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import {
  createPair,
  type Pair,
  rowsArrive,
  slots,
  subscription,
  subscriptionIn,
} from "../support/subscription-pair";

/** A way to the publisher that can fall silent: connections are accepted, and nothing is ever answered. */
class Passage {
  readonly #sockets = new Set<Socket>();
  #silent = false;
  readonly #server: Server;

  constructor(host: string, port: number) {
    this.#server = createServer((socket) => {
      this.#keep(socket);
      if (this.#silent) return;
      const target = this.#keep(connect(port, host));
      socket.pipe(target).pipe(socket);
    });
  }

  async listen(): Promise<number> {
    passages.push(this);
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on, nothing is answered. Connections that exist end, as they do at a host that has crashed. */
  fallSilent(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The publisher answers again. Connections that it has accepted meanwhile are reset. */
  open(): void {
    this.#silent = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.fallSilent();
    this.#server.close();
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
    return socket;
  }
}

const passages: Passage[] = [];
afterEach(() => passages.splice(0).forEach((passage) => passage.close()));

async function pairBehindPassage(): Promise<{ pair: Pair; passage: Passage; conninfo: string }> {
  const pair = await createPair();
  const { host, port } = pair.publisher.server;
  const passage = new Passage(host, port);
  const conninfo =
    pair.conninfo.replace(`port=${port}`, `port=${await passage.listen()}`) + " connect_timeout=2";
  return { pair, passage, conninfo };
}

const subscriptions = ({ subscriber, slot }: Pair): Promise<unknown[]> =>
  subscriber.query("SELECT subenabled FROM pg_subscription WHERE subslotname = $1", [slot]);

describe("a publisher that accepts connections and never answers", () => {
  it("fails CREATE within connect_timeout, and leaves nothing behind", async () => {
    const { pair, passage, conninfo } = await pairBehindPassage();
    passage.fallSilent();
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { conninfo }));
    const started = Date.now();
    expect((await errorOf(terraform.apply())).message).toMatch(
      /could not connect to the publisher: it did not answer within 2 s.*security group/s,
    );
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(await subscriptions(pair)).toEqual([]);
    expect(await slots(pair)).toEqual([]);
    passage.open();
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    await terraform.destroy();
  });

  it("fails a destroy within connect_timeout and changes nothing; detach_if_unreachable drops the subscription", async () => {
    const { pair, passage, conninfo } = await pairBehindPassage();
    const terraform = await subscriptionIn(pair);
    await terraform.write(subscription(pair, { conninfo }));
    await terraform.apply();
    await rowsArrive(pair, "a", 5);
    passage.fallSilent();
    const started = Date.now();
    expect((await errorOf(terraform.destroy())).message).toMatch(
      /it did not answer within 2 s.*nothing was changed.*terraform apply -refresh=false -target/s,
    );
    expect(Date.now() - started).toBeLessThan(30_000);
    expect(await subscriptions(pair)).toEqual([{ subenabled: true }]);

    // The subscription works as before once the publisher is back.
    passage.open();
    await pair.publisher.query("INSERT INTO a VALUES (6)");
    await rowsArrive(pair, "a", 6);

    passage.fallSilent();
    await terraform.write(subscription(pair, { conninfo, detach_if_unreachable: true }));
    await terraform.apply("-refresh=false", "-target=postgresql_subscription.s");
    const run = await terraform.destroy("-refresh=false", "-target=postgresql_subscription.s");
    expect(
      run.diagnostics.find(({ summary }) => summary === "Replication slot left behind")?.detail,
    ).toContain(`pg_drop_replication_slot('${pair.slot}')`);
    expect(await subscriptions(pair)).toEqual([]);
    expect(await slots(pair)).toEqual([{ slot_name: pair.slot }]);
  });
});

describe("a subscriber of PostgreSQL 10", () => {
  it("gives up on a publisher that never answers, too", async () => {
    const pair = await createPair(sharedServer("publisher"), sharedServer("publisher10"));
    const passage = new Passage(pair.publisher.server.host, pair.publisher.server.port);
    const port = await passage.listen();
    passage.fallSilent();
    const terraform = await subscriptionIn(pair);
    const conninfo = `${pair.conninfo.replace(/port=\d+/, `port=${port}`)} connect_timeout=2`;
    await terraform.write(subscription(pair, { conninfo }));
    expect((await errorOf(terraform.apply())).message).toMatch(/it did not answer within 2 s/);
  });
});
