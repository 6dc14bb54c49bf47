import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PROVIDER_ADDRESS as providerSource } from "../../facts/provider-address";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { childrenOf, signal } from "./processes";
import { readFiles } from "./read-files";
import { builtProvider, runningProvider } from "./shared-environment";
import {
  parseJsonOutput,
  parsePlainDiagnostics,
  type Diagnostic,
  type TerraformOutput,
} from "./terraform-output";

/** A configuration in Terraform's JSON syntax. */
export type Configuration = Readonly<Record<string, unknown>>;

/** One `provider "postgresql"` block. The password travels in the environment, never in a file. */
export interface ProviderConnection {
  readonly server: PostgresEndpoint;
  /** @default - `postgres` */
  readonly database?: string;
  /**
   * Arguments of the block on top of, or instead of, those made from server and database.
   * @default - none
   */
  readonly arguments?: Readonly<Record<string, unknown>>;
}

export interface TerraformOptions {
  /**
   * The provider's default configuration.
   * @default - the provider is not part of the configuration
   */
  readonly provider?: ProviderConnection;
  /**
   * Further configurations of the provider, by alias.
   * @default - none
   */
  readonly aliases?: Readonly<Record<string, ProviderConnection>>;
  /**
   * Values of sensitive variables, which the harness declares as ephemeral: they reach providers and write-only
   * attributes, and no file. The name `password` is taken by the provider's.
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Further environment, such as `PGHOST` or `TF_LOG`. Of the machine's own, nothing that starts with TF_ or PG. For it to
   * reach the provider too, Terraform starts that one, as it does for users; otherwise Terraform uses one that runs already.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One run of Terraform. */
export interface TerraformRun extends TerraformOutput {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** Everything it printed: standard output, then standard error. */
  readonly output: string;
}

/** One resource's values before and after; what only the apply will know is in `unknown`. */
export interface Change {
  readonly actions: readonly string[];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly after_unknown: Readonly<Record<string, unknown>>;
  readonly replace_paths?: readonly (readonly (string | number)[])[];
}

export interface Plan extends TerraformRun {
  /** By resource address, for what is in `actions`; outputs by `output.NAME`. */
  readonly changes: Readonly<Record<string, Change>>;
}

/** Terraform failed: `message` has the diagnostics in words. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: number | null;
  /** Everything Terraform printed. */
  readonly output: string;

  constructor(command: string, run: TerraformRun) {
    const errors = run.diagnostics.filter(({ severity }) => severity === "error");
    const reasons = errors.map(({ summary, detail, address, attribute }) => {
      const place = [address, attribute].filter((part) => part !== undefined).join(".");
      return `${summary}${place && ` (${place})`}: ${detail}`;
    });
    super(`terraform ${command}: ${reasons.length > 0 ? reasons.join("\n") : run.output}`);
    this.diagnostics = run.diagnostics;
    this.exitCode = run.exitCode;
    this.output = run.output;
  }
}

const directories: string[] = [];
const processes = new Set<ChildProcess>();

afterAll(async () => {
  // Only a test that ran out of time leaves one.
  await Promise.all([...processes].map((child) => (child.kill("SIGKILL"), once(child, "close"))));
  await Promise.all(
    directories.splice(0).map((directory) => rm(directory, { recursive: true, force: true })),
  );
});

/**
 * A working directory of a test's own, for the real `terraform` on the PATH with the provider as built. It is removed
 * after the last test of the file; what Terraform made outside of it is for the test to destroy.
 */
