import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP port of the loopback interface. Connections wait until a server accepts them. */
export interface PluginListener {
  readonly port: number;
  /** Passes every connection to the server: those that have waited, and all later ones. */
  acceptOn(server: (connection: Socket) => void): void;
}

/** Listens on a free port. */
export async function listen(): Promise<PluginListener> {
  const waiting: Socket[] = [];
  const listener = createServer({ pauseOnConnect: true }, (connection) => waiting.push(connection));
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: (listener.address() as AddressInfo).port,
    acceptOn: (server) => {
      listener.removeAllListeners("connection").on("connection", server);
      waiting.splice(0).forEach(server);
    },
  };
}
