import { createConnection, type NetConnectOpts } from "node:net";

const SSL_REQUEST_CODE = 80877103;

/**
 * Whether a server still answers anybody. It is asked for TLS on a connection of its own, which a server answers with one
 * byte before it asks who connects: this needs no login, and takes none of the server's connections.
 */
export function isAnswering(target: NetConnectOpts, patienceMs: number): Promise<boolean> {
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(SSL_REQUEST_CODE, 4);
  return new Promise((resolve) => {
    const socket = createConnection(target, () => socket.write(request));
    const finish = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(false), patienceMs);
    socket.on("data", () => finish(true));
    socket.on("error", () => finish(false));
    socket.on("close", () => finish(false));
  });
}
