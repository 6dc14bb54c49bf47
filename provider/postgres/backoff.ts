const FIRST_MS = 200;
const LONGEST_MS = 2_000;

/**
 * How long to wait after so many tries, in milliseconds: about 0.2 s, 0.4 s, 0.8 s … up to 2 s, each shortened by up to
 * half at random, so that those who failed together do not come back together.
 */
export function backoff(tries: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1)) * (1 - Math.random() / 2);
}
