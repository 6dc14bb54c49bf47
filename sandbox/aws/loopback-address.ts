import { randomInt } from "node:crypto";

/**
 * A loopback address for one endpoint alone, so that servers with the same port, and several sandboxes, live side by
 * side. Only Linux has more than one without set-up; elsewhere it is always 127.0.0.1.
 */
export function loopbackAddress(): string {
  return process.platform === "linux"
    ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`
    : "127.0.0.1";
}
