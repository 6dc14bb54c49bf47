import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, TerraformStack } from "cdktf";

/**
 * The values that the real Terraform gives to the outputs of a stack without resources.
 *
 * @param define - puts the outputs into the stack.
 * @param environment - such as `TF_VAR_…`.
 */
export function terraformOutputs(
  define: (stack: TerraformStack) => void,
  environment: Readonly<Record<string, string>> = {},
): Readonly<Record<string, unknown>> {
  const outdir = mkdtempSync(join(tmpdir(), "outputs-"));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "stack");
    new LocalBackend(stack, { path: join(outdir, "terraform.tfstate") });
    define(stack);
    app.synth();
    const terraform = (...args: string[]) =>
      execFileSync("terraform", args, {
        cwd: join(outdir, "stacks", "stack"),
        encoding: "utf8",
        env: { ...process.env, TF_CLI_CONFIG_FILE: devNull, ...environment },
      });
    terraform("init");
    terraform("apply", "-auto-approve");
    const outputs = JSON.parse(terraform("output", "-json")) as Record<string, { readonly value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
