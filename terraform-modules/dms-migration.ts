import type { Grant } from "@cdktf/provider-postgresql/lib/grant";
import type { DmsCertificate } from "@cdktf/provider-aws/lib/dms-certificate";
import type { DmsEndpoint as Endpoint } from "@cdktf/provider-aws/lib/dms-endpoint";
import type { DmsReplicationInstance as Instance } from "@cdktf/provider-aws/lib/dms-replication-instance";
import type { DmsReplicationTask } from "@cdktf/provider-aws/lib/dms-replication-task";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import type { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn, type ITerraformDependable, propertyAccess, type TerraformVariable, Token } from "cdktf";
import type { Construct } from "constructs";
import { DmsSource } from "../bindings/dms-source";
import { DmsEndpoint } from "../modules/dms/dms-endpoint";
import { DmsMigrationTask } from "../modules/dms/dms-migration-task";
import { DmsReplicationInstance } from "../modules/dms/dms-replication-instance";
import { DmsRoles } from "../modules/dms/dms-roles";
import { DmsUser } from "../modules/dms/dms-user";
import { DmsLogGroup } from "../modules/monitoring/dms-log-group";
import { PostgresqlIngress } from "../modules/network/postgresql-ingress";
import type { PostgresqlProvider } from "../modules/replication/postgresql-provider";
import { GeneratedSecret } from "../modules/secrets/generated-secret";
import { isWholeNumber, matches, tagsVariable } from "./common-variables";
import { DmsTableMappings } from "./dms-table-mappings";
import { dmsTaskSettings } from "./dms-task-settings";
import { type ModuleGuide, TerraformModule } from "./terraform-module";

/** DMS's own tables, and what captures DDL, are in a schema of this name, at the publisher and at the subscriber. */
const OWN_SCHEMA = "awsdms";

/** One of the two servers, as the module's variables describe it. */
interface Server {
  readonly endpointType: "source" | "target";
  readonly role: "publisher" | "subscriber";
  readonly engineVersion: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly securityGroupId: string;
  readonly provider: PostgresqlProvider;
}

/** A server that is prepared for DMS. */
interface End extends Server {
  readonly user: DmsUser;
  readonly secretArn: string;
}

/** The module `dms-migration`. */
export class DmsMigrationModule extends TerraformModule {
  override readonly guide: ModuleGuide = {
    description:
      "A migration by AWS DMS between two PostgreSQL servers that exist: it loads the tables and follows their changes. The module prepares both servers for DMS (users with no more privileges than needed, their passwords in Secrets Manager, the objects that DDL is captured by at the publisher), and makes the replication instance, the endpoints, the task and its log group. All of that is taken back when it is destroyed; the tables that came over stay.\n\nThe publisher has `rds.logical_replication = 1` in effect already (see the modules `aurora-publisher` and `logical-replication-parameter-group`). The replication instance reads passwords from Secrets Manager: its subnets need a way there, by a NAT gateway or a VPC endpoint.\n\nWhat the stack `DmsMigrationStack` does besides is not in here: it looks the servers up, verifies an account's roles for DMS, loads only, tunes endpoints and tables, and makes alarms and a dashboard. Alarms of your own find what they need in the outputs.",
    example: `terraform {
  required_providers {
    postgresql = {
      source = "aurora-logical-replication/postgresql"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

variable "password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "security_group_ids" {
  type = object({ publisher = string, subscriber = string })
}

locals {
  publisher  = "shop.cluster-abc.eu-central-1.rds.amazonaws.com"
  subscriber = "copy.abc.eu-central-1.rds.amazonaws.com"
}

provider "postgresql" {
  alias     = "publisher"
  host      = local.publisher
  database  = "shop"
  username  = "postgres"
  password  = var.password
  sslmode   = "require"
  superuser = false
}

provider "postgresql" {
  alias     = "subscriber"
  host      = local.subscriber
  database  = "shop"
  username  = "postgres"
  password  = var.password
  sslmode   = "require"
  superuser = false
}

module "migration" {
  source = "./terraform-modules/dms-migration"

  providers = {
    postgresql.publisher  = postgresql.publisher
    postgresql.subscriber = postgresql.subscriber
  }

  name       = "shop"
  vpc_id     = var.vpc_id
  subnet_ids = var.subnet_ids
  publisher = {
    engine            = "aurora-postgresql"
    engine_version    = "16.4"
    host              = local.publisher
    database          = "shop"
    security_group_id = var.security_group_ids.publisher
  }
  subscriber = {
    engine            = "postgres"
    engine_version    = "17.2"
    host              = local.subscriber
    database          = "shop"
    security_group_id = var.security_group_ids.subscriber
  }
  table_mappings = {
    selection = [
      { rule_action = "include", schema_name = "public", table_name = "%" },
      { rule_action = "exclude", schema_name = "public", table_name = "log" },
    ]
    transformation = [
      { rule_target = "table", rule_action = "add-prefix", schema_name = "public", table_name = "%", value = "old_" },
    ]
  }
  task_settings = {
    FullLoadSettings = { MaxFullLoadSubTasks = 4 }
  }
}
`,
  };

