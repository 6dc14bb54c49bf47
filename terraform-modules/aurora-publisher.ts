import type { RdsCluster } from "@cdktf/provider-aws/lib/rds-cluster";
import type { RdsClusterInstance } from "@cdktf/provider-aws/lib/rds-cluster-instance";
import type { RdsClusterParameterGroup } from "@cdktf/provider-aws/lib/rds-cluster-parameter-group";
import type { Construct } from "constructs";
import { AuroraCluster } from "../modules/aurora/aurora-cluster";
import { warnOfWriteThroughCacheUnless } from "../modules/aurora/write-through-cache";
import {
  engineVersionVariable,
  isWholeNumber,
  matches,
  portVariable,
  tagsVariable,
} from "./common-variables";
import { ReplicationParameterVariables } from "./replication-parameter-variables";
import { type ModuleGuide, TerraformModule } from "./terraform-module";

/** The module `aurora-publisher`. */
export class AuroraPublisherModule extends TerraformModule {
  override readonly guide: ModuleGuide = {
    description:
      "A new Aurora PostgreSQL cluster that is ready for logical replication from its first start on, without a reboot: cluster, instances, parameter group, subnet group, and a security group that nobody may pass yet (see the module `replication-access`). The administrator's password is made, kept and rotated by RDS in Secrets Manager.\n\nA later change of a static parameter waits for a reboot: `postgresql_rds_logical_replication` with `parameter_group_name` and, as `refresh_triggers`, `static_parameters` sees to it.",
    example: `provider "aws" {
  region = "eu-central-1"
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

module "publisher" {
  source = "./terraform-modules/aurora-publisher"

  name           = "shop"
  engine_version = "16.4"
  vpc_id         = data.aws_vpc.default.id
  subnet_ids     = data.aws_subnets.default.ids
  instance_class = "db.r6g.large"
  database_name  = "shop"
  readers        = 1
}

output "publisher" {
  value = "\${module.publisher.host}:\${module.publisher.port}"
}
`,
  };

  constructor(scope: Construct, moduleName: string) {
    super(scope, moduleName);
    this.useAws();
    const parameters = new ReplicationParameterVariables(this);
    const { stringValue: name } = this.variable("name", {
      type: "string",
      description: "The cluster's identifier, and the name of what belongs to it.",
      validation: [
        {
          condition: '${can(regex("^[a-z](-?[a-z0-9])*$", var.name)) && length(var.name) <= 50}',
          errorMessage:
            "name must consist of up to 50 lower case letters, digits and single hyphens, begin with a letter, and not end with a hyphen.",
        },
      ],
    });
    const cluster = new AuroraCluster(this, "publisher", {
      name,
      engineVersion: engineVersionVariable(
        this,
        'The version of Aurora PostgreSQL. Of a major version alone, such as "16", RDS chooses a minor one and keeps it up to date; "16.4" stays 16.4.',
        { "aurora-postgresql": "true" },
      ),
      vpcId: this.variable("vpc_id", { type: "string", description: "The VPC that the cluster is in." })
        .stringValue,
      subnetIds: this.variable("subnet_ids", {
        type: "list(string)",
        description:
          "The subnets that the cluster may be in: of that VPC, in two availability zones at least.",
        validation: [
          {
            condition: "${length(distinct(var.subnet_ids)) >= 2}",
            errorMessage:
              "subnet_ids must be two subnets at least, in different availability zones: RDS insists on it.",
          },
        ],
      }).listValue,
      instanceClass: this.variable("instance_class", {
        type: "string",
        description:
          "The DB instance class. The default is for trying things out: AWS advises against T classes in production.",
        default: "db.t4g.medium",
      }).stringValue,
      databaseName: this.variable("database_name", {
        type: "string",
        description: "The database that has the tables; it is created.",
        default: "postgres",
      }).stringValue,
      masterUsername: this.variable("master_username", {
        type: "string",
        description: "The user who administers the cluster.",
        default: "postgres",
      }).stringValue,
      port: portVariable(this, "port", "The cluster's port."),
      kmsKeyId: this.variable("kms_key_id", {
        type: "string",
        description: "The ARN of the KMS key that encrypts the storage (default: AWS's key for RDS).",
        default: null,
      }).stringValue,
      backupRetentionPeriod: this.variable("backup_retention_period", {
        type: "number",
        description: "For how many days automated backups are kept.",
        default: 7,
        validation: [
          {
            condition: isWholeNumber("var.backup_retention_period", 1, 35),
            errorMessage: "backup_retention_period must be a whole number of days from 1 to 35.",
          },
        ],
      }).numberValue,
      publiclyAccessible: this.flag(
        "publicly_accessible",
        "Whether the cluster gets an address on the internet too, for those whom its security group lets in.",
      ),
      deletionProtection: this.flag(
        "deletion_protection",
        "Whether RDS refuses to delete the cluster. To destroy it, apply with `false` first.",
        true,
      ),
      skipFinalSnapshot: this.flag(
        "skip_final_snapshot",
        "Whether the cluster goes without a last snapshot, and all of its data with it. The snapshot is called `<name>-final-<eight characters>`.",
      ),
      applyImmediately: this.flag(
        "apply_immediately",
        "Whether changes are made at once, instead of in the next maintenance window.",
      ),
      tags: tagsVariable(this),
      readers: 1,
    });
    this.give(cluster, parameters);
    this.describe(cluster, parameters);
  }

