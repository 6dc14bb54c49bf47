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
import { type CloudStackProps, runInCloud } from "./cloud";

/**
 * Replicates tables between two PostgreSQL servers that are there already, such as those of `npm run sandbox`. What it
 * replicates, and where, are Terraform variables: set them as `TF_VAR_…` in the environment.
 */
export class LocalReplicationStack extends TerraformStack {
  constructor(scope: Construct, id: string, { cloud }: CloudStackProps = {}) {
    super(scope, id);
    runInCloud(this, cloud);
    // Write-only attributes, which the passwords go into, came with it.
    this.addOverride("terraform.required_version", ">= 1.11.0");

    const sslmode = this.variable("sslmode", {
      description: `How connections use TLS: libpq's sslmode, one of ${SSL_MODES.join(", ")}.`,
      type: "string",
      default: "prefer",
      validation: [
        {
          condition: `\${contains(${JSON.stringify(SSL_MODES)}, var.sslmode)}`,
          errorMessage: `The sslmode must be one of ${SSL_MODES.join(", ")}.`,
        },
      ],
    }).stringValue;
    const tables = this.variable("tables", {
      description: "The tables to replicate, as schema.table; a part with a dot in it in double quotes.",
      type: "list(string)",
      default: ["public.LogicalReplicationTest"],
      validation: [
        {
          condition: areTableNames("var.tables"),
          errorMessage:
            'The tables must be named with their schema, such as public.orders; a part with a dot in it in double quotes, such as "my.schema".orders.',
        },
      ],
    }).listValue;

    const publisher = this.server("publisher", sslmode);
    const subscriber = this.server("subscriber", sslmode);
    const replication = new LogicalReplication(this, "replication", {
      publisher,
      subscriber,
      name: "local_replication",
      tables,
      password: this.secret("replication_password", {
        description: "The password of the role that the subscriber connects as.",
        ...mandatory("replication_password"),
      }),
      passwordVersion: this.variable("replication_password_version", {
        description: "Any text; another one writes the replication password again, to both servers.",
        type: "string",
        default: "1",
      }).stringValue,
      detachIfUnreachable: this.variable("detach_if_unreachable", {
        description:
          "Whether a destroy drops the subscription even if the publisher cannot be reached. Its slot then remains there.",
        type: "bool",
        default: false,
      }).booleanValue,
      waitForInitialSync: true,
    });
    const waits = this.flag(
      "wait_for_initial_sync",
      "Whether to wait until every table has been copied. If the timeout expires, the copy continues in the background, and the next deployment resumes waiting.",
    );
    replication.initialSync?.addOverride("count", "${var.wait_for_initial_sync ? 1 : 0}");
    const compare = this.flag(
      "compare_row_counts",
      "Whether to count the rows of the tables on both sides: on the first deployment, and when tables or row_count_version change.",
    );
    const check = new ReplicationCheck(this, "check", {
      publisher,
      subscriber,
      slotName: replication.subscription.slotName,
      subscription: replication.subscription.name,
      tables: Token.asList(Fn.conditional(compare, tables, [])),
      rowCountVersion: this.variable("row_count_version", {
        description: "An arbitrary version string. Change it to count the rows again.",
        type: "string",
        default: "1",
      }).stringValue,
      initialSyncAwaited: waits,
      dependsOn: replication.established,
    });

    this.output("publication", "The publication's name.", replication.publication.name);
    this.output("subscription", "The subscription's name.", replication.subscription.name);
    this.output(
      "slot_name",
      "The name of the subscription's replication slot at the publisher.",
      replication.subscription.slotName,
    );
    this.output("replicated_tables", "The tables that are replicated.", replication.replicatedSchema.tables);
    this.output("replication_status", "The state of the replication on both sides.", check.status);
    this.output(
      "row_counts",
      "The tables' rows on both sides, each with the moment of the count; empty if compare_row_counts is false.",
      check.rowCounts,
    );
  }

  private server(name: "publisher" | "subscriber", sslmode: string): PostgresqlProvider {
    return new PostgresqlProvider(this, name, {
      alias: name,
      host: this.variable(`${name}_host`, {
        description: `The ${name}'s host name or address.`,
        ...mandatory(`${name}_host`),
      }).stringValue,
      port: this.variable(`${name}_port`, {
        description: `The ${name}'s port.`,
        type: "number",
        default: 5432,
        validation: [
          {
            condition: `\${var.${name}_port >= 1 && var.${name}_port <= 65535}`,
            errorMessage: "A port lies between 1 and 65535.",
          },
        ],
      }).numberValue,
      database: this.variable(`${name}_database`, {
        description: `The database of the ${name} that has the tables.`,
        type: "string",
        default: "postgres",
      }).stringValue,
      username: this.variable(`${name}_username`, {
        description: `The user who administers the ${name}.`,
        type: "string",
        default: "postgres",
      }).stringValue,
      password: this.secret(`${name}_password`, {
        description: `The ${name}'s user's password; none by default.`,
        type: "string",
        default: "",
      }),
      sslmode,
      connectTimeout: 10,
    });
  }

  private variable(name: string, config: TerraformVariableConfig): TerraformVariable {
    return new TerraformVariable(this, name, config);
  }

  /** A variable that is true by default. */
  private flag(name: string, description: string): IResolvable {
    return this.variable(name, { description, type: "bool", default: true }).booleanValue;
  }

  /** A variable whose value reaches the servers, and no file. */
  private secret(name: string, config: TerraformVariableConfig): string {
    const variable = this.variable(name, { ...config, sensitive: true });
    variable.addOverride("ephemeral", true);
    return variable.stringValue;
  }

  private output(name: string, description: string, value: unknown): void {
    new TerraformOutput(this, name, { description, value });
  }
}

/**
 * A text that has to be given. For a variable without a default Terraform would ask, and under cdktf nobody can answer:
 * it would wait for ever.
 */
function mandatory(name: string): TerraformVariableConfig {
  return {
    type: "string",
    default: "",
    validation: [
      { condition: `\${var.${name} != ""}`, errorMessage: `Set TF_VAR_${name} in the environment.` },
    ],
  };
}
