import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  type IResolvable,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  type TerraformVariableConfig,
} from "cdktf";
import type { Construct } from "constructs";
import { BUNDLED_PROVIDER_VERSION } from "../modules/replication/bundled-provider";
import { PostgresqlProvider } from "../modules/replication/postgresql-provider";

/** What a module's README says besides its variables and outputs. */
export interface ModuleGuide {
  /** What the module is, in Markdown. */
  readonly description: string;
  /** A whole configuration that uses it, in HCL; the modules are in the folder `terraform-modules`. */
  readonly example: string;
}

/** A module as Terraform reads it, from `main.tf.json`. */
export interface ModuleConfiguration {
  readonly terraform: {
    readonly required_version: string;
    readonly required_providers: Readonly<Record<string, RequiredProvider>>;
  };
  readonly variable: Readonly<Record<string, ModuleVariable>>;
  readonly output: Readonly<Record<string, { readonly description: string; readonly value: unknown }>>;
  readonly resource: unknown;
}

interface RequiredProvider {
  readonly source: string;
  readonly version: string;
  readonly configuration_aliases?: readonly string[];
}

/** A variable as a module declares it. Without a default it has to be given. */
export interface ModuleVariable {
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
  readonly sensitive?: boolean;
  readonly ephemeral?: boolean;
}

/** A variable is described, typed, and never null unless null is its default. */
type VariableConfig = Omit<TerraformVariableConfig, "default"> & {
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
};

/**
 * A reusable Terraform module, composed like a stack. What is a property of a stack's construct is a variable here; who
 * uses the module configures its providers.
 */
export abstract class TerraformModule extends TerraformStack {
  /** What the module's README begins with. */
  abstract readonly guide: ModuleGuide;

  constructor(scope: Construct, name: string) {
    super(scope, name);
    // Variables that refer to each other came with 1.9, write-only attributes with 1.11.
    this.addOverride("terraform.required_version", ">= 1.11.0");
  }

  override toTerraform(): ModuleConfiguration {
    const { provider, ...synthesized } = super.toTerraform() as ModuleConfiguration & {
      readonly provider: Readonly<Record<string, readonly { readonly alias?: string }[]>>;
    };
    const { terraform, ...rest } = withoutMetadata(synthesized) as ModuleConfiguration;
    const required = Object.entries(terraform.required_providers).map(([type, requirement]) => {
      const aliases = (provider[type] ?? []).flatMap(({ alias }) =>
        alias === undefined ? [] : `${type}.${alias}`,
      );
      return [
        type,
        { ...requirement, ...(aliases.length > 0 && { configuration_aliases: aliases }) },
      ] as const;
    });
    return { terraform: { ...terraform, required_providers: Object.fromEntries(required) }, ...rest };
  }

  /** Has the module use the default configuration of the AWS provider. */
  protected useAws(): void {
    new AwsProvider(this, "aws");
    this.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: ">= 5.100.0, < 7.0.0",
    });
  }

  /**
   * A configuration of the PostgreSQL provider that who uses the module passes on. A module cannot look into it: whatever
   * of it has to be known comes from variables.
   */
  protected usePostgresql(
    alias: string,
    known: { readonly host?: string; readonly port?: number; readonly database: string },
  ): PostgresqlProvider {
    const [major, minor] = BUNDLED_PROVIDER_VERSION.split(".");
    this.addOverride("terraform.required_providers.postgresql.version", `~> ${major}.${minor}`);
    return new PostgresqlProvider(this, `postgresql_${alias}`, { alias, ...known });
  }

  /** Declares a variable. Its name is also what expressions know it by: `var.NAME`. */
  variable(name: string, config: VariableConfig): TerraformVariable {
    const { default: usual, ...rest } = config;
    const optional = usual === null;
    const variable = new TerraformVariable(this, name, {
      ...rest,
      nullable: optional,
      ...(!optional && usual !== undefined && { default: usual }),
    });
    // CDKTF takes null for no default.
    if (optional) variable.addOverride("default", null);
    return variable;
  }

  /** A variable that is true or false. */
  protected flag(name: string, description: string, usual = false): IResolvable {
    return this.variable(name, { type: "bool", description, default: usual }).booleanValue;
  }

  /** A variable whose value reaches the servers, and no file. */
  protected secret(name: string, description: string): TerraformVariable {
    const variable = this.variable(name, { type: "string", description, sensitive: true });
    variable.addOverride("ephemeral", true);
    return variable;
  }

  protected output(name: string, description: string, value: unknown): void {
    // A variable may have the same name.
    new TerraformOutput(this, `${name}_output`, { description, value }).overrideLogicalId(name);
  }
}

/** The same, without CDKTF's comments on how it was made. */
function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//")
      .map(([key, member]) => [key, withoutMetadata(member)]),
  );
}
