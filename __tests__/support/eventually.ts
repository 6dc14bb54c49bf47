import { setTimeout } from "node:timers/promises";

/** How long a condition is waited for, in milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * Asks again and again until the answer satisfies.
 *
 * @param satisfied - by default, anything that is true.
 * @throws Error with the last answer when it never came about.
 */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  satisfied: (answer: T) => boolean = Boolean,
): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`It never came about: ${ask.toString()}. The last answer: ${JSON.stringify(answer)}`);
    }
    await setTimeout(20);
  }
}
