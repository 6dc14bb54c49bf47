import { createConnection, type NetConnectOpts } from "node:net";

/** The key by which a server knows the session that shall be interrupted. */
export interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

const CANCEL_REQUEST_CODE = 80877102;
const PATIENCE_MS = 2_000;

/**
 * Asks the server to interrupt what a session is running: PostgreSQL's CancelRequest, on a connection of its own. The
 * server gives no answer; when nothing was running, nothing happens. Never rejects.
 *
 * @param target The very socket address that the session is connected to: behind a host name there may be several
 *   servers, and only one of them knows the key.
 */
export function sendCancelRequest(
  target: NetConnectOpts,
  { processID, secretKey }: BackendKey,
): Promise<void> {
  const packet = Buffer.alloc(16);
  packet.writeInt32BE(16, 0);
  packet.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  packet.writeInt32BE(processID, 8);
  packet.writeInt32BE(secretKey, 12);
  return new Promise((resolve) => {
    const socket = createConnection(target, () => socket.end(packet));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    // A server that cannot be asked will not answer the session either; the session's owner gives up on it by itself.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve());
    socket.resume();
  });
}
