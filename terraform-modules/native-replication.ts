import { Fn, type IResolvable, Token } from "cdktf";
import type { Construct } from "constructs";
import { SSL_MODES } from "../facts/sslmodes";
import { LogicalReplication } from "../modules/replication/logical-replication";
import type { PostgresqlProvider } from "../modules/replication/postgresql-provider";
import { ReplicationCheck } from "../modules/replication/replication-check";
import { areTableNames } from "../modules/replication/table-names";
import { matches, portVariable } from "./common-variables";
import { type ModuleGuide, TerraformModule } from "./terraform-module";

/** The module `native-replication`. */
export class NativeReplicationModule extends TerraformModule {
  override readonly guide: ModuleGuide = {
    description:
      "PostgreSQL's own logical replication of some tables between two servers that replicate already: a role to replicate as, the publication, the tables' definitions at the subscriber, the subscription, the wait for the first copy, and a look at both sides. They are made in this order, and removed in the opposite one. A table that is added later is created at the subscriber and copied, the others just go on.\n\nThe two servers are configurations of the provider `postgresql` that are passed on. A module cannot look into them, so that what the subscriber has to be told of the publisher is given again, as variables.",
    example: `terraform {
  required_providers {
    postgresql = {
      source = "aurora-logical-replication/postgresql"
    }
  }
}

variable "password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "replication_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

provider "postgresql" {
  alias     = "publisher"
  host      = "shop.cluster-abc.eu-central-1.rds.amazonaws.com"
  database  = "shop"
  username  = "postgres"
  password  = var.password
  sslmode   = "require"
  superuser = false
}

provider "postgresql" {
  alias     = "subscriber"
  host      = "copy.abc.eu-central-1.rds.amazonaws.com"
  database  = "shop"
  username  = "postgres"
  password  = var.password
  sslmode   = "require"
  superuser = false
}

module "replication" {
  source = "./terraform-modules/native-replication"

  providers = {
    postgresql.publisher  = postgresql.publisher
    postgresql.subscriber = postgresql.subscriber
  }

  name                = "shop"
  publisher_host      = "shop.cluster-abc.eu-central-1.rds.amazonaws.com"
  publisher_database  = "shop"
  subscriber_database = "shop"
  tables              = ["public.orders", "public.customers"]
  password            = var.replication_password
  rds_replication     = true
}

output "row_counts" {
  value = module.replication.row_counts
}
`,
  };

  constructor(scope: Construct, moduleName: string) {
    super(scope, moduleName);
    const publisher = this.publisher();
    const subscriber = this.usePostgresql("subscriber", { database: this.database("subscriber") });
    const { stringValue: name } = this.variable("name", {
      type: "string",
      description: "The name of the replication role, the publication, the subscription and its slot.",
      validation: [
        {
          condition: matches("var.name", "[a-z0-9_]{1,63}"),
          errorMessage:
            "name must consist of 1 to 63 lower case letters, digits and underscores, since it also names a replication slot.",
        },
      ],
    });
    const { listValue: tables } = this.variable("tables", {
      type: "list(string)",
      description:
        "The tables to replicate, as `schema.table`; a part that has a dot in it in double quotes. They exist at the publisher, and are known when Terraform plans.",
      validation: [
        {
          condition: areTableNames("var.tables"),
          errorMessage:
            'tables must be names like "public.orders", with the schema; a part that has a dot in it in double quotes, like "\\"my.schema\\".orders".',
        },
      ],
    });
    const waits = this.flag(
      "wait_for_initial_sync",
      "Whether to wait until every table has been copied. If the timeout expires, the copy continues in the background, and the next apply resumes waiting.",
      true,
    );
    const replication = this.replicate(publisher, subscriber, name, tables);
    replication.initialSync?.addOverride("count", "${var.wait_for_initial_sync ? 1 : 0}");
    const compare = this.flag(
      "compare_row_counts",
      "Whether to count the rows of the tables on both sides: on the first apply, and when `tables` or `row_count_version` change. The servers read the tables in full: set this to false if they are too large for that.",
      true,
    );
    const check = new ReplicationCheck(this, "check", {
      publisher,
      subscriber,
      slotName: replication.subscription.slotName,
      subscription: replication.subscription.name,
      tables: Token.asList(Fn.conditional(compare, tables, [])),
      rowCountVersion: this.variable("row_count_version", {
        type: "string",
        description: "An arbitrary version string. Change it to count the rows again.",
        default: "1",
      }).stringValue,
      initialSyncAwaited: waits,
      dependsOn: replication.established,
    });
    this.output("publication", "The publication's name.", replication.publication.name);
    this.output("subscription", "The subscription's name.", replication.subscription.name);
    this.output(
      "slot_name",
      "The name of the subscription's slot at the publisher.",
      replication.subscription.slotName,
    );
    this.output("replicated_tables", "The tables that are replicated.", replication.replicatedSchema.tables);
    this.output("status", "The state of the replication on both sides.", check.status);
    this.output(
      "row_counts",
      "The tables' rows on both sides, each with the moment of the count; empty if `compare_row_counts` is false.",
      check.rowCounts,
    );
  }

