import { setTimeout } from "node:timers/promises";
import { eventually } from "../eventually";
import { isRunning } from "../processes";
import type { RunningTerraform, Terraform, TerraformRun } from "../terraform";
import type { SetBreakpoint, TcpProxy } from "./tcp-proxy";

/** What interrupts a run of Terraform. */
export type Interrupter =
  "kill the provider" | "press Ctrl-C" | "press Ctrl-C twice" | "cut the connection" | "kill Terraform";

/** How a run of Terraform is interrupted, and at which statement. */
export interface Interruption {
  readonly how: Interrupter;
  /** `before` the server receives the statement, or `after` it has carried it out. */
  readonly when: "before" | "after";
  /**
   * The statement.
   * @default - any that changes something
   */
  readonly statement?: RegExp;
  /**
   * How many statements that match come before it.
   * @default 0
   */
  readonly nth?: number;
}

/** What changes something: the provider sends no other statements that begin so. */
export const CHANGING_STATEMENT = /^(CREATE|ALTER|DROP|GRANT|REVOKE)\b|pg_\w+_replication_slot\(/m;

/** The time between two presses of Ctrl-C, in milliseconds: two signals at once are one. */
const PRESS_MS = 200;

/**
 * Runs Terraform, which starts its own provider, and interrupts it at a statement that passes through a proxy.
 *
 * @returns the run, once the provider has ended too. A run that sends no such statement is not interrupted.
 */
export async function runInterrupted(
  terraform: Terraform,
  command: "apply" | "destroy",
  proxy: TcpProxy,
  { how, when, statement = CHANGING_STATEMENT, nth = 0 }: Interruption,
): Promise<TerraformRun> {
  const breakpoint = proxy.breakAt({ statement, when, skip: nth });
  const running = terraform.startingItsProvider().start(command);
  const isReached = await Promise.race([
    breakpoint.reached.then(() => true),
    running.ended.then(() => false),
  ]);
  const providers = isReached ? await running.providers() : [];
  if (isReached) await strike(how, running, breakpoint);
  breakpoint.release();
  const run = await running.ended;
  // A provider that outlived Terraform for good could change something during the next run.
  for (const pid of providers) await eventually(async () => !(await isRunning(pid)));
  return run;
}

async function strike(how: Interrupter, running: RunningTerraform, breakpoint: SetBreakpoint): Promise<void> {
  switch (how) {
    case "kill the provider":
      return running.killProvider();
    case "kill Terraform":
      return running.kill();
    case "press Ctrl-C":
      return running.interrupt();
    case "press Ctrl-C twice":
      return interruptUntilEnded(running);
    case "cut the connection":
      return breakpoint.cut();
  }
}

async function interruptUntilEnded(running: RunningTerraform): Promise<void> {
  do running.interrupt();
  while ((await Promise.race([running.ended, setTimeout(PRESS_MS)])) === undefined);
}
