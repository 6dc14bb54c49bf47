import type { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import type { RdsClusterParameterGroup } from "@cdktf/provider-aws/lib/rds-cluster-parameter-group";
import type { Construct } from "constructs";
import { ReplicationClusterParameterGroup } from "../modules/aurora/replication-cluster-parameter-group";
import { ReplicationDbParameterGroup } from "../modules/aurora/replication-db-parameter-group";
import { warnOfWriteThroughCacheUnless } from "../modules/aurora/write-through-cache";
import { engineVersionVariable, matches, tagsVariable } from "./common-variables";
import { ReplicationParameterVariables } from "./replication-parameter-variables";
import { type ModuleGuide, TerraformModule } from "./terraform-module";

/** The module `logical-replication-parameter-group`. */
export class LogicalReplicationParameterGroupModule extends TerraformModule {
  override readonly guide: ModuleGuide = {
    description:
      "A parameter group for a server that takes part in logical replication, as publisher or subscriber: `rds.logical_replication`, and room for slots, senders and workers. It is a DB cluster parameter group for Aurora PostgreSQL, and a DB parameter group for RDS for PostgreSQL.\n\nA server that gets the group replicates after its next reboot. Name the group where the server is made, or attach it with `postgresql_rds_logical_replication`, which reboots the server when that is due; `static_parameters` are its `refresh_triggers`.",
    example: `provider "aws" {
  region = "eu-central-1"
}

module "parameter_group" {
  source = "./terraform-modules/logical-replication-parameter-group"

  engine         = "aurora-postgresql"
  engine_version = "16.4"
  subscribers    = 3
  parameters = {
    "wal_sender_timeout" = { value = "60000", apply_method = "immediate" }
  }
}

output "parameter_group" {
  value = module.parameter_group.name
}
`,
  };

  constructor(scope: Construct, name: string) {
    super(scope, name);
    this.useAws();
    this.variable("engine", {
      type: "string",
      description:
        'The server\'s engine: "aurora-postgresql" for an Aurora cluster, "postgres" for an RDS instance.',
      validation: [
        {
          condition: '${contains(["aurora-postgresql", "postgres"], var.engine)}',
          errorMessage: 'engine must be "aurora-postgresql" or "postgres".',
        },
      ],
    });
    const engineVersion = engineVersionVariable(
      this,
      'The version of the server\'s engine, such as "16.4", or "16".',
      {
        "aurora-postgresql": 'var.engine == "aurora-postgresql"',
        postgres: 'var.engine == "postgres"',
      },
    );
    const { stringValue: namePrefix } = this.variable("name_prefix", {
      type: "string",
      description: "What the group's name begins with.",
      default: "logical-replication-",
      validation: [
        {
          condition: matches("var.name_prefix", "[a-z](-?[a-z0-9])*-?"),
          errorMessage:
            "name_prefix must consist of lower case letters, digits and single hyphens, and begin with a letter.",
        },
      ],
    });
    const parameters = new ReplicationParameterVariables(this);
    const props = { engineVersion, namePrefix, tags: tagsVariable(this) };
    const cluster = new ReplicationClusterParameterGroup(this, "cluster", props);
    const instance = new ReplicationDbParameterGroup(this, "instance", props);
    warnOfWriteThroughCacheUnless(
      cluster,
      "var.engine_version",
      `${parameters.withoutCache} || var.engine != "aurora-postgresql"`,
    );
    const made = [
      { group: cluster.node.findChild("group") as RdsClusterParameterGroup, engine: "aurora-postgresql" },
      { group: instance.node.findChild("group") as DbParameterGroup, engine: "postgres" },
    ].map(({ group, engine }) => {
      parameters.applyTo(group);
      group.addOverride("count", `\${var.engine == "${engine}" ? 1 : 0}`);
      return `${group.terraformResourceType}.${group.friendlyUniqueId}`;
    });
    const one = (attribute: string) =>
      `\${one(concat(${made.map((address) => `${address}[*].${attribute}`).join(", ")}))}`;
    this.output("name", "The group's name.", one("name"));
    this.output("family", "The group's parameter group family.", one("family"));
    this.output(
      "static_parameters",
      "The parameters that a reboot puts into effect, values by name.",
      parameters.staticParameters,
    );
  }
}