export async function createTerraform(options: TerraformOptions = {}): Promise<Terraform> {
  const directory = await mkdtemp(join(tmpdir(), "terraform-test-"));
  directories.push(directory);
  const work = join(directory, "work");
  await mkdir(work);

  const providers = [
    ...(options.provider ? [{ variable: "password", connection: options.provider }] : []),
    ...Object.entries(options.aliases ?? {}).map(([alias, connection]) => ({
      alias,
      variable: `${alias}_password`,
      connection,
    })),
  ];
  const secrets: Record<string, string> = { ...options.secrets };
  for (const { variable, connection } of providers) {
    secrets[variable] = connection.server.password;
  }
  const secretVariable = { type: "string", sensitive: true, ephemeral: true };
  await writeJson(join(work, "harness.tf.json"), {
    ...(Object.keys(secrets).length > 0 && {
      variable: Object.fromEntries(Object.keys(secrets).map((name) => [name, secretVariable])),
    }),
    ...(providers.length > 0 && {
      terraform: { required_providers: { postgresql: { source: providerSource } } },
      provider: {
        postgresql: providers.map(({ variable, connection, ...alias }) => ({
          ...alias,
          host: connection.server.host,
          port: connection.server.port,
          database: connection.database ?? "postgres",
          username: connection.server.username,
          password: `\${var.${variable}}`,
          sslmode: "disable",
          ...connection.arguments,
        })),
      },
    }),
  });

  const cliConfigFile = join(directory, "terraformrc");
  const overrides = providers.length > 0 ? `${quoteHcl(providerSource)} = ${quoteHcl(builtProvider())}` : "";
  await writeFile(
    cliConfigFile,
    `provider_installation {\n  dev_overrides {\n    ${overrides}\n  }\n  direct {}\n}\n`,
  );
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TF_|PG)/.test(name));
  return new Terraform(work, {
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`TF_VAR_${name}`, value])),
    TF_CLI_CONFIG_FILE: cliConfigFile,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    ...(options.environment ?? (providers.length > 0 && { TF_REATTACH_PROVIDERS: runningProvider() })),
  });
}

/** Terraform in one working directory; made by {@link createTerraform}. */
export class Terraform {
  /** The working directory. */
  readonly directory: string;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(directory: string, environment: NodeJS.ProcessEnv) {
    this.directory = directory;
    this.#environment = environment;
  }

  /** Replaces the configuration. Provider blocks and secret variables are there already. */
  async write(configuration: Configuration): Promise<void> {
    await writeJson(join(this.directory, "main.tf.json"), configuration);
  }

  /**
   * Applies the configuration.
   *
   * @param flags - further flags, such as `-replace=ADDRESS`.
   * @throws {@link TerraformError}
   */
  async apply(...flags: string[]): Promise<TerraformRun> {
    return this.#succeed("apply", ["-auto-approve", "-input=false", "-json", ...flags]);
  }

  /**
   * Destroys everything in the state.
   *
   * @param flags - further flags, such as `-refresh=false`.
   * @throws {@link TerraformError}
   */
  async destroy(...flags: string[]): Promise<TerraformRun> {
    return this.#succeed("destroy", ["-auto-approve", "-input=false", "-json", ...flags]);
  }

