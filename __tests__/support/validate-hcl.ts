import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PROVIDER_ADDRESS } from "../../facts/provider-address";
import { pluginDirectory } from "../../modules/replication/bundled-provider";
import { awsProviderObstacle, findAwsProvider, offerAwsProvider } from "./aws-provider";
import { writeHclModule } from "./hcl-module";
import { builtProvider } from "./shared-environment";

const root = join(__dirname, "..", "..");

/** The source of one of this project's Terraform modules, wherever it lies; its name is the folder's. */
const moduleSource = /(?<=\bsource\s*=\s*)"\.[^"]*\/([\w-]+)"/g;

/** Whether a configuration needs Terraform's AWS provider; most of the modules do. */
export function usesAws(hcl: string): boolean {
  return /\baws_\w+"|\bprovider "aws"|hashicorp\/aws/.test(hcl) || hcl.search(moduleSource) >= 0;
}

/**
 * `terraform validate` of many configurations in one run, with the real providers and this project's Terraform modules.
 *
 * @param configurations - their texts, by names of letters, digits and underscores.
 * @returns what is wrong with them, a line each, by the same names; nothing for those that are valid.
 * @throws Error when Terraform cannot be run at all, as for the lack of a provider.
 */
export async function validateHcl(
  configurations: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const directory = mkdtempSync(join(tmpdir(), "validate-hcl-"));
  try {
    const plugins = [offerOwnProvider(directory)];
    if (Object.values(configurations).some(usesAws)) {
      const aws = findAwsProvider();
      if (aws === undefined) {
        throw new Error(awsProviderObstacle());
      }
      offerAwsProvider(aws, directory);
      plugins.push(join(directory, "terraform", "plugins"));
    }
    const work = join(directory, "work");
    mkdirSync(work);
    if (Object.values(configurations).some((hcl) => hcl.search(moduleSource) >= 0)) {
      cpSync(join(root, "terraform-modules"), join(work, "terraform-modules"), { recursive: true });
    }
    writeFileSync(join(work, "main.tf.json"), JSON.stringify(rootModule(work, configurations)));
    const init = await terraform(work, "init", "-input=false", "-no-color", ...pluginFlags(plugins));
    if (init.failed) {
      throw new Error(`terraform init: ${init.stdout}${init.stderr}`);
    }
    const { stdout } = await terraform(work, "validate", "-json");
    return complaints(Object.keys(configurations), JSON.parse(stdout) as Validation);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function offerOwnProvider(directory: string): string {
  const plugins = join(directory, "plugins");
  const place = pluginDirectory(plugins);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(builtProvider(), place);
  return plugins;
}

function pluginFlags(plugins: readonly string[]): string[] {
  return plugins.map((folder) => `-plugin-dir=${folder}`);
}

function rootModule(work: string, configurations: Readonly<Record<string, string>>): unknown {
  const modules = Object.entries(configurations).map(([name, hcl]) => {
    const { variables, call } = writeHclModule(
      work,
      name,
      hcl.replace(moduleSource, '"../../terraform-modules/$1"'),
    );
    const values = Object.fromEntries(variables.map((variable) => [variable, "${var.any}"]));
    return [name, { ...call, ...values }] as const;
  });
  return {
    terraform: { required_providers: { postgresql: { source: PROVIDER_ADDRESS } } },
    provider: { postgresql: [{}, { alias: "publisher" }, { alias: "subscriber" }] },
    // Unknown while nothing is planned: whatever a variable asks for, it may be that.
    variable: { any: {} },
    module: Object.fromEntries(modules),
  };
}

interface Validation {
  readonly diagnostics: readonly {
    readonly severity: "error" | "warning";
    readonly summary: string;
    readonly detail: string;
    readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
  }[];
}

function complaints(
  names: readonly string[],
  { diagnostics }: Validation,
): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (const { severity, summary, detail, range } of diagnostics) {
    if (severity !== "error") {
      continue;
    }
    const [, name = ""] = /^modules\/(\w+)\//.exec(range?.filename ?? "") ?? [];
    const place = found[name];
    if (place === undefined) {
      throw new Error(`terraform validate: ${summary}: ${detail}`);
    }
    place.push(`line ${range?.start.line}: ${summary}: ${detail}`);
  }
  return found;
}

interface Ended {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

function terraform(directory: string, ...args: string[]): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TF_|PG)/.test(name));
  const env = { ...Object.fromEntries(inherited), TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
  return new Promise((resolve) =>
    execFile("terraform", args, { cwd: directory, env }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, stdout, stderr }),
    ),
  );
}
