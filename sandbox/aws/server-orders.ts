import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Creation, DatabaseServers } from "./database-servers";
import type { Parameters } from "./database-server";
import { DmsSessions, type DmsLogin } from "./dms-sessions";
import type { MasterUser } from "./rds-roles";

/** Where the API orders servers, and what it must show to be allowed to. */
export interface ServerOrders {
  readonly port: number;
  readonly token: string;
  close(): Promise<void>;
}

interface Order {
  readonly identifier: string;
  readonly parameters: Parameters;
  readonly master: MasterUser;
  readonly snapshot: string;
  readonly login: DmsLogin;
  readonly slot: string;
}

/**
 * Listens on loopback for what the API, a process of its own, wants done with the PostgreSQL servers: `POST /boot` with
 * `{"identifier": …, "parameters": …}` and so on. An order that fails is answered with 400 and `{"message": …}`.
 */
export async function takeServerOrders(servers: DatabaseServers): Promise<ServerOrders> {
  const token = randomBytes(16).toString("hex");
  const dms = new DmsSessions(servers);
  const carryOut = async (path: string | undefined, order: unknown): Promise<unknown> => {
    const { login, slot } = order as Order;
    switch (path) {
      case "/create":
        return servers.create(order as Creation);
      case "/boot":
        return servers.boot(order as Order);
      case "/reload":
        return servers.reload(order as Order);
      case "/halt":
        return servers.halt(order as Order);
      case "/set-password":
        return servers.setPassword(order as Order);
      case "/snapshot":
        return servers.snapshot(order as Order);
      case "/remove":
        return servers.remove(order as Order);
      case "/connect":
        return dms.connect(login);
      case "/create-slot":
        return dms.createSlot(login, slot);
      case "/find-slot":
        return dms.findSlot(login, slot);
      case "/drop-slot":
        return dms.dropSlot(login, slot);
      default:
        throw new Error(`There is no order ${path}.`);
    }
  };
  const listener = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(403).end(JSON.stringify({ message: "The token is missing or wrong." }));
      return;
    }
    json(request)
      .then((order) => carryOut(request.url, order))
      .then(
        (answer) => response.end(JSON.stringify(answer ?? {})),
        (error: Error) => response.writeHead(400).end(JSON.stringify({ message: error.message })),
      );
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: (listener.address() as AddressInfo).port,
    token,
    close: async () => {
      listener.close();
      listener.closeAllConnections();
      await once(listener, "close");
    },
  };
}