  /**
   * Plans, and leaves the plan in the file `tfplan`.
   *
   * @param flags - further flags, such as `-destroy` or `-refresh-only`.
   * @throws {@link TerraformError}
   */
  async plan(...flags: string[]): Promise<Plan> {
    const run = await this.#run([
      "plan",
      "-input=false",
      "-json",
      "-detailed-exitcode",
      "-out=tfplan",
      ...flags,
    ]);
    switch (run.exitCode) {
      case 0:
        return { ...run, changes: {} };
      case 2:
        return { ...run, changes: await this.#changes() };
      default:
        throw new TerraformError("plan", run);
    }
  }

  /** Fails, naming what would change attribute by attribute, unless a plan is empty. */
  async expectEmptyPlan(): Promise<void> {
    const { changes } = await this.plan();
    const lines = Object.entries(changes).map(([address, change]) => describeChange(address, change));
    if (lines.length > 0) {
      throw new Error(`Expected an empty plan, but Terraform would change:\n${lines.join("\n")}`);
    }
  }

  /**
   * Imports an existing object into the state; the configuration must have the resource.
   *
   * @throws {@link TerraformError}, whose diagnostics have no address, no attribute and no line breaks.
   */
  async import(address: string, id: string): Promise<void> {
    const ended = await this.#start(["import", "-input=false", "-no-color", address, id]).ended;
    if (ended.exitCode !== 0) {
      const diagnostics = parsePlainDiagnostics(ended.output);
      throw new TerraformError("import", { ...ended, diagnostics, actions: {} });
    }
  }

  /** Marks an object in the state for replacement, as a create that fails half-way does. @throws {@link TerraformError} */
  async taint(address: string): Promise<void> {
    await this.#succeed("taint", [address]);
  }

  /** The attributes of a resource or data source as the state file has them; undefined when it is not in there. */
  async state(address: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { resources } = await this.#stateFile();
    for (const resource of resources) {
      for (const { index_key: key, attributes } of resource.instances) {
        const prefix = resource.mode === "data" ? "data." : "";
        const suffix = key === undefined ? "" : `[${JSON.stringify(key)}]`;
        if (address === `${prefix}${resource.type}.${resource.name}${suffix}`) {
          return attributes;
        }
      }
    }
    return undefined;
  }

  /**
   * Every file's text in the working directory by its path, to look for secrets in; a plan file is unpacked. With
   * `TF_LOG` and `TF_LOG_PATH: "terraform.log"` in the environment, the log is among them.
   */
  files(): Promise<Readonly<Record<string, string>>> {
    return readFiles(this.directory);
  }

  /**
   * Applies, and interrupts Terraform once the condition holds, as a CI system does.
   *
   * @param condition - asked every 20 milliseconds.
   * @returns the run, failed or not: Terraform ends by itself after an interrupt.
   * @throws Error when Terraform ends before the condition holds.
   */
  async applyUntil(condition: () => boolean | Promise<boolean>): Promise<TerraformRun> {
    return interruptWhen(condition, this.start("apply"));
  }

  /**
   * Destroys, and interrupts once the condition holds, as Ctrl-C in a terminal does: the provider, which Terraform must
   * have started itself, gets the signal too.
   *
   * @param condition - as of {@link applyUntil}.
   */
  async destroyUntil(condition: () => boolean | Promise<boolean>): Promise<TerraformRun> {
    const args = ["destroy", "-auto-approve", "-input=false", "-json"];
    const { child, ended } = this.#start(args, { detached: true });
    return interruptWhen(condition, new RunningTerraform(child, ended.then(readRun), true));
  }

  /**
   * Restores the state from its backup if the state is empty. Terraform truncates the file before it writes, and a
   * second Ctrl-C ends it at any moment; it then warns of the loss of data.
   */
  async restoreLostState(): Promise<void> {
    const file = join(this.directory, "terraform.tfstate");
    const state = await readFile(file, "utf8").catch(() => undefined);
    if (state !== "") {
      return;
    }
    const backup = await readFile(`${file}.backup`, "utf8").catch(() => undefined);
    await (backup === undefined ? rm(file) : writeFile(file, backup));
  }

  /** The same working directory, for Terraform that starts a provider of its own, as it does for users. */
  startingItsProvider(): Terraform {
    return new Terraform(this.directory, { ...this.#environment, TF_REATTACH_PROVIDERS: undefined });
  }

  /**
   * Runs another of Terraform's commands, such as `taint`.
   *
   * @throws {@link TerraformError}
   */
  async command(...args: string[]): Promise<void> {
    const ended = await this.#start(args).ended;
    if (ended.exitCode !== 0) {
      throw new TerraformError(args.join(" "), { ...ended, diagnostics: [], actions: {} });
    }
  }

  /** Starts `apply` or `destroy`, for a test that interferes while it runs. */
  start(command: "apply" | "destroy", ...flags: string[]): RunningTerraform {
    const { child, ended } = this.#start([command, "-auto-approve", "-input=false", "-json", ...flags]);
    return new RunningTerraform(child, ended.then(readRun));
  }

  async #succeed(command: string, flags: string[]): Promise<TerraformRun> {
    const run = await this.#run([command, ...flags]);
    if (run.exitCode !== 0) {
      throw new TerraformError(command, run);
    }
    return run;
  }

  async #changes(): Promise<Record<string, Change>> {
    const { stdout } = await this.#start(["show", "-json", "tfplan"]).ended;
    const plan = JSON.parse(stdout) as PlanFile;
    const changes = [
      ...(plan.resource_changes ?? []).map(({ address, change }) => [address, change] as const),
      ...Object.entries(plan.output_changes ?? {}).map(
        ([name, change]) => [`output.${name}`, change] as const,
      ),
    ];
    return Object.fromEntries(changes.filter(([, { actions }]) => actions.join() !== "no-op"));
  }

  async #stateFile(): Promise<StateFile> {
    try {
      return JSON.parse(await readFile(join(this.directory, "terraform.tfstate"), "utf8")) as StateFile;
    } catch (error) {
      // Nothing was ever applied.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        return { resources: [] };
      }
      throw error;
    }
  }

  async #run(args: string[]): Promise<TerraformRun> {
    return readRun(await this.#start(args).ended);
  }

  #start(args: string[], { detached = false } = {}): { child: ChildProcess; ended: Promise<EndedProcess> } {
    const child = spawn("terraform", args, {
      detached,
      cwd: this.directory,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    processes.add(child);
    const ended = once(child, "close").then(
      () => ({ exitCode: child.exitCode, stdout, output: stdout + stderr }),
      (error: Error) => {
        throw new Error(
          `terraform could not be started (${error.message}): install it and put it on the PATH.`,
        );
      },
    );
    return { child, ended: ended.finally(() => processes.delete(child)) };
  }
}

