import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type PostgresqlProviderConfig,
  PostgresqlProvider as UpstreamProvider,
} from "@cdktf/provider-postgresql/lib/provider";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { PROVIDER_ADDRESS } from "../../facts/provider-address";
import { BUNDLED_PROVIDER_VERSION, placeBundledProvider } from "./bundled-provider";
import { announceProviders, lockProvider } from "./dependency-lock";
import { type SynthesizedElements, usesBeyondUpstream } from "./upstream-provider";

/** Properties of {@link PostgresqlProvider}. */
export interface PostgresqlProviderProps extends PostgresqlProviderConfig {
  /**
   * Provider of the `postgresql_*` resources. All providers of a stack must use the same one.
   *
   * - `"bundled"`: the provider in this package. Synthesis copies it to the stack's folder, where `terraform init` finds
   *   it without configuration, locally and in a remote run. (A `provider_installation` block in Terraform's CLI
   *   configuration disables this.)
   * - `"upstream"`: `cyrilgdn/postgresql` from the public registry. Synthesis fails if the stack uses a feature that only
   *   the bundled provider supports.
   *
   * @default "bundled"
   */
  readonly source?: "bundled" | "upstream";
}

/** Plans and state of earlier local runs, which Terraform must not upload to a remote run. */
const NOT_UPLOADED = "plan\n*.tfstate\n*.tfstate.*\n.terraform/\n";

/** Parts of a synthesized stack that this module reads. */
interface SynthesizedStack extends SynthesizedElements {
  readonly terraform: {
    readonly cloud?: object;
    readonly backend?: { readonly remote?: object };
    readonly required_providers: Readonly<
      Record<string, { readonly source: string; readonly version?: string }>
    >;
  };
}

/**
 * A provider configuration: the connection to a PostgreSQL server.
 *
 * @example
 * ```ts
 * import { PostgresqlProvider } from "aurora-logical-replication/modules/replication";
 *
 * new PostgresqlProvider(this, "publisher", {
 *   alias: "publisher",
 *   host: "orders.cluster-abc123.eu-central-1.rds.amazonaws.com",
 *   database: "orders",
 *   username: "postgres",
 *   superuser: false,
 * });
 * ```
 */
export class PostgresqlProvider extends UpstreamProvider {
  constructor(scope: Construct, id: string, props: PostgresqlProviderProps = {}) {
    super(scope, id, props);
    const source = props.source ?? "bundled";
    if (source === "bundled") {
      Object.assign(this, {
        terraformProviderSource: PROVIDER_ADDRESS,
        terraformGeneratorMetadata: {
          providerName: UpstreamProvider.tfResourceType,
          providerVersion: BUNDLED_PROVIDER_VERSION,
        },
      });
    }

    const stack = TerraformStack.of(this);
    // The first provider of a stack validates and installs for the whole stack.
    if (stack.allProviders().filter((provider) => provider instanceof PostgresqlProvider).length > 1) return;
    this.node.addValidation({
      validate: () => [...mixedSources(stack), ...(source === "upstream" ? beyondUpstream(stack) : [])],
    });
    if (source === "bundled") {
      const { synthesizer } = stack;
      stack.synthesizer = {
        synthesize(session) {
          synthesizer.synthesize(session);
          install(stack, join(session.outdir, session.manifest.forStack(stack).workingDirectory));
        },
      };
    }
  }
}

function mixedSources(stack: TerraformStack): string[] {
  const providers = stack
    .allProviders()
    .filter(({ terraformResourceType }) => terraformResourceType === UpstreamProvider.tfResourceType);
  const sources = new Set(providers.map(({ terraformProviderSource }) => terraformProviderSource));
  return sources.size > 1
    ? [
        `A stack must use one source of the postgresql provider. Got ${[...sources].join(" and ")}. Use the same PostgresqlProvider class with the same source everywhere.`,
      ]
    : [];
}

function beyondUpstream(stack: TerraformStack): string[] {
  return usesBeyondUpstream(stack.toTerraform() as SynthesizedStack);
}

/** Copies the provider to the stack's folder, and writes the lock file that Terraform and cdktf-cli require. */
function install(stack: TerraformStack, workingDirectory: string): void {
  const { terraform } = stack.toTerraform() as SynthesizedStack;
  const remote = terraform.cloud !== undefined || terraform.backend?.remote !== undefined;
  const hashes = placeBundledProvider(workingDirectory, remote);
  if (remote) writeFileSync(join(workingDirectory, ".terraformignore"), NOT_UPLOADED);
  const required = Object.values(terraform.required_providers).map(
    ({ source, version }) => [fullAddress(source), version] as const,
  );
  const lockFile = join(workingDirectory, ".terraform.lock.hcl");
  const before = existsSync(lockFile) ? readFileSync(lockFile, "utf8") : "";
  const locked = lockProvider(before, {
    source: PROVIDER_ADDRESS,
    version: BUNDLED_PROVIDER_VERSION,
    hashes,
  });
  writeFileSync(lockFile, announceProviders(locked, Object.fromEntries(required)));
}

/** `aws` and `hashicorp/aws` are short for `registry.terraform.io/hashicorp/aws`. */
function fullAddress(source: string): string {
  const parts = source.split("/");
  return ["registry.terraform.io", "hashicorp"]
    .slice(0, 3 - parts.length)
    .concat(parts)
    .join("/");
}
