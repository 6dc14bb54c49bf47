import fc from "fast-check";
import { ApplyChange } from "./commands/apply-change";
import type { Change } from "./commands/change";
import { faults } from "./commands/faults";
import { publicationChanges } from "./commands/publications";
import { RunWithFault } from "./commands/run-with-fault";
import { subscriptionChanges } from "./commands/subscription";
import { tableChanges } from "./commands/tables";
import { Environment, type ModelInterruption } from "./environment";
import { applied, initialModel, type Model } from "./model";
import { verify, verifyDestroyed } from "./oracle";
import type { Run, Step } from "./step";

/** Enough for a run of any length: a step that is impossible at its turn is left out. */
const GENERATED_STEPS = 400;

const changes: Readonly<Record<string, Change>> = {
  ...tableChanges,
  ...publicationChanges,
  ...subscriptionChanges,
};

const interruption: fc.Arbitrary<ModelInterruption> = fc.record({
  how: fc.constantFrom("kill the provider" as const, "press Ctrl-C" as const, "cut the connection" as const),
  side: fc.constantFrom("publisher", "subscriber"),
  nth: fc.nat({ max: 2 }),
  when: fc.constantFrom("before", "after"),
});

/** One in five: an undisturbed step takes a second, any other several. */
function sometimes<T, U>(arbitrary: fc.Arbitrary<T>, otherwise: U): fc.Arbitrary<T | U> {
  return fc.oneof({ arbitrary, weight: 1 }, { arbitrary: fc.constant(otherwise), weight: 4 });
}

const change: fc.Arbitrary<Step> = fc
  .record({
    chosen: fc.constantFrom(...Object.entries(changes)),
    numbers: fc.array(fc.nat({ max: 99 }), { minLength: 4, maxLength: 4 }),
    lags: sometimes(fc.constant(true), false),
    interruption: sometimes(interruption, null),
  })
  .map(({ chosen: [name, change], ...options }) => new ApplyChange({ name, change, ...options }));

const fault: fc.Arbitrary<Step> = fc
  .constantFrom(...Object.entries(faults))
  .map(([name, fault]) => new RunWithFault(name, fault));

/** The steps of a seed, always the same. */
export function generateSteps(seed: number): Step[] {
  const step = fc.oneof({ arbitrary: change, weight: 3 }, { arbitrary: fault, weight: 1 });
  const steps = fc.array(step, { minLength: GENERATED_STEPS, maxLength: GENERATED_STEPS });
  return fc.sample(steps, { seed, numRuns: 1 }).flat();
}

/** A run that failed. */
export interface Failure {
  readonly error: Error;
  /** The steps that ran. The last one failed. */
  readonly steps: readonly Step[];
}

export interface RunOptions {
  readonly majors: Model["majors"];
  /** @default - all steps */
  readonly maxSteps?: number;
  /** The time, in milliseconds since 1970, after which no further step begins. */
  readonly until?: number;
  /** Receives each step before it runs. */
  readonly trace?: (step: string) => void;
}

/** Runs steps in a new environment until one fails, and destroys everything at the end. */
export async function runSteps(steps: readonly Step[], options: RunOptions): Promise<Failure | undefined> {
  const executed: Step[] = [];
  const environment = await Environment.create(options.majors);
  try {
    const run: Run = { model: initialModel(options.majors) };
    await deploy(environment, run);
    await fc.asyncModelRun(() => ({ model: run, real: environment }), recorded(steps, executed, options));
    await environment.terraform.destroy();
    await verifyDestroyed(environment);
    return undefined;
  } catch (error) {
    return { error: error as Error, steps: executed };
  } finally {
    await environment.close();
  }
}

async function deploy(environment: Environment, run: Run): Promise<void> {
  for (const [name, { identity }] of Object.entries(run.model.tables))
    await environment.createTable(name, identity);
  environment.writer.start();
  const outcome = await environment.apply(run.model);
  if (!outcome.succeeded) throw new Error(`The first apply should succeed. ${outcome.messages.join("\n")}`);
  run.model = applied(run.model);
  await verify(environment, run.model);
}

/** The steps, each of which adds itself to the executed ones when it runs. */
function recorded(steps: readonly Step[], executed: Step[], options: RunOptions): Step[] {
  const { maxSteps = Infinity, until = Infinity, trace } = options;
  return steps.map((step) => ({
    check: (run) => executed.length < maxSteps && Date.now() < until && step.check(run),
    run: (run, environment) => {
      executed.push(step);
      trace?.(`${executed.length}. ${step.toString()}`);
      return step.run(run, environment);
    },
    toString: () => step.toString(),
  }));
}

/**
 * Looks for fewer steps that fail in the same way. Each attempt takes minutes, so the search is limited.
 *
 * @returns the shortest failure found within that many milliseconds.
 */
export async function shrink(failure: Failure, options: RunOptions, milliseconds: number): Promise<Failure> {
  const until = Date.now() + milliseconds;
  let shortest = failure;
  for (
    let size = Math.ceil(failure.steps.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    // The last step is the one that fails.
    for (let start = 0; start < shortest.steps.length - 1 && Date.now() < until;) {
      const fewer = shortest.steps.filter(
        (_, index) => index < start || index >= start + size || index === shortest.steps.length - 1,
      );
      const found = await runSteps(fewer, { ...options, until });
      if (found !== undefined && symptom(found) === symptom(shortest)) shortest = found;
      else start += size;
    }
  }
  return shortest;
}

/** The first words of the error, without the numbers, which differ from run to run. */
function symptom({ error }: Failure): string {
  return error.message.slice(0, 100).replaceAll(/\d+/g, "N");
}
