import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type { PostgresEndpoint } from "../postgres-endpoint";
import { stackVariables } from "../stack-variables";
import { say } from "./say";

const root = join(__dirname, "..", "..");

/** The oldest Terraform with write-only attributes, which keep the passwords out of the state. */
const OLDEST_TERRAFORM = [1, 11] as const;

/** @throws Error that says what to install when there is no Terraform, or too old a one. */
export async function requireTerraform(): Promise<void> {
  const advice = `Install Terraform ${OLDEST_TERRAFORM.join(".")} or later (https://developer.hashicorp.com/terraform/install) and put it on the PATH.`;
  let version: string;
  try {
    const { stdout } = await promisify(execFile)("terraform", ["version", "-json"]);
    version = (JSON.parse(stdout) as { terraform_version: string }).terraform_version;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new Error(
      `${missing ? "There is no terraform on the PATH." : `terraform cannot be run: ${(error as Error).message}`} ${advice}`,
    );
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < OLDEST_TERRAFORM[0] || (major === OLDEST_TERRAFORM[0] && minor < OLDEST_TERRAFORM[1])) {
    throw new Error(`The terraform on the PATH is version ${version}. ${advice}`);
  }
}

/** The stack `local`, deployed by cdktf from a folder of the demo's own, so that nobody's state is touched. */
export class LocalStack {
  /** Holds the synthesized stack and its state. */
  readonly directory: string;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;

  private constructor(directory: string, environment: NodeJS.ProcessEnv) {
    this.directory = directory;
    this.#environment = environment;
  }

  static async create(servers: {
    publisher: PostgresEndpoint;
    subscriber: PostgresEndpoint;
  }): Promise<LocalStack> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), "demo-")));
    const tsx = require.resolve("tsx");
    const run = (file: string): string =>
      `${quote(process.execPath)} --import ${quote(tsx)} ${quote(join(root, file))}`;
    const settings = {
      language: "typescript",
      app: `${run("tools/build-provider.ts")} && ${run("main.ts")}`,
      sendCrashReports: "false",
    };
    await writeFile(join(directory, "cdktf.json"), JSON.stringify(settings));
    // The user's own might keep Terraform from finding the provider beside the stack.
    await writeFile(join(directory, "terraformrc"), "");
    // The one that cdktf-cli shares between all runs of a user may hold another build of the provider.
    await mkdir(join(directory, "plugin-cache"));
    return new LocalStack(directory, {
      ...process.env,
      ...stackVariables("publisher", servers.publisher),
      ...stackVariables("subscriber", servers.subscriber),
      TF_VAR_replication_password: randomBytes(16).toString("hex"),
      TF_CLI_CONFIG_FILE: join(directory, "terraformrc"),
      TF_PLUGIN_CACHE_DIR: join(directory, "plugin-cache"),
      CHECKPOINT_DISABLE: "1",
    });
  }

  /**
   * Runs `cdktf deploy local` or `cdktf destroy local`, and tells of every object that is done.
   *
   * @throws Error with everything that cdktf printed when it fails.
   */
  async run(command: "deploy" | "destroy"): Promise<void> {
    const cdktf = join(dirname(require.resolve("cdktf-cli/package.json")), "bundle", "bin", "cdktf");
    const child = spawn(process.execPath, [cdktf, command, "local", "--auto-approve"], {
      cwd: this.directory,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
      // In a process group of its own: the terminal's Ctrl-C is for the demo to act on.
      detached: true,
    });
    this.#child = child;
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        output.push(line);
        const done = /(postgresql_\w+)\..*: (Creation|Destruction) complete after (\w+)/.exec(line);
        if (done) {
          say(`  ${done[1]} ${done[2] === "Creation" ? "created" : "destroyed"} (${done[3]})`);
        }
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    this.#child = undefined;
    if (code !== 0) {
      throw new Error(`${output.join("\n")}\n\ncdktf ${command} local failed: see above for the reason.`);
    }
  }

  /** Ends what cdktf is doing, if anything. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null) {
      return;
    }
    const closed = once(child, "close");
    process.kill(-child.pid, "SIGKILL");
    await closed;
  }
}

function quote(path: string): string {
  return `"${path}"`;
}
