import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A process that another one has started. */
export interface ChildProcessInfo {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
}

/** The processes that a process has started itself, and that still run. */
export async function childrenOf(pid: number): Promise<ChildProcessInfo[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,args="]);
  return stdout.split("\n").flatMap((line) => {
    const [, child, parent, command] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return command !== undefined && Number(parent) === pid ? [{ pid: Number(child), command }] : [];
  });
}

/** Sends a signal; a process that has ended already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
      throw error;
    }
  }
}

/** Whether a process runs; one that has ended and that its parent has not noticed yet does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,stat="]);
  return stdout.split("\n").some((line) => {
    const [, found, state] = /^ *(\d+) +(.)/.exec(line) ?? [];
    return Number(found) === pid && state !== "Z";
  });
}
