import { type CtyValue, isRecord } from "../plugin/cty/value";
import type { CtyType } from "../plugin/cty/type";
import type { Diagnostics } from "./diagnostics";
import { LONGEST_TIMER_MS, parseDuration } from "./duration";
import { ctyTypeOf, type Schema } from "./schema";

/** The operations that a `timeouts` block can limit. */
export type TimedStep = "create" | "read" | "update" | "delete";

/** The default time limits, the same as in most providers. */
export const DEFAULT_TIMEOUTS: Readonly<Record<TimedStep, string>> = {
  create: "20m",
  read: "5m",
  update: "20m",
  delete: "20m",
};

/** The `timeouts { … }` block of every resource and data source. */
export const TIMEOUTS_BLOCK = "timeouts";

/** The operations of a resource with a time limit. */
export const RESOURCE_STEPS: readonly TimedStep[] = ["create", "read", "update", "delete"];

/** The operations of a data source with a time limit. */
export const DATA_SOURCE_STEPS: readonly TimedStep[] = ["read"];

/** The type of the schema's object with a `timeouts` block for these steps. */
export function typeWithTimeouts(schema: Schema, steps: readonly TimedStep[]): CtyType {
  const limits = Object.fromEntries(steps.map((step) => [step, "string" as const]));
  return ctyTypeOf(schema, { [TIMEOUTS_BLOCK]: ["object", limits] });
}

export function validateTimeouts(timeouts: CtyValue | undefined, diagnostics: Diagnostics): void {
  if (!isRecord(timeouts)) return;
  for (const [step, text] of Object.entries(timeouts)) {
    if (typeof text !== "string" || (parseDuration(text) ?? 0) > 0) continue;
    diagnostics.error(
      "Invalid timeout",
      `timeouts.${step} is ${JSON.stringify(text)}. It must be a duration greater than zero, such as "30s", "10m" or "1h30m".`,
      [TIMEOUTS_BLOCK, step],
    );
  }
}

/** The configured time limit of an operation, or its default. */
export function timeoutOf(timeouts: CtyValue | undefined, step: TimedStep): string {
  const text = isRecord(timeouts) ? timeouts[step] : null;
  return typeof text === "string" ? text : DEFAULT_TIMEOUTS[step];
}

/** The reason of a signal that a time limit has aborted. */
class StepTimeout extends Error {
  constructor(step: TimedStep, limit: string) {
    super(
      `it took longer than ${limit} and was cancelled. Set a longer limit with timeouts { ${step} = "…" }`,
    );
    // The name of the error of AbortSignal.timeout().
    this.name = "TimeoutError";
  }
}

/** Runs work under a time limit. Its signal is aborted at the limit, or when the provider is stopped. */
export async function withTimeout<T>(
  step: TimedStep,
  limit: string,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const milliseconds = Math.min(parseDuration(limit) ?? 0, LONGEST_TIMER_MS);
  const timer = setTimeout(() => timeout.abort(new StepTimeout(step, limit)), milliseconds);
  try {
    return await work(AbortSignal.any([stop, timeout.signal]));
  } finally {
    clearTimeout(timer);
  }
}
