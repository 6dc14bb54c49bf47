/**
 * `npm run bench:start`: how long Terraform waits for the provider's handshake, and for the answer to its first call,
 * against `node` that does nothing; all in turn and in the same run, and the memory that each holds then.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { createServerCertificate } from "../provider/plugin/certificate";
import { MAGIC_COOKIE_KEY, MAGIC_COOKIE_VALUE } from "../provider/plugin/handshake";
import { getProviderSchema } from "../tools/plugin-client";
import { version } from "../package.json";

const ROUNDS = 31;
const executable = join(__dirname, "..", "dist", "provider", `terraform-provider-postgresql_v${version}`);
const client = createServerCertificate();
const env = {
  ...process.env,
  [MAGIC_COOKIE_KEY]: MAGIC_COOKIE_VALUE,
  PLUGIN_PROTOCOL_VERSIONS: "6",
  PLUGIN_CLIENT_CERT: client.pem,
};

type Program = ChildProcessByStdio<null, Readable, null>;

interface Start {
  readonly milliseconds: number;
  readonly residentMegabytes: number;
}

/** Times from the spawn until `ready` has seen enough. */
async function start(ready: (program: Program) => Promise<unknown>, ...command: string[]): Promise<Start> {
  const [file = "", ...parameters] = command;
  const started = performance.now();
  const program = spawn(file, parameters, { env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    await ready(program);
    const milliseconds = performance.now() - started;
    return { milliseconds, residentMegabytes: residentSize(program.pid) };
  } finally {
    const closed = once(program, "close");
    program.kill("SIGKILL");
    await closed;
  }
}

const firstOutput = (program: Program) => once(program.stdout, "data");

async function firstAnswer(program: Program): Promise<void> {
  const [line] = (await firstOutput(program)) as [Buffer];
  const [, , , address = "", , certificate = ""] = line.toString().trim().split("|");
  const serverCertificatePem = new X509Certificate(Buffer.from(certificate, "base64")).toString();
  await getProviderSchema({ port: Number(address.split(":")[1]), serverCertificatePem, client });
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
  const bare: Start[] = [];
  const handshake: Start[] = [];
  const answer: Start[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const nothing = 'process.stdout.write("x"); setInterval(() => {}, 1000)';
    bare.push(await start(firstOutput, process.execPath, "-e", nothing));
    handshake.push(await start(firstOutput, executable));
    answer.push(await start(firstAnswer, executable));
  }
  const bareMedian = median(bare.map(({ milliseconds }) => milliseconds));
  const report = (what: string, starts: readonly Start[]) => {
    const time = median(starts.map(({ milliseconds }) => milliseconds));
    const size = median(starts.map(({ residentMegabytes }) => residentMegabytes));
    const ratio = (time / bareMedian).toFixed(2);
    console.log(
      `  ${what.padEnd(26)} ${time.toFixed(0).padStart(4)} ms   ${ratio} times   ${size.toFixed(0)} MB`,
    );
  };
  console.log(`medians of ${ROUNDS} starts`);
  report("node, doing nothing", bare);
  report("provider, handshake", handshake);
  report("provider, first answer", answer);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
