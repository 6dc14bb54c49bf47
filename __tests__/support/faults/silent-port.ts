import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Readable } from "node:stream";

/** Listens with the shortest queue there is, and then stands still. */
const PROGRAM = `
  const [host, port] = process.argv.slice(1);
  require("node:net").createServer().listen({ host, port: Number(port), backlog: 1 }, () => {
    console.log("listening");
    process.kill(process.pid, "SIGSTOP");
  });`;

/**
 * Occupies a port in a way that nobody can connect to it: attempts are not answered at all, as where a firewall drops
 * packets. It takes a listener that accepts nothing, and connections that fill its queue.
 *
 * @returns what frees the port.
 */
export async function occupyWithoutAnswer(host: string, port: number): Promise<() => Promise<void>> {
  const listener: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    ["-e", PROGRAM, host, String(port)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(listener.stdout, "data");
  const fillers: Socket[] = [];
  for (;;) {
    const filler = connect(port, host);
    filler.on("error", () => {});
    fillers.push(filler);
    if (!(await connectsSoon(filler))) break;
  }
  return async () => {
    for (const filler of fillers) filler.destroy();
    listener.kill("SIGKILL");
    await once(listener, "close");
  };
}

/** An attempt over loopback is answered at once, or, with a full queue, not at all. */
async function connectsSoon(socket: Socket): Promise<boolean> {
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(500) });
    return true;
  } catch {
    return false;
  }
}