  /** What only Terraform knows, and the construct wants to know before. */
  private give(cluster: AuroraCluster, parameters: ReplicationParameterVariables): void {
    const group = cluster.node.findChild("parameter_group");
    parameters.applyTo(group.node.findChild("group") as RdsClusterParameterGroup);
    warnOfWriteThroughCacheUnless(group, "var.engine_version", parameters.withoutCache);

    this.variable("readers", {
      type: "number",
      description:
        "The number of readers beside the writer. They are physical replicas, to fail over to and to read from: replication always goes through the writer.",
      default: 0,
      validation: [
        {
          condition: isWholeNumber("var.readers", 0, 15),
          errorMessage: "readers must be a whole number from 0 to 15.",
        },
      ],
    });
    const reader = cluster.node.findChild("reader_1") as RdsClusterInstance;
    reader.addOverride("count", "${var.readers}");
    reader.addOverride("identifier", "${var.name}-${count.index + 2}");
    reader.addOverride("promotion_tier", "${min(count.index + 1, 15)}");
    const writer = cluster.node.findChild("writer") as RdsClusterInstance;
    for (const instance of [writer, reader]) {
      instance.addOverride("auto_minor_version_upgrade", matches("var.engine_version", "[0-9]+"));
    }

    this.variable("serverlessv2_scaling_configuration", {
      type: "object({ min_capacity = number, max_capacity = number })",
      description:
        'The capacity that instances of the class "db.serverless" scale between, in Aurora capacity units; that class needs it.',
      default: null,
      validation: [
        {
          condition:
            '${var.instance_class != "db.serverless" || var.serverlessv2_scaling_configuration != null}',
          errorMessage:
            'serverlessv2_scaling_configuration must be given with the instance_class "db.serverless": min_capacity and max_capacity, in Aurora capacity units.',
        },
      ],
    });
    const resource = cluster.node.findChild("cluster") as RdsCluster;
    resource.addOverride("dynamic.serverlessv2_scaling_configuration", {
      for_each: "${var.serverlessv2_scaling_configuration[*]}",
      content: {
        min_capacity: "${serverlessv2_scaling_configuration.value.min_capacity}",
        max_capacity: "${serverlessv2_scaling_configuration.value.max_capacity}",
      },
    });
  }

  private describe(cluster: AuroraCluster, { staticParameters }: ReplicationParameterVariables): void {
    this.output("identifier", "The cluster's identifier.", cluster.identifier);
    this.output("host", "The writer's endpoint, once an instance is behind it.", cluster.host);
    this.output("port", "The cluster's port.", cluster.port);
    this.output("database_name", "The database that has the tables.", cluster.databaseName);
    this.output("admin_username", "The user who administers the cluster.", cluster.adminUsername);
    this.output(
      "admin_secret_arn",
      'The Secrets Manager secret with {"username", "password"} of that user.',
      cluster.adminSecretArn,
    );
    this.output(
      "security_group_id",
      "The security group that rules for the cluster are added to.",
      cluster.securityGroupId,
    );
    this.output(
      "engine_version",
      "The version of Aurora PostgreSQL that was asked for.",
      cluster.engineVersion,
    );
    this.output(
      "parameter_group_name",
      "The parameter group that has the replication's settings.",
      cluster.parameterGroupName,
    );
    this.output(
      "static_parameters",
      "The parameters that a reboot puts into effect, values by name: what to watch in order to reboot when it is time.",
      staticParameters,
    );
  }
}
