import { type Failure, generateSteps, type RunOptions, runSteps, shrink } from "./run";

const MINUTE_MS = 60_000;
const SHRINK_MINUTES = 10;
/** A run of 60 steps takes about two minutes. */
const RUN_MINUTES = 15;

// `npm run soak` sets these variables. `npm test` always runs the steps of one seed.
const { MODEL_SEED = "1", MODEL_STEPS = "60", MODEL_MAJORS = "18,18", SOAK_MINUTES } = process.env;
const [publisher = 0, subscriber = 0] = MODEL_MAJORS.split(",").map(Number);
const isSoak = SOAK_MINUTES !== undefined;
const minutes = Number(SOAK_MINUTES ?? 0);
const options: RunOptions = {
  majors: { publisher, subscriber },
  maxSteps: Number(MODEL_STEPS),
  ...(isSoak && { trace: say }),
};

test(
  "rows arrive exactly once, or Terraform reports what is wrong, whatever changes or fails",
  async () => {
    const end = Date.now() + minutes * MINUTE_MS;
    let seed = Number(MODEL_SEED);
    do {
      const failure = await runSteps(generateSteps(seed), options);
      if (failure !== undefined) throw new Error(await report(seed, failure));
      if (isSoak) say(`Seed ${seed}: ${options.maxSteps} steps passed.`);
      seed += 1;
    } while (Date.now() < end);
  },
  (minutes + SHRINK_MINUTES + RUN_MINUTES) * MINUTE_MS,
);

async function report(seed: number, failure: Failure): Promise<string> {
  const shortest = isSoak ? await shrink(failure, options, SHRINK_MINUTES * MINUTE_MS) : failure;
  const steps = shortest.steps.map((step, index) => `${index + 1}. ${step.toString()}`);
  return [
    `Seed ${seed}, PostgreSQL ${publisher} to ${subscriber}, after ${failure.steps.length} steps:`,
    failure.error.message,
    ...(shortest === failure ? [] : [`With fewer steps: ${shortest.error.message}`]),
    ...steps,
    `Replay: npm run soak -- --minutes 0 --seed ${seed} --majors ${MODEL_MAJORS}`,
  ].join("\n");
}

function say(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}
