import { setTimeout } from "node:timers/promises";

/**
 * Waits until a condition holds.
 *
 * @throws Error after 20 seconds.
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await condition()); await setTimeout(20)) {
    if (Date.now() > deadline) {
      throw new Error(`Waited 20 seconds in vain for ${condition.toString()}`);
    }
  }
}