async function interruptWhen(
  condition: () => boolean | Promise<boolean>,
  running: RunningTerraform,
): Promise<TerraformRun> {
  while (!(await condition())) {
    const early = await Promise.race([running.ended, setTimeout(20)]);
    if (early !== undefined) {
      throw new Error(`Terraform ended before it was to be interrupted:\n${early.output}`);
    }
  }
  running.interrupt();
  return running.ended;
}

/** A Terraform process. */
export class RunningTerraform {
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<TerraformRun>;
  readonly #child: ChildProcess;
  readonly #detached: boolean;

  /** @param detached - whether it leads its own process group, which receives a signal as a whole. */
  constructor(child: ChildProcess, ended: Promise<TerraformRun>, detached = false) {
    this.#child = child;
    this.ended = ended;
    this.#detached = detached;
  }

  /** What Ctrl-C does: Terraform asks the provider to stop, and ends when it has. A second one ends it at once. */
  interrupt(): void {
    const { pid } = this.#child;
    if (this.#detached && pid !== undefined) {
      process.kill(-pid, "SIGINT");
    } else {
      this.#child.kill("SIGINT");
    }
  }

  /** Kills Terraform, which can clean up nothing; its provider notices by itself. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /**
   * Kills the provider, as a machine that is out of memory does.
   *
   * @throws Error when Terraform uses a provider that runs already: see {@link TerraformOptions.environment}.
   */
  async killProvider(): Promise<void> {
    const providers = await this.providers();
    if (providers.length === 0) {
      throw new Error("Terraform has started no provider.");
    }
    for (const pid of providers) {
      signal(pid, "SIGKILL");
    }
  }

  /** Process ids of the providers that Terraform has started, one for each provider block. */
  async providers(): Promise<number[]> {
    const children = await childrenOf(this.#child.pid ?? 0);
    return children
      .filter(({ command }) => command.includes("terraform-provider-postgresql"))
      .map(({ pid }) => pid);
  }
}

interface EndedProcess {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** Standard output, then standard error. */
  readonly output: string;
}

function readRun({ exitCode, stdout, output }: EndedProcess): TerraformRun {
  return { ...parseJsonOutput(stdout), exitCode, output };
}

interface StateFile {
  readonly resources: readonly {
    readonly mode: "managed" | "data";
    readonly type: string;
    readonly name: string;
    readonly instances: readonly {
      readonly index_key?: string | number;
      readonly attributes: Readonly<Record<string, unknown>>;
    }[];
  }[];
}

interface PlanFile {
  readonly resource_changes?: readonly { readonly address: string; readonly change: Change }[];
  readonly output_changes?: Readonly<Record<string, Change>>;
}

function describeChange(address: string, { actions, before, after, after_unknown: unknown }: Change): string {
  const title = `  ${address}: ${actions.join(", ")}`;
  if (address.startsWith("output.") || before === null || after === null) {
    return title;
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)]);
  const lines = [...names].flatMap((name) => {
    const was = JSON.stringify(before[name] ?? null);
    const will = unknown[name] === true ? "(known after apply)" : JSON.stringify(after[name] ?? null);
    return was === will ? [] : [`    ${name}: ${was} -> ${will}`];
  });
  return [title, ...lines].join("\n");
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

function quoteHcl(text: string): string {
  return JSON.stringify(text).replaceAll("${", "$${").replaceAll("%{", "%%{");
}
