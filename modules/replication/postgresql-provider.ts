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

/** The properties of {@link PostgresqlProvider}. */
export interface PostgresqlProviderProps extends PostgresqlProviderConfig {
  /**
   * Which provider serves the stack's `postgresql_*` resources; the same for all of a stack.
   *
   * - `"bundled"`: the one of this package. Synthesis places it in the stack's folder, where `terraform init` finds it
   *   with no set-up, here and in a remote run. (A `provider_installation` block in Terraform's CLI configuration
   *   turns that off.)
   * - `"upstream"`: `cyrilgdn/postgresql` from the public registry. Using what only the bundled one has is an error.
   *
   * @default "bundled"
   */
  readonly source?: "bundled" | "upstream";
}

/** What former runs on this machine may have left in the folder that is uploaded to a remote run: plans and state. */
const NOT_UPLOADED = "plan\n*.tfstate\n*.tfstate.*\n.terraform/\n";

/** What of a synthesized stack is looked at here. */
interface SynthesizedStack extends SynthesizedElements {
  readonly terraform: {
    readonly cloud?: object;
    readonly backend?: { readonly remote?: object };
    readonly required_providers: Readonly<
      Record<string, { readonly source: string; readonly version?: string }>
    >;
  };
}

/** A connection to a PostgreSQL server, and the provider that manages what is in it. */
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
    // What concerns the whole stack is the business of its first provider.
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
        `Terraform allows one source of the postgresql provider per stack, and this one has ${[...sources].join(" and ")}. Use the same PostgresqlProvider class, with the same source, throughout.`,
      ]
    : [];
}

function beyondUpstream(stack: TerraformStack): string[] {
  return usesBeyondUpstream(stack.toTerraform() as SynthesizedStack);
}

/** Makes `terraform init` find the provider in the stack's folder, and cdktf-cli content with it. */
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
