import type { AsyncCommand } from "fast-check";
import type { Environment } from "./environment";
import type { Model } from "./model";

/** The state of a run, which fast-check passes to every step. */
export interface Run {
  model: Model;
}

/** One step of a run. */
export type Step = AsyncCommand<Run, Environment>;
