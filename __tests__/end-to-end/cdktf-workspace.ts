import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { readFiles } from "../support/read-files";

const project = join(__dirname, "..", "..");
/** What `npx cdktf` runs. */
const cli = join(dirname(require.resolve("cdktf-cli/package.json")), "bundle", "bin", "cdktf");
const directories: string[] = [];
const processes = new Set<ChildProcess>();

afterAll(async () => {
  // Only a test that ran out of time leaves one.
  await Promise.all([...processes].map((child) => (child.kill("SIGKILL"), once(child, "close"))));
  await Promise.all(
    directories.splice(0).map((directory) => rm(directory, { recursive: true, force: true })),
  );
});

/** A checkout of the project, made by {@link createCdktfWorkspace}. */
export interface CdktfWorkspace {
  readonly directory: string;
  /** Values of Terraform variables, which travel in the environment. */
  readonly variables: Record<string, string>;
  /**
   * Runs `cdktf …`.
   *
   * @returns what it printed.
   * @throws Error with what it printed when it fails.
   */
  readonly cdktf: (...args: string[]) => Promise<string>;
  /** Puts another program in the place of `main.ts`. */
  readonly writeMain: (text: string) => Promise<void>;
  /** Every file that was made in it, by path; `cdktf.log` and `terraform.log` have what was printed and logged. */
  readonly files: () => Promise<Readonly<Record<string, string>>>;
}

/**
 * A checkout of the project with a state and output of its own: everything in it is a link to the real one. It has no
 * CLI configuration of Terraform's, and is removed after the last test of the file.
 *
 * @param variables - values of Terraform variables; they travel in the environment.
 * @param environment - what else is to be in it, such as `AWS_REGION`. Of the machine's own, nothing that starts with TF_,
 * PG or AWS_.
 */
export async function createCdktfWorkspace(
  variables: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<CdktfWorkspace> {
  const directory = await mkdtemp(join(tmpdir(), "workspace-"));
  directories.push(directory);
  for (const name of await readdir(project)) {
    if (!/^\.|^cdktf\.out$|\.tfstate/.test(name)) {
      await symlink(join(project, name), join(directory, name));
    }
  }
  await mkdir(join(directory, "plugin-cache"));
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TF_|PG|AWS_|CDKTF_|NODE_OPTIONS)/.test(name),
  );
  const allEnvironment = {
    ...Object.fromEntries(inherited),
    CI: "1",
    CHECKPOINT_DISABLE: "1",
    // cdktf-cli's default is one for all runs of the user: other tests' builds of the provider would come into it.
    TF_PLUGIN_CACHE_DIR: join(directory, "plugin-cache"),
    TF_LOG: "TRACE",
    TF_LOG_PATH: join(directory, "terraform.log"),
    ...environment,
  };

  const workspace: CdktfWorkspace = {
    directory,
    variables: { ...variables },
    files: () => readFiles(directory),
    writeMain: async (text) => {
      // The link, not what it leads to.
      await rm(join(directory, "main.ts"));
      await writeFile(join(directory, "main.ts"), text);
    },
    cdktf: async (...args) => {
      const values = Object.entries(workspace.variables).map(
        ([key, value]) => [`TF_VAR_${key}`, value] as const,
      );
      const child = spawn(process.execPath, [cli, ...args], {
        cwd: directory,
        env: { ...allEnvironment, ...Object.fromEntries(values) },
        stdio: ["ignore", "pipe", "pipe"],
      });
      processes.add(child);
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
      }
      await once(child, "close");
      processes.delete(child);
      output = stripVTControlCharacters(output);
      await appendFile(join(directory, "cdktf.log"), output);
      if (child.exitCode !== 0) {
        throw new Error(`cdktf ${args.join(" ")} ended with exit code ${child.exitCode}:\n${output}`);
      }
      return output;
    },
  };
  return workspace;
}
