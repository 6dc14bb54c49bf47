import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

const USAGE = `npm run soak -- [flags]: runs random steps against two real servers until a step fails.

  --minutes N      how long to start new seeds (default: 10); 0 runs one seed
  --seed S         first seed, to replay a failure (default: random)
  --steps N        steps per seed (default: 60)
  --majors P,S     major versions of publisher and subscriber (default: 18,18)
`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(randomInt(1_000_000)) },
    steps: { type: "string", default: "60" },
    majors: { type: "string", default: "18,18" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(USAGE);
} else {
  const { minutes, seed, steps, majors } = values;
  const environment = { SOAK_MINUTES: minutes, MODEL_SEED: seed, MODEL_STEPS: steps, MODEL_MAJORS: majors };
  const jest = spawn(
    "npx",
    ["jest", "--selectProjects", "acceptance", "--testPathPatterns", "__tests__/model"],
    {
      env: { ...process.env, ...environment },
      stdio: "inherit",
    },
  );
  jest.on("close", (code) => (process.exitCode = code ?? 1));
}
