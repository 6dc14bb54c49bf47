/**
 * `npm run bench:start`: how long Terraform waits for the provider's handshake, against `node` that does nothing, both
 * in turn and in the same run, and the memory that each holds then.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createServerCertificate } from "../provider/plugin/certificate";
import { MAGIC_COOKIE_KEY, MAGIC_COOKIE_VALUE } from "../provider/plugin/handshake";
import { version } from "../package.json";

const ROUNDS = 31;
const executable = join(__dirname, "..", "dist", "provider", `terraform-provider-postgresql_v${version}`);
const env = {
  ...process.env,
  [MAGIC_COOKIE_KEY]: MAGIC_COOKIE_VALUE,
  PLUGIN_PROTOCOL_VERSIONS: "6",
  PLUGIN_CLIENT_CERT: createServerCertificate().pem,
};

interface Start {
  /** From spawn to the first output. */
  readonly milliseconds: number;
  readonly residentMegabytes: number;
}

async function start(command: string, ...parameters: string[]): Promise<Start> {
  const started = performance.now();
  const child = spawn(command, parameters, { env, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  const milliseconds = performance.now() - started;
  const residentMegabytes = residentSize(child.pid);
  child.kill("SIGKILL");
  await once(child, "close");
  return { milliseconds, residentMegabytes };
}

/** On Linux only; NaN elsewhere. */
function residentSize(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

async function main(): Promise<void> {
  const node: Start[] = [];
  const provider: Start[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    node.push(await start(process.execPath, "-e", 'process.stdout.write("x"); setInterval(() => {}, 1000)'));
    provider.push(await start(executable));
  }
  const [bare, full] = [node, provider].map((starts) =>
    median(starts.map(({ milliseconds }) => milliseconds)),
  );
  const [bareSize, fullSize] = [node, provider].map((starts) =>
    median(starts.map(({ residentMegabytes }) => residentMegabytes)),
  );
  console.log(`medians of ${ROUNDS} starts`);
  console.log(`  node, doing nothing    ${bare?.toFixed(0)} ms   ${bareSize?.toFixed(0)} MB resident`);
  console.log(`  provider to handshake  ${full?.toFixed(0)} ms   ${fullSize?.toFixed(0)} MB resident`);
  console.log(`  ratio                  ${((full ?? NaN) / (bare ?? NaN)).toFixed(2)}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