  readonly #name: string;
  readonly #tags: Record<string, string>;
  readonly #certificatePem: string;

  constructor(scope: Construct, moduleName: string) {
    super(scope, moduleName);
    this.useAws();
    this.#name = this.variable("name", {
      type: "string",
      description:
        'The name of all that is made: the replication instance and the task have it, the endpoints, and DMS\'s users with underscores for its hyphens, end in "source" and "target".',
      validation: [
        {
          condition:
            '${can(regex("^[a-z](-?[a-z0-9])*$", var.name)) && length(var.name) >= 2 && length(var.name) <= 39}',
          errorMessage:
            "name must consist of 2 to 39 lower case letters, digits and single hyphens, begin with a letter, and not end with a hyphen.",
        },
      ],
    }).stringValue;
    const publisher = this.server("publisher", "source");
    const subscriber = this.server("subscriber", "target");
    const mappings = new DmsTableMappings(this, OWN_SCHEMA);
    this.variable("existing_tables", {
      type: "map(list(string))",
      description:
        "What the subscriber's database has already of where the tables go to: schemas, and those of their tables that DMS is to write into. DMS makes the other schemas and tables itself. A table that DMS is to drop has to be its user's own, not one of these (default: `{ public = [] }` when tables of the schema `public` are migrated).",
      default: null,
    });
    this.#tags = tagsVariable(this);
    this.#certificatePem = this.variable("certificate_pem", {
      type: "string",
      description:
        "RDS's certificates for the region, in PEM: the servers' certificates and names are then verified (default: DMS's connections are encrypted, and not verified).",
      default: null,
    }).stringValue;
    const version = this.variable("password_version", {
      type: "number",
      description:
        "A whole number; a higher one gives DMS's users other passwords, at the servers and in Secrets Manager. A running task has to be stopped and resumed for it.",
      default: 1,
      validation: [
        {
          condition: isWholeNumber("var.password_version", 1),
          errorMessage: "password_version must be a whole number, 1 or higher.",
        },
      ],
    }).numberValue;
    const source = this.end(publisher, version, mappings.tablesBySchema);
    const target = this.end(
      subscriber,
      version,
      `(var.existing_tables != null ? var.existing_tables : { for schema in ["public"] : schema => [] if contains(keys(${mappings.tablesBySchema}), schema) })`,
      "if length(tables) > 0",
    );
    const capture = new DmsSource(this, "ddl_capture", {
      provider: source.provider,
      database: source.database,
      schema: source.user.ownSchema.name,
      username: source.user.role.name,
      dependsOn: source.user.ready,
    });
    const instance = this.instance(publisher, subscriber);
    const task = this.task(instance, this.endpoint(source, [capture]), this.endpoint(target, []), mappings);
    this.output(
      "replication_instance_id",
      "The replication instance's identifier.",
      instance.replicationInstanceId,
    );
    this.output(
      "replication_instance_arn",
      "The replication instance's ARN.",
      instance.replicationInstanceArn,
    );
    this.output("replication_task_arn", "The task's ARN.", task.replicationTaskArn);
    this.output("source_secret_arn", "The secret with DMS's user at the publisher.", source.secretArn);
    this.output("target_secret_arn", "The secret with DMS's user at the subscriber.", target.secretArn);
    this.output(
      "tables_without_primary_key",
      "The publisher's tables whose UPDATE and DELETE DMS cannot replicate.",
      capture.tablesWithoutPrimaryKey,
    );
  }

  private server(role: "publisher" | "subscriber", endpointType: "source" | "target"): Server {
    const version = `var.${role}.engine_version`;
    const number = `tonumber(regex("^([0-9]+)", ${version})[0]) * 1000 + tonumber(try(regex("^[0-9]+[.]([0-9]+)", ${version})[0], "999"))`;
    const variable = this.variable(role, {
      type: "object({ engine = string, engine_version = string, host = string, port = optional(number, 5432), database = string, security_group_id = string })",
      description: `The ${role}: its engine ("aurora-postgresql" or "postgres") and version, the endpoint that accepts writes, the database that ${role === "publisher" ? "has the tables" : "the tables come to"}, and a security group of it, which gets a rule for the replication instance.`,
      validation: [
        {
          condition: `\${contains(["aurora-postgresql", "postgres"], var.${role}.engine)}`,
          errorMessage: `${role}: engine must be "aurora-postgresql" or "postgres".`,
        },
        role === "publisher"
          ? {
              condition: `\${try(${number} >= (var.publisher.engine == "postgres" ? 10021 : 10006), false)}`,
              errorMessage:
                "publisher: engine_version must be 10.6 or later of Aurora PostgreSQL, 10.21 or later of RDS for PostgreSQL: DMS follows changes from there on.",
            }
          : {
              condition: `\${try(${number} != 10004, false)}`,
              errorMessage:
                'subscriber: engine_version must be a version such as "16.4", but not 10.4, which DMS does not work with.',
            },
        ...(role === "publisher"
          ? []
          : [
              {
                condition:
                  "${var.shared_security_group || var.subscriber.security_group_id != var.publisher.security_group_id || var.subscriber.port != var.publisher.port}",
                errorMessage:
                  "subscriber: security_group_id and port must not be the publisher's, unless shared_security_group is true.",
              },
            ]),
        {
          condition: `\${!can(regex("(?i)[.]cluster-ro-[^.]+[.]", var.${role}.host))}`,
          errorMessage: `${role}: host must be the writer's endpoint (….cluster-….rds.amazonaws.com): a reader can neither publish nor subscribe.`,
        },
      ],
    });
    const database = text(variable, "database");
    return {
      endpointType,
      role,
      engineVersion: text(variable, "engine_version"),
      host: text(variable, "host"),
      port: Token.asNumber(propertyAccess(variable.value, ["port"])),
      database,
      securityGroupId: text(variable, "security_group_id"),
      provider: this.usePostgresql(role, { database }),
    };
  }

  /**
   * @param tables - Terraform's expression for the tables that the user gets privileges on, by schema.
   * @param granted - a condition on those with privileges on tables: for the others, on the schema alone.
   */
  private end(server: Server, passwordVersion: number, tables: string, granted = ""): End {
    const { endpointType, role, provider, host, port, database } = server;
    const name = `${Fn.replace(this.#name, "-", "_")}_${endpointType}`;
    const secret = new GeneratedSecret(this, `${endpointType}_secret`, {
      namePrefix: `${this.#name}-${endpointType}-`,
      description: `The role that DMS connects to the ${role} as.`,
      members: { username: name, host, port, dbname: database },
      passwordVersion,
      tags: this.#tags,
    });
    const user = new DmsUser(this, `${endpointType}_user`, {
      endpointType,
      provider,
      database,
      name,
      password: secret.password,
      passwordVersion: secret.passwordVersion,
      replication: endpointType === "source",
      ownSchema: OWN_SCHEMA,
      tables: {},
    });
    const grant = (id: string) => user.node.findChild(id) as Grant;
    grant("schemas").addOverride("for_each", `\${toset(keys(${tables}))}`);
    grant("tables").addOverride(
      "for_each",
      `\${{ for schema, tables in ${tables} : schema => tables ${granted} }}`,
    );
    return { ...server, user, secretArn: secret.arn };
  }

  private instance(publisher: Server, subscriber: Server): DmsReplicationInstance {
    const group = new SecurityGroup(this, "replication_instance_group", {
      namePrefix: `${this.#name}-`,
      description: "The replication instance of AWS DMS.",
      vpcId: this.variable("vpc_id", { type: "string", description: "The VPC that both servers are in." })
        .stringValue,
      tags: this.#tags,
    });
    const egress = new VpcSecurityGroupEgressRule(this, "egress", {
      securityGroupId: group.id,
      description: "The servers, Secrets Manager, CloudWatch",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
      tags: this.#tags,
    });
    const toPublisher = this.letIn(publisher, group);
    const toSubscriber = this.letIn(subscriber, group);
    this.flag(
      "shared_security_group",
      "Whether both servers have the same security group and port: AWS takes the rule that lets the replication instance in only once.",
    );
    // The groups themselves may be known after the apply only, and would leave Terraform without a number.
    toSubscriber.addOverride("count", "${var.shared_security_group ? 0 : 1}");
    const instance = new DmsReplicationInstance(this, "replication_instance", {
      replicationInstanceId: this.#name,
      servers: {},
      subnetIds: this.variable("subnet_ids", {
        type: "list(string)",
        description:
          "The subnets that the replication instance may be in: of that VPC, in two availability zones at least.",
        validation: [
          {
            condition: "${length(distinct(var.subnet_ids)) >= 2}",
            errorMessage: "subnet_ids must be two subnets at least, in different availability zones.",
          },
        ],
      }).listValue,
      vpcSecurityGroupIds: [group.id],
      replicationInstanceClass: this.variable("replication_instance_class", {
        type: "string",
        description: "The replication instance's class.",
        default: "dms.t3.medium",
      }).stringValue,
      allocatedStorage: this.variable("allocated_storage", {
        type: "number",
        description: "The storage for logs and for changes that do not fit into memory, in GB.",
        default: 50,
        validation: [
          {
            condition: isWholeNumber("var.allocated_storage", 5, 6144),
            errorMessage: "allocated_storage must be a whole number of GB from 5 to 6144.",
          },
        ],
      }).numberValue,
      availabilityZone: this.variable("availability_zone", {
        type: "string",
        description:
          "The zone that the replication instance is put in, such as that of the publisher's writer (default: AWS chooses).",
        default: null,
        validation: [
          {
            condition: "${!var.multi_az || var.availability_zone == null}",
            errorMessage: "availability_zone must be left out with multi_az: DMS chooses the zones then.",
          },
        ],
      }).stringValue,
      preferredMaintenanceWindow: this.variable("preferred_maintenance_window", {
        type: "string",
        description:
          'The weekly time for maintenance, in UTC, such as "sun:05:00-sun:06:00" (default: AWS chooses).',
        default: null,
      }).stringValue,
      kmsKeyArn: this.variable("kms_key_arn", {
        type: "string",
        description:
          "The ARN of the KMS key that encrypts the storage and the endpoints' connection data (default: AWS's key for DMS).",
        default: null,
      }).stringValue,
      tags: this.#tags,
      dependsOn: [...this.roles(), egress, toPublisher, toSubscriber],
    });
    this.flag("multi_az", "Whether there is a standby in another availability zone.");
    this.flag(
      "apply_immediately",
      "Whether changes are made at once and not in the next maintenance window; some restart the instance.",
    );
    this.variable("replication_engine_version", {
      type: "string",
      description:
        "The version of DMS's engine. It stays: DMS's own upgrades of minor versions are off, since they stop tasks.",
      default: "3.6.1",
      validation: [
        {
          condition:
            '${try(tonumber(format("%d%03d%03d", regex("^([0-9]+)[.]([0-9]+)[.]([0-9]+)$", var.replication_engine_version)...)) >= 3006001, false)}',
          errorMessage:
            'replication_engine_version must be a version of DMS\'s engine, "3.6.1" or later, which connects to every version of PostgreSQL.',
        },
      ],
    });
    const resource = instance.node.findChild("instance") as Instance;
    resource.addOverride("multi_az", "${var.multi_az}");
    resource.addOverride("apply_immediately", "${var.apply_immediately}");
    resource.addOverride("engine_version", "${var.replication_engine_version}");
    this.output("security_group_id", "The replication instance's security group.", group.id);
    return instance;
  }

  /** Lets the replication instance in. */
  private letIn({ role, securityGroupId, port }: Server, group: SecurityGroup) {
    const { rules } = new PostgresqlIngress(this, `${role}_ingress`, {
      securityGroupId,
      port,
      peers: { dms: { securityGroupId: group.id } },
      tags: this.#tags,
    });
    return rules["dms"] as VpcSecurityGroupIngressRule;
  }

  /** @returns what has to be there before DMS makes anything in a VPC. */
  private roles(): ITerraformDependable[] {
    this.flag(
      "create_dms_roles",
      "Whether the account's IAM roles for DMS, `dms-vpc-role` and `dms-cloudwatch-logs-role`, are made. An account has one of each, for all its regions: exactly one configuration makes them.",
    );
    const roles = new DmsRoles(this, "dms_roles", { mode: "create", tags: this.#tags });
    const count = "${var.create_dms_roles ? 1 : 0}";
    for (const child of roles.node.children) {
      if (child instanceof IamRole) child.addOverride("count", count);
      if (child instanceof IamRolePolicyAttachment) {
        const role = roles.node.findChild(child.node.id.replace(/-policy$/, "")) as IamRole;
        child.addOverride("count", count);
        child.addOverride("role", `\${aws_iam_role.${role.friendlyUniqueId}[0].name}`);
      }
    }
    return roles.ready;
  }

  private endpoint(end: End, dependsOn: ITerraformDependable[]): DmsEndpoint {
    const { endpointType, role, engineVersion, database, secretArn, user } = end;
    const common = {
      // What differs between the engines is checked by the variables.
      engine: "aurora-postgresql" as const,
      engineVersion,
      databaseName: database,
      secretArn,
      endpointId: `${this.#name}-${endpointType}`,
      sslMode: "verify-full" as const,
      certificatePem: this.#certificatePem,
      tags: this.#tags,
      dependsOn: [...user.ready, ...dependsOn],
    };
    const endpoint = new DmsEndpoint(
      this,
      `${endpointType}_endpoint`,
      endpointType === "source"
        ? {
            ...common,
            endpointType,
            settings: { ddlArtifactsSchema: OWN_SCHEMA, heartbeatSchema: OWN_SCHEMA },
          }
        : { ...common, endpointType },
    );
    const certificate = endpoint.node.findChild("certificate") as DmsCertificate;
    certificate.addOverride("count", "${var.certificate_pem == null ? 0 : 1}");
    const resource = endpoint.node.findChild("endpoint") as Endpoint;
    resource.addOverride("engine_name", `\${var.${role}.engine}`);
    resource.addOverride("ssl_mode", '${var.certificate_pem == null ? "require" : "verify-full"}');
    resource.addOverride(
      "certificate_arn",
      `\${one(aws_dms_certificate.${certificate.friendlyUniqueId}[*].certificate_arn)}`,
    );
    this.output(`${endpointType}_endpoint_arn`, `The ${endpointType} endpoint's ARN.`, endpoint.endpointArn);
    return endpoint;
  }

  private task(
    replicationInstance: DmsReplicationInstance,
    source: DmsEndpoint,
    target: DmsEndpoint,
    mappings: DmsTableMappings,
  ): DmsMigrationTask {
    this.variable("migration_type", {
      type: "string",
      description:
        'Rows as they are and changes from then on ("full-load-and-cdc"), or changes only ("cdc").',
      default: "full-load-and-cdc",
      validation: [
        {
          condition: '${contains(["full-load-and-cdc", "cdc"], var.migration_type)}',
          errorMessage: 'migration_type must be "full-load-and-cdc" or "cdc".',
        },
      ],
    });
    this.variable("cdc_start_position", {
      type: "string",
      description:
        'Where changes are followed from: a position in the WAL (LSN). Only with the migration_type "cdc" (default: from the task\'s start on).',
      default: null,
      validation: [
        {
          condition: '${var.cdc_start_position == null || var.migration_type == "cdc"}',
          errorMessage: 'cdc_start_position must be left out, or migration_type be "cdc".',
        },
        {
          condition: matches('coalesce(var.cdc_start_position, "0/0")', "[0-9A-Fa-f]+/[0-9A-Fa-f]+"),
          errorMessage: 'cdc_start_position must be a position in the WAL, such as "0/16B3748".',
        },
      ],
    });
    const { logGroup } = new DmsLogGroup(this, "log_group", {
      replicationInstanceId: replicationInstance.replicationInstanceId,
      retentionInDays: this.variable("log_retention_in_days", {
        type: "number",
        description: "How long the task's logs are kept, in days; one of CloudWatch's periods.",
        default: 30,
      }).numberValue,
      tags: this.#tags,
    });
    this.flag(
      "start_replication_task",
      "Whether the task runs. It is resumed where it was stopped: the full load never begins again.",
      true,
    );
    const settings = dmsTaskSettings(this, OWN_SCHEMA);
    const task = new DmsMigrationTask(this, "task", {
      replicationTaskId: this.#name,
      migrationType: "full-load-and-cdc",
      replicationInstance,
      source,
      target,
      // What is taken of them comes from the variable.
      tableMappings: { selection: [{ ruleAction: "include", schemaName: "public", tableName: "%" }] },
      dependsOn: [logGroup],
      tags: this.#tags,
    });
    const resource = task.node.findChild("task") as DmsReplicationTask;
    resource.addOverride("table_mappings", mappings.json);
    resource.addOverride("replication_task_settings", settings);
    resource.addOverride("migration_type", "${var.migration_type}");
    resource.addOverride("cdc_start_position", "${var.cdc_start_position}");
    resource.addOverride("start_replication_task", "${var.start_replication_task}");
    return task;
  }
}

function text(variable: TerraformVariable, attribute: string): string {
  return Token.asString(propertyAccess(variable.value, [attribute]));
}
