/**
 * `npm run bench:start`: time from the start of the provider to its handshake and to the answer to the first call, and its
 * memory then, for the script and for the single executable. They alternate with an idle `node`, so that all see the same
 * load. Run `npm run build:provider` first.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { unzipSync } from "fflate";
import { createServerCertificate } from "../provider/plugin/certificate";
import { MAGIC_COOKIE_KEY, MAGIC_COOKIE_VALUE } from "../provider/plugin/handshake";
import { getProviderSchema } from "../tools/plugin-client";
import { buildHost, executableName, PLATFORMS, RELEASE_FOLDER, zipName } from "../tools/release-files";
import { version } from "../package.json";

const ROUNDS = 31;
const script = join(__dirname, "..", "dist", "provider", `terraform-provider-postgresql_v${version}`);
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

/** Measures the time from the spawn until `ready` resolves. */
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

/** Resident memory in MB on Linux; NaN on other systems. */
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

/** Unpacks the single executable for this machine. */
function unpackExecutable(folder: string): string {
  const host = buildHost();
  const platform = PLATFORMS.find((released) => released === host);
  if (platform === undefined) {
    throw new Error(`The release has no executable for ${host}. Run this benchmark on Linux.`);
  }
  const name = executableName(platform);
  const zip = readFileSync(join(RELEASE_FOLDER, zipName(platform)));
  const bytes = unzipSync(zip, { filter: (entry) => entry.name === name })[name];
  if (bytes === undefined) {
    throw new Error(`${zipName(platform)} contains no ${name}.`);
  }
  writeFileSync(join(folder, name), bytes, { mode: 0o755 });
  return join(folder, name);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "provider-start-"));
  try {
    await measure(unpackExecutable(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(executable: string): Promise<void> {
  const bare: Start[] = [];
  const scriptHandshake: Start[] = [];
  const scriptAnswer: Start[] = [];
  const executableHandshake: Start[] = [];
  const executableAnswer: Start[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const nothing = 'process.stdout.write("x"); setInterval(() => {}, 1000)';
    bare.push(await start(firstOutput, process.execPath, "-e", nothing));
    scriptHandshake.push(await start(firstOutput, script));
    scriptAnswer.push(await start(firstAnswer, script));
    executableHandshake.push(await start(firstOutput, executable));
    executableAnswer.push(await start(firstAnswer, executable));
  }
  const timeOf = (starts: readonly Start[]) => median(starts.map(({ milliseconds }) => milliseconds));
  const report = (what: string, starts: readonly Start[], yardstick: readonly Start[], of: string) => {
    const time = timeOf(starts).toFixed(0).padStart(4);
    const ratio = (timeOf(starts) / timeOf(yardstick)).toFixed(2);
    const size = median(starts.map(({ residentMegabytes }) => residentMegabytes)).toFixed(0);
    console.log(`  ${what.padEnd(26)} ${time} ms   ${ratio} times ${of.padEnd(8)} ${size.padStart(3)} MB`);
  };
  console.log(`medians of ${ROUNDS} starts`);
  report("idle node", bare, bare, "node");
  report("script, handshake", scriptHandshake, bare, "node");
  report("script, first answer", scriptAnswer, bare, "node");
  report("executable, handshake", executableHandshake, scriptHandshake, "script");
  report("executable, first answer", executableAnswer, scriptAnswer, "script");
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
