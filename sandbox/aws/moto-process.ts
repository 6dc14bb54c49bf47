import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { awsSandboxObstacle } from "./requirements";
import type { ServerOrders } from "./server-orders";

/** The AWS API: moto with the modules in `moto/`, in a Python process that ends with this one, however that ends. */
export interface MotoProcess {
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * @param port - TCP port on 127.0.0.1; 0 for a free one.
 * @throws Error, in one line, when it does not start: the reason, and what to do.
 */
export async function startMoto(port: number, orders: ServerOrders): Promise<MotoProcess> {
  const child = spawn("python3", [join(__dirname, "moto", "server.py"), String(port)], {
    // A Ctrl-C at the terminal is ours to answer: the process ends when its standard input does.
    detached: true,
    env: {
      ...process.env,
      // Not on the command line, which everybody on the machine can read.
      SANDBOX_ORDERS_PORT: String(orders.port),
      SANDBOX_ORDERS_TOKEN: orders.token,
      PYTHONDONTWRITEBYTECODE: "1",
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  let errors = "";
  // Read to the end, or it would block; kept short, since the API logs every request.
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-10_000)));
  const ended = once(child, "close");
  const firstLine = createInterface(child.stdout)[Symbol.asyncIterator]().next();
  const line = await Promise.race([firstLine, ended.then(() => undefined)]).catch(() => undefined);
  const ready = /^READY (\d+)$/.exec(String(line?.value));
  if (ready === null) {
    child.kill();
    const last = errors.trim().split("\n").at(-1) ?? "";
    throw new Error(`The AWS side of the sandbox did not start: ${awsSandboxObstacle() ?? last}`);
  }
  return {
    port: Number(ready[1]),
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
