import {
  Fn,
  type IResolvable,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  type TerraformVariableConfig,
  Token,
} from "cdktf";
import type { Construct } from "constructs";
import { SSL_MODES } from "../facts/sslmodes";
import { LogicalReplication } from "../modules/replication/logical-replication";
import { PostgresqlProvider } from "../modules/replication/postgresql-provider";
import { ReplicationCheck } from "../modules/replication/replication-check";
import { areTableNames } from "../modules/replication/table-names";
import type { Output } from "./aws-stack";
import { addCloudBlock, type CloudStackProps } from "./hcp-terraform";

/**
 * Replicates tables between two existing PostgreSQL servers, such as those of `npm run sandbox`. Terraform variables define
 * the servers and the tables: set them as `TF_VAR_…` in the environment.
 *
 * @example
 * ```ts
 * import { App } from "cdktf";
 * import { LocalReplicationStack } from "aurora-logical-replication/stacks";
 *
 * const app = new App();
 * new LocalReplicationStack(app, "local");
 * app.synth();
 * ```
 */
export class LocalReplicationStack extends TerraformStack {
  constructor(scope: Construct, id: string, { cloud }: CloudStackProps = {}) {
    super(scope, id);
    addCloudBlock(this, cloud);
    // The first version with write-only attributes, which the passwords require.
    this.addOverride("terraform.required_version", ">= 1.11.0");

    const sslmode = this.#variable("sslmode", {
      description: `libpq's sslmode of all connections, one of ${SSL_MODES.join(", ")}.`,
      type: "string",
      default: "prefer",
      validation: [
        {
          condition: `\${contains(${JSON.stringify(SSL_MODES)}, var.sslmode)}`,
          errorMessage: `sslmode must be one of ${SSL_MODES.join(", ")}.`,
        },
      ],
    }).stringValue;
    const tables = this.#variable("tables", {
      description: "Tables to replicate, as schema.table. Put a part that contains a dot in double quotes.",
      type: "list(string)",
      default: ["public.LogicalReplicationTest"],
      validation: [
        {
          condition: areTableNames("var.tables"),
          errorMessage:
            'tables must contain names with their schema, such as public.orders. Put a part that contains a dot in double quotes, such as "my.schema".orders.',
        },
      ],
    }).listValue;

    const publisher = this.#server("publisher", sslmode);
    const subscriber = this.#server("subscriber", sslmode);
    const replication = new LogicalReplication(this, "replication", {
      publisher,
      subscriber,
      name: "local_replication",
      tables,
      password: this.#secret("replication_password", {
        description: "Password of the role that the subscriber connects to the publisher as.",
        ...requiredText("replication_password"),
      }),
      passwordVersion: this.#variable("replication_password_version", {
        description:
          "An arbitrary version string. Change it to write a new replication password to both servers.",
        type: "string",
        default: "1",
      }).stringValue,
      detachIfUnreachable: this.#variable("detach_if_unreachable", {
        description:
          "Whether a destroy drops the subscription even if the publisher cannot be reached. Its replication slot then remains on the publisher.",
        type: "bool",
        default: false,
      }).booleanValue,
      waitForInitialSync: true,
    });
    const awaitsInitialSync = this.#flag(
      "wait_for_initial_sync",
      "Whether to wait for the initial copy of every table to finish. If the timeout expires, the copy continues in the background, and the next deployment resumes waiting.",
    );
    replication.initialSync?.addOverride("count", "${var.wait_for_initial_sync ? 1 : 0}");
    const compare = this.#flag(
      "compare_row_counts",
      "Whether to count the rows of the tables on both servers: on the first deployment, and when tables or row_count_version change.",
    );
    const check = new ReplicationCheck(this, "check", {
      publisher,
      subscriber,
      slotName: replication.subscription.slotName,
      subscription: replication.subscription.name,
      tables: Token.asList(Fn.conditional(compare, tables, [])),
      rowCountVersion: this.#variable("row_count_version", {
        description: "An arbitrary version string. Change it to count the rows again.",
        type: "string",
        default: "1",
      }).stringValue,
      initialSyncAwaited: awaitsInitialSync,
      dependsOn: replication.established,
    });

    this.#addOutputs({
      publication: ["Name of the publication.", replication.publication.name],
      subscription: ["Name of the subscription.", replication.subscription.name],
      slot_name: [
        "Name of the subscription's replication slot on the publisher.",
        replication.subscription.slotName,
      ],
      replicated_tables: ["Replicated tables.", replication.replicatedSchema.tables],
      replication_status: ["Status of the replication on both servers.", check.status],
      row_counts: [
        "Number of rows of the tables on both servers, each with the time of the count; empty if compare_row_counts is false.",
        check.rowCounts,
      ],
    });
  }

  #server(name: "publisher" | "subscriber", sslmode: string): PostgresqlProvider {
    return new PostgresqlProvider(this, name, {
      alias: name,
      host: this.#variable(`${name}_host`, {
        description: `Host name or address of the ${name}.`,
        ...requiredText(`${name}_host`),
      }).stringValue,
      port: this.#variable(`${name}_port`, {
        description: `Port of the ${name}.`,
        type: "number",
        default: 5432,
        validation: [
          {
            condition: `\${var.${name}_port >= 1 && var.${name}_port <= 65535}`,
            errorMessage: `${name}_port must be from 1 to 65535.`,
          },
        ],
      }).numberValue,
      database: this.#variable(`${name}_database`, {
        description: `Database of the ${name} with the tables.`,
        type: "string",
        default: "postgres",
      }).stringValue,
      username: this.#variable(`${name}_username`, {
        description: `User that administers the ${name}.`,
        type: "string",
        default: "postgres",
      }).stringValue,
      password: this.#secret(`${name}_password`, {
        description: `Password of that user on the ${name}. Default: no password.`,
        type: "string",
        default: "",
      }),
      sslmode,
      connectTimeout: 10,
    });
  }

  #variable(name: string, config: TerraformVariableConfig): TerraformVariable {
    return new TerraformVariable(this, name, config);
  }

  /** A variable with the default true. */
  #flag(name: string, description: string): IResolvable {
    return this.#variable(name, { description, type: "bool", default: true }).booleanValue;
  }

  /** A variable whose value appears in neither state nor plan. */
  #secret(name: string, config: TerraformVariableConfig): string {
    const variable = this.#variable(name, { ...config, sensitive: true });
    variable.addOverride("ephemeral", true);
    return variable.stringValue;
  }

  #addOutputs(outputs: Readonly<Record<string, Output>>): void {
    for (const [name, [description, value]] of Object.entries(outputs)) {
      new TerraformOutput(this, name, { description, value });
    }
  }
}

/**
 * A required text. The variable has an empty default, because Terraform prompts for a variable without a default and
 * then waits forever under cdktf, which cannot answer.
 */
function requiredText(name: string): TerraformVariableConfig {
  return {
    type: "string",
    default: "",
    validation: [
      {
        condition: `\${var.${name} != ""}`,
        errorMessage: `Set TF_VAR_${name} in the environment.`,
      },
    ],
  };
}