  private publisher(): PostgresqlProvider {
    return this.usePostgresql("publisher", {
      host: this.variable("publisher_host", {
        type: "string",
        description: "The publisher's host name or address: the writer's endpoint.",
        validation: [
          {
            condition: '${!can(regex("(?i)[.]cluster-ro-[^.]+[.]", var.publisher_host))}',
            errorMessage:
              "publisher_host must be the writer's endpoint (….cluster-….rds.amazonaws.com): a reader can neither publish nor subscribe.",
          },
        ],
      }).stringValue,
      port: portVariable(this, "publisher_port", "The publisher's port."),
      database: this.database("publisher"),
    });
  }

  private database(role: "publisher" | "subscriber"): string {
    return this.variable(`${role}_database`, {
      type: "string",
      description: `The database of the ${role} ${role === "publisher" ? "that has the tables" : "that the tables come to"}.`,
      default: "postgres",
    }).stringValue;
  }

  private replicate(
    publisher: PostgresqlProvider,
    subscriber: PostgresqlProvider,
    name: string,
    tables: string[],
  ): LogicalReplication {
    const viaRoot = this.flag(
      "publish_via_partition_root",
      "Whether partitions are published as the tables that they are partitions of. Without it, the partitions of a table have to be among `tables`. Needs PostgreSQL 13 or later.",
    );
    return new LogicalReplication(this, "replication", {
      publisher,
      subscriber,
      name,
      tables,
      password: this.secret(
        "password",
        "The replication role's password. It is kept by the two servers only, so an ephemeral value will do.",
      ).stringValue,
      passwordVersion: this.variable("password_version", {
        type: "string",
        description:
          "Any text; another one writes the password again, to both servers. No row is copied again.",
        default: "1",
      }).stringValue,
      publisherHost: Token.asString(this.asReached("host", "string", publisher.hostInput)),
      publisherPort: Token.asNumber(this.asReached("port", "number", publisher.portInput)),
      sslmode: this.variable("sslmode", {
        type: "string",
        description: "How connections to the publisher use TLS: libpq's `sslmode`.",
        default: "require",
        validation: [
          {
            condition: `\${contains(${JSON.stringify(SSL_MODES)}, var.sslmode)}`,
            errorMessage: `sslmode must be one of ${SSL_MODES.join(", ")}.`,
          },
        ],
      }).stringValue,
      rdsReplication: this.flag(
        "rds_replication",
        "Whether the replication role is a member of `rds_replication` instead of having the REPLICATION attribute: what Aurora and RDS need.",
      ),
      // Older versions do not have it, be it true or false.
      publishViaPartitionRoot: Fn.conditional(viaRoot, true, Token.nullValue()) as IResolvable,
      dropTablesOnDestroy: this.flag(
        "drop_tables_on_destroy",
        "Whether the tables that were created at the subscriber are dropped with the replication.",
      ),
      copyData: this.flag(
        "copy_data",
        "Whether the rows that a table has are copied, and not only what changes from then on: of all tables, those that are added later too. Without it, the subscriber has to have these rows already, and nobody may write to the publisher until the subscription is there.",
        true,
      ),
      waitForInitialSync: true,
      initialSyncTimeout: this.variable("initial_sync_timeout", {
        type: "string",
        description: 'How long the first copy is waited for, as in "30m" or "1h30m".',
        default: "60m",
        validation: [
          {
            condition: matches("var.initial_sync_timeout", "([0-9]+(h|m|s|ms))+"),
            errorMessage: 'initial_sync_timeout must be a duration, such as "30m" or "1h30m".',
          },
        ],
      }).stringValue,
    });
  }

  /** What the subscriber is told of the publisher when it is not what Terraform connects to. */
  private asReached(property: "host" | "port", type: string, usual: unknown): unknown {
    const variable = this.variable(`publisher_${property}_for_subscriber`, {
      type,
      description: `The publisher's ${property} as the subscriber reaches it (default: \`publisher_${property}\`).`,
      default: null,
    });
    return Fn.coalesce([variable.value, usual]);
  }
}
