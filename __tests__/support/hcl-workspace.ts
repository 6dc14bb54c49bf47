import { execFile } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { pluginDirectory } from "../../modules/replication/bundled-provider";
import { findAwsProvider, offerAwsProvider } from "./aws-provider";
import { builtProvider } from "./shared-environment";
import { Terraform } from "./terraform";

const run = promisify(execFile);
const project = join(__dirname, "..", "..");
const directories: string[] = [];

afterAll(async () => {
  await Promise.all(
    directories.splice(0).map((directory) => rm(directory, { recursive: true, force: true })),
  );
});

/** A working directory with a configuration in `main.tf`, and the Terraform modules in `terraform-modules` if it uses them. */
export interface HclWorkspace {
  readonly terraform: Terraform;
  /** Replaces the configuration, whose modules and providers stay the same. */
  readonly write: (hcl: string) => Promise<void>;
  /**
   * Runs another command, such as `validate`.
   *
   * @returns what it printed.
   * @throws Error with what it complains about when it fails.
   */
  readonly command: (...args: string[]) => Promise<string>;
  /** The outputs, those that are not sensitive. */
  readonly outputs: () => Promise<Readonly<Record<string, unknown>>>;
}

/**
 * A configuration as a user has it: in HCL, initialized by Terraform with the providers that the user installs.
 *
 * @param variables - values of Terraform variables; they travel in the environment.
 * @param environment - what else is to be in it. Of the machine's own, nothing that starts with TF_, PG or AWS_.
 * @param files - further files, such as modules, by their path.
 */
export async function createHclWorkspace(
  hcl: string,
  variables: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<HclWorkspace> {
  const directory = await mkdtemp(join(tmpdir(), "hcl-workspace-"));
  directories.push(directory);
  const work = join(directory, "work");
  mkdirSync(work);
  const place = pluginDirectory(join(directory, "terraform", "plugins"));
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(builtProvider(), place);
  const aws = findAwsProvider();
  if (aws !== undefined) {
    offerAwsProvider(aws, directory);
  }
  if (hcl.includes('"./terraform-modules/')) {
    cpSync(join(project, "terraform-modules"), join(work, "terraform-modules"), { recursive: true });
  }

  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }

  const inherited = Object.entries(process.env).filter(([name]) => !/^(TF_|PG|AWS_)/.test(name));
  const env = {
    ...Object.fromEntries(inherited),
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    // Where Terraform looks for providers without a CLI configuration.
    XDG_DATA_HOME: directory,
    HOME: directory,
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
    ...environment,
  };
  const terraform = async (...args: string[]) =>
    (await run("terraform", args, { cwd: work, env, maxBuffer: 1 << 26 })).stdout;
  const write = (text: string) => writeFile(join(work, "main.tf"), text);
  await write(hcl);
  await terraform("init", "-input=false", "-no-color");
  return {
    terraform: new Terraform(work, env),
    write,
    command: terraform,
    outputs: async () => {
      const outputs = JSON.parse(await terraform("output", "-json")) as Record<string, { value: unknown }>;
      return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    },
  };
}
