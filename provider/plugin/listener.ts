import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP port of the loopback interface, open before there is anybody to answer. */
export interface Listener {
  readonly port: number;
  /** Hands over every connection, those that have waited and those to come. Nothing has been read from them. */
  handTo(server: (connection: Socket) => void): void;
}

/** Listens on a free port. */
export async function listen(): Promise<Listener> {
  const waiting: Socket[] = [];
  const listener = createServer({ pauseOnConnect: true }, (connection) => waiting.push(connection));
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: (listener.address() as AddressInfo).port,
    handTo: (server) => {
      listener.removeAllListeners("connection").on("connection", server);
      waiting.splice(0).forEach(server);
    },
  };
}
