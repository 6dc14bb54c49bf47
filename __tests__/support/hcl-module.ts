import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROVIDER_ADDRESS } from "../../facts/provider-address";

/** A configuration as users write it, made into a module, so that many of them fit into one run of Terraform. */
export interface HclModule {
  /** Its variables' names. */
  readonly variables: readonly string[];
  /** What a `module` block needs to call it: the source, and the provider configurations to hand down. */
  readonly call: Readonly<Record<string, unknown>>;
}

/**
 * Writes a configuration to `modules/NAME` below a working directory. One that says nothing of providers is told where
 * `postgresql` comes from, and is handed the configurations that it uses, such as `postgresql.subscriber`.
 */
export function writeHclModule(directory: string, name: string, hcl: string): HclModule {
  const folder = join(directory, "modules", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "main.tf"), hcl);
  const source = { source: `./modules/${name}` };
  const variables = [...hcl.matchAll(/^variable "(\w+)"/gm)].flatMap(([, variable]) => variable ?? []);
  if (/\brequired_providers\b/.test(hcl)) {
    return { variables, call: source };
  }

  const used = [...hcl.matchAll(/\bprovider\s*=\s*(postgresql\.\w+)/g)].flatMap(
    ([, address]) => address ?? [],
  );
  const own = [...hcl.matchAll(/^ *alias\s*=\s*"(\w+)"/gm)].map(([, alias]) => `postgresql.${alias}`);
  const aliases = [...new Set(used)].filter((address) => !own.includes(address));
  const required = `source = "${PROVIDER_ADDRESS}"\n      configuration_aliases = [${aliases.join(", ")}]`;
  writeFileSync(
    join(folder, "versions.tf"),
    `terraform {\n  required_providers {\n    postgresql = {\n      ${required}\n    }\n  }\n}\n`,
  );
  const providers = Object.fromEntries(aliases.map((address) => [address, address]));
  const configured = /^provider "postgresql"/m.test(hcl) ? {} : { postgresql: "postgresql" };
  return { variables, call: { ...source, providers: { ...configured, ...providers } } };
}
