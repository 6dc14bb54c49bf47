import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformProviderGenerator } from "@cdktf/provider-generator";
import { PROVIDER_ADDRESS as source } from "../facts/provider-address";
import {
  BUNDLED_PROVIDER_VERSION as version,
  pluginDirectory,
} from "../modules/replication/bundled-provider";

/** The output of `terraform providers schema -json`. */
export type TerraformSchema = ConstructorParameters<typeof TerraformProviderGenerator>[1];

/** The part of it about one provider. */
export type ProviderSchema = NonNullable<TerraformSchema["provider_schemas"]>[string];

/** Builds the provider and asks Terraform for its schema, which is the schema as Terraform understands it. */
export function readProviderSchema(): ProviderSchema {
  const directory = mkdtempSync(join(tmpdir(), "provider-schema-"));
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  try {
    const build = join(__dirname, "build-provider.ts");
    run(
      process.execPath,
      "--import",
      require.resolve("tsx"),
      build,
      pluginDirectory(join(directory, "plugins")),
    );
    const configuration = { terraform: { required_providers: { postgresql: { source, version } } } };
    writeFileSync(join(directory, "main.tf.json"), JSON.stringify(configuration));
    run("terraform", "init", "-input=false", "-plugin-dir=plugins");
    const printed = JSON.parse(run("terraform", "providers", "schema", "-json")) as TerraformSchema;
    const schema = printed.provider_schemas?.[source];
    if (schema === undefined) {
      throw new Error(`Terraform printed no schema of ${source}.`);
    }
    return schema;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
