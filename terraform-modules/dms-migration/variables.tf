variable "name" {
  description = "Base name for every resource. The replication instance and the task use it as is; endpoints append `-source` and `-target`; database users append `_source` and `_target`, with hyphens replaced by underscores."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.name)) && length(var.name) >= 2 && length(var.name) <= 39
    error_message = "name must consist of 2 to 39 lower case letters, digits and single hyphens, start with a letter, and not end with a hyphen."
  }
}

# Servers

variable "publisher" {
  description = "The publisher. `engine`: \"aurora-postgresql\" or \"postgres\". `engine_version`: minimum 10.6 for Aurora PostgreSQL, 10.21 for RDS for PostgreSQL. `host`: for an Aurora cluster, the writer endpoint. `database`: the database that contains the tables. `security_group_id`: a security group of the server, to which a rule for the replication instance is added."
  type = object({
    engine            = string
    engine_version    = string
    host              = string
    port              = optional(number, 5432)
    database          = string
    security_group_id = string
  })
  nullable = false

  validation {
    condition     = contains(["aurora-postgresql", "postgres"], var.publisher.engine)
    error_message = "publisher: engine must be \"aurora-postgresql\" or \"postgres\"."
  }

  validation {
    condition     = can(regex("^[1-9][0-9]*([.][0-9]+.*)?$", var.publisher.engine_version))
    error_message = "publisher: engine_version must be a version such as \"16.4\" or \"16\"."
  }

  validation {
    condition = (
      var.publisher.engine == "postgres"
      ? !can(regex("^([0-9]|10[.]0*([0-9]|1[0-9]|20))([.-].*)?$", var.publisher.engine_version))
      : !can(regex("^([0-9]|10[.]0*[0-5])([.-].*)?$", var.publisher.engine_version))
    )
    error_message = "publisher: engine_version must be 10.6 or later for Aurora PostgreSQL, 10.21 or later for RDS for PostgreSQL: DMS does not replicate changes from earlier versions."
  }

  validation {
    condition     = !can(regex("(?i)[.]cluster-ro-[^.]+[.]", var.publisher.host))
    error_message = "publisher: host must be the writer endpoint (<name>.cluster-<id>.<region>.rds.amazonaws.com): a reader can neither publish nor subscribe."
  }
}

variable "subscriber" {
  description = "The subscriber. `engine`: \"aurora-postgresql\" or \"postgres\". `engine_version`: any version except 10.4. `host`: for an Aurora cluster, the writer endpoint. `database`: the database into which the tables are migrated. `security_group_id`: a security group of the server, to which a rule for the replication instance is added."
  type = object({
    engine            = string
    engine_version    = string
    host              = string
    port              = optional(number, 5432)
    database          = string
    security_group_id = string
  })
  nullable = false

  validation {
    condition     = contains(["aurora-postgresql", "postgres"], var.subscriber.engine)
    error_message = "subscriber: engine must be \"aurora-postgresql\" or \"postgres\"."
  }

  validation {
    condition = (
      can(regex("^[1-9][0-9]*([.][0-9]+.*)?$", var.subscriber.engine_version)) &&
      !can(regex("^10[.]0*4([.-].*)?$", var.subscriber.engine_version))
    )
    error_message = "subscriber: engine_version must be a version such as \"16.4\" or \"16\", except 10.4, which DMS does not support."
  }

  validation {
    condition     = !can(regex("(?i)[.]cluster-ro-[^.]+[.]", var.subscriber.host))
    error_message = "subscriber: host must be the writer endpoint (<name>.cluster-<id>.<region>.rds.amazonaws.com): a reader can neither publish nor subscribe."
  }

  validation {
    condition = (
      var.shared_security_group ||
      var.subscriber.security_group_id != var.publisher.security_group_id ||
      var.subscriber.port != var.publisher.port
    )
    error_message = "subscriber: security_group_id and port are the same as the publisher's, and AWS rejects a second identical rule. Set shared_security_group = true."
  }
}

variable "existing_tables" {
  description = "Target schemas that already exist, with the existing tables that DMS may write to. DMS creates all other schemas and tables itself. Do not list tables that DMS should drop and recreate: its user must own those. Default: `{ public = [] }` if the schema `public` is migrated."
  type        = map(list(string))
  default     = null
  nullable    = true
}

variable "password_version" {
  description = "Whole number. Increase it to replace the passwords of DMS's users, at the servers and in Secrets Manager. A running task must then be stopped and resumed."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = floor(var.password_version) == var.password_version && var.password_version >= 1
    error_message = "password_version must be a whole number of at least 1."
  }
}

variable "certificate_pem" {
  description = "RDS's certificate bundle for the region, in PEM. If set, DMS verifies the certificates and host names of the servers. Default: connections are encrypted, but not verified."
  type        = string
  default     = null
  nullable    = true
}

# Network

variable "vpc_id" {
  description = "ID of the VPC of both servers."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "IDs of the replication instance's subnets: at least two subnets of the VPC, in different availability zones. They need a route to Secrets Manager."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 2
    error_message = "subnet_ids must contain at least two subnets, in different availability zones."
  }
}

variable "shared_security_group" {
  description = "Whether both servers have the same security group and port. AWS then accepts the inbound rule for the replication instance only once."
  type        = bool
  default     = false
  nullable    = false
}

variable "create_dms_roles" {
  description = "Create the account's IAM roles for DMS, `dms-vpc-role` and `dms-cloudwatch-logs-role`. An account has one of each, for all regions: set this to true in exactly one configuration."
  type        = bool
  default     = false
  nullable    = false
}

# Replication instance

variable "replication_instance_class" {
  description = "Class of the replication instance."
  type        = string
  default     = "dms.t3.medium"
  nullable    = false
}

variable "replication_engine_version" {
  description = "Version of DMS's engine, without automatic upgrades, which would stop tasks. Minimum: \"3.6.1\"."
  type        = string
  default     = "3.6.1"
  nullable    = false

  validation {
    # As a number, "3.6.1" is 3006001.
    condition = try(
      tonumber(format("%d%03d%03d", regex("^([0-9]+)[.]([0-9]+)[.]([0-9]+)$", var.replication_engine_version)...)) >= 3006001,
      false,
    )
    error_message = "replication_engine_version must be a version of DMS's engine, \"3.6.1\" or later: earlier versions do not support every version of PostgreSQL."
  }
}

variable "allocated_storage" {
  description = "Storage of the replication instance in GB, from 5 to 6144: for logs, and for changes that exceed the memory."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition = (
      floor(var.allocated_storage) == var.allocated_storage &&
      var.allocated_storage >= 5 &&
      var.allocated_storage <= 6144
    )
    error_message = "allocated_storage must be a whole number of GB from 5 to 6144."
  }
}

variable "multi_az" {
  description = "Whether the replication instance has a standby in another availability zone."
  type        = bool
  default     = false
  nullable    = false
}

variable "availability_zone" {
  description = "Availability zone of the replication instance, for example that of the publisher's writer. Used at creation only. Conflicts with `multi_az`. Default: selected by AWS."
  type        = string
  default     = null
  nullable    = true

  validation {
    condition     = !var.multi_az || var.availability_zone == null
    error_message = "availability_zone conflicts with multi_az, with which DMS selects the zones. Omit one of them."
  }
}

variable "preferred_maintenance_window" {
  description = "Weekly maintenance window in UTC, for example \"sun:05:00-sun:06:00\". Default: selected by AWS."
  type        = string
  default     = null
  nullable    = true
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the storage and the connection data of the endpoints. Default: the AWS managed key for DMS."
  type        = string
  default     = null
  nullable    = true
}

variable "apply_immediately" {
  description = "Apply changes to the replication instance immediately instead of in the next maintenance window. Some changes restart the instance."
  type        = bool
  default     = false
  nullable    = false
}

# Task

variable "migration_type" {
  description = "What the task migrates: \"full-load-and-cdc\" (existing rows and changes) or \"cdc\" (changes only)."
  type        = string
  default     = "full-load-and-cdc"
  nullable    = false

  validation {
    condition     = contains(["full-load-and-cdc", "cdc"], var.migration_type)
    error_message = "migration_type must be \"full-load-and-cdc\" or \"cdc\"."
  }
}

variable "cdc_start_position" {
  description = "WAL position (LSN) from which changes are replicated. Requires the migration type \"cdc\". Default: the position at the start of the task."
  type        = string
  default     = null
  nullable    = true

  validation {
    condition     = var.cdc_start_position == null || var.migration_type == "cdc"
    error_message = "cdc_start_position requires migration_type = \"cdc\". Omit it for \"full-load-and-cdc\"."
  }

  validation {
    condition     = can(regex("^[0-9A-Fa-f]+/[0-9A-Fa-f]+$", coalesce(var.cdc_start_position, "0/0")))
    error_message = "cdc_start_position must be a WAL position (LSN), for example \"0/16B3748\"."
  }
}

variable "start_replication_task" {
  description = "Whether the task runs. A stopped task resumes where it stopped; the full load is never repeated."
  type        = bool
  default     = true
  nullable    = false
}

variable "log_retention_in_days" {
  description = "Retention of the task's logs, in days: one of the periods that CloudWatch supports."
  type        = number
  default     = 30
  nullable    = false
}

variable "table_mappings" {
  description = "DMS's table mappings. `selection` rules include or exclude tables (`rule_action` \"include\", \"exclude\", or \"explicit\" for a table without wildcards). `transformation` rules rename, add, remove and change schemas, tables and columns. Names are literal, except for `%`, which matches any characters. Rules that include tables must name their schema without `%`. A rule with a `name` keeps its ID if its contents change."
  type = object({
    selection = list(object({
      name        = optional(string)
      rule_action = string
      schema_name = string
      table_name  = string
      table_type  = optional(string)
      load_order  = optional(number)
      filters = optional(list(object({
        column_name = string
        column_type = string
        conditions = list(object({
          operator    = string
          value       = optional(string)
          start_value = optional(string)
          end_value   = optional(string)
        }))
      })), [])
    }))
    transformation = optional(list(object({
      name        = optional(string)
      rule_target = string
      rule_action = string
      schema_name = string
      table_name  = optional(string)
      column_name = optional(string)
      value       = optional(string)
      old_value   = optional(string)
      expression  = optional(string)
      data_type = optional(object({
        type      = string
        length    = optional(number)
        precision = optional(number)
        scale     = optional(number)
      }))
      primary_key_def = optional(object({
        name    = string
        columns = list(string)
      }))
    })), [])
  })
  nullable = false

  validation {
    condition     = anytrue([for rule in var.table_mappings.selection : rule.rule_action != "exclude"])
    error_message = "table_mappings.selection must contain a rule that includes tables."
  }

  validation {
    condition = alltrue([
      for rule in var.table_mappings.selection : contains(["include", "exclude", "explicit"], rule.rule_action)
    ])
    error_message = "table_mappings.selection: rule_action must be \"include\", \"exclude\" or \"explicit\"."
  }

  validation {
    condition = alltrue([
      for name in concat(
        var.table_mappings.selection[*].schema_name,
        var.table_mappings.selection[*].table_name,
        var.table_mappings.transformation[*].schema_name,
        [for rule in var.table_mappings.transformation : rule.table_name if rule.table_name != null],
      ) : name != "" && !can(regex("[[]|]", name))
    ])
    error_message = "table_mappings: schema_name and table_name must be names without brackets, which DMS reads as a set of characters."
  }

  validation {
    condition = alltrue([
      for rule in var.table_mappings.selection : rule.rule_action == "exclude" || !strcontains(rule.schema_name, "%")
    ])
    error_message = "table_mappings.selection: rules that include tables must have a schema_name without \"%\", because the privileges of DMS's user are granted by schema. Add a rule for each schema."
  }

  validation {
    condition = alltrue([
      for rule in var.table_mappings.selection : rule.rule_action != "explicit" || !strcontains(rule.table_name, "%")
    ])
    error_message = "table_mappings.selection: explicit rules must have a table_name without \"%\"."
  }

  validation {
    condition = alltrue([
      for rule in var.table_mappings.selection : rule.rule_action == "exclude" || rule.schema_name != "awsdms"
    ])
    error_message = "table_mappings.selection must not include the schema \"awsdms\", which this module creates for DMS's own objects."
  }

  validation {
    condition = alltrue([
      for rule in var.table_mappings.selection :
      contains(["table", "view", "all"], rule.table_type) && rule.rule_action == "include" if rule.table_type != null
    ])
    error_message = "table_mappings.selection: table_type must be \"table\", \"view\" or \"all\", and requires rule_action = \"include\"."
  }

  validation {
    condition = alltrue([
      for rule in var.table_mappings.selection :
      floor(rule.load_order) == rule.load_order && rule.load_order >= 1 && rule.load_order <= 2147483647
      if rule.load_order != null
    ])
    error_message = "table_mappings.selection: load_order must be a whole number from 1 to 2147483647."
  }

  validation {
    condition = alltrue([
      for filter in flatten(var.table_mappings.selection[*].filters) : contains([
        "bigint",
        "boolean",
        "character",
        "character varying",
        "date",
        "double precision",
        "integer",
        "numeric",
        "real",
        "smallint",
        "time",
        "timestamp",
        "timestamptz",
        "uuid",
      ], filter.column_type)
    ])
    error_message = "table_mappings.selection: filters must be on a column of one of these types, because DMS treats all others as LOBs and does not filter by them: bigint, boolean, character, character varying, date, double precision, integer, numeric, real, smallint, time, timestamp, timestamptz, uuid."
  }

  validation {
    condition = alltrue([
      for filter in flatten(var.table_mappings.selection[*].filters) :
      length(filter.conditions) > 0 && alltrue([
        for condition in filter.conditions : lookup(
          {
            eq         = condition.value != null && condition.start_value == null && condition.end_value == null
            noteq      = condition.value != null && condition.start_value == null && condition.end_value == null
            gte        = condition.value != null && condition.start_value == null && condition.end_value == null
            ste        = condition.value != null && condition.start_value == null && condition.end_value == null
            between    = condition.value == null && condition.start_value != null && condition.end_value != null
            notbetween = condition.value == null && condition.start_value != null && condition.end_value != null
            "null"     = condition.value == null && condition.start_value == null && condition.end_value == null
            notnull    = condition.value == null && condition.start_value == null && condition.end_value == null
          },
          condition.operator,
          false,
        )
      ])
    ])
    error_message = "table_mappings.selection: filters must have at least one condition, each with an operator and its values: eq, noteq, gte, ste with value; between, notbetween with start_value and end_value; null, notnull with none."
  }

  validation {
    condition = alltrue([
      for rule in var.table_mappings.transformation : contains(
        concat(
          [
            "rename",
            "convert-lowercase",
            "convert-uppercase",
            "add-prefix",
            "remove-prefix",
            "replace-prefix",
            "add-suffix",
            "remove-suffix",
            "replace-suffix",
          ],
          lookup(
            {
              table = ["define-primary-key"]
              column = [
                "include-column",
                "remove-column",
                "change-data-type",
                "data-masking-digits-mask",
                "data-masking-digits-randomize",
                "data-masking-hash-mask",
                "add-column",
              ]
            },
            rule.rule_target,
            [],
          ),
        ),
        rule.rule_action,
      ) && contains(["schema", "table", "column"], rule.rule_target)
    ])
    error_message = "table_mappings.transformation: rule_target must be \"schema\", \"table\" or \"column\". rule_action must be rename, convert-lowercase, convert-uppercase, add-prefix, remove-prefix, replace-prefix, add-suffix, remove-suffix or replace-suffix; for a table also define-primary-key; for a column also include-column, remove-column, change-data-type, data-masking-digits-mask, data-masking-digits-randomize, data-masking-hash-mask or add-column."
  }

  validation {
    condition = alltrue([
      for rule in var.table_mappings.transformation : alltrue([
        (rule.table_name != null) == (rule.rule_target != "schema"),
        (rule.column_name != null) == (rule.rule_target == "column" && rule.rule_action != "add-column"),
        (rule.value != null) == can(regex(
          "^(rename|add-column|data-masking-digits-mask|(add|remove|replace)-(prefix|suffix))$",
          rule.rule_action,
        )),
        (rule.old_value != null) == startswith(rule.rule_action, "replace-"),
        (rule.expression != null) == (rule.rule_action == "add-column"),
        (rule.data_type != null) == contains(["add-column", "change-data-type"], rule.rule_action),
        (rule.primary_key_def != null) == (rule.rule_action == "define-primary-key"),
      ])
    ])
    error_message = "table_mappings.transformation: each rule must have exactly the attributes that its rule_target and rule_action require. table_name: tables and columns. column_name: columns, except add-column. value: rename (new name), prefixes and suffixes, add-column (name), data-masking-digits-mask (mask). old_value: replace-prefix, replace-suffix. expression: add-column. data_type: add-column, change-data-type. primary_key_def: define-primary-key."
  }

  validation {
    condition = length(var.table_mappings.selection) == length(distinct([
      for rule in var.table_mappings.selection : "${rule.rule_action} ${rule.schema_name}.${rule.table_name}"
    ]))
    error_message = "table_mappings.selection must not contain the same rule twice. Remove one of them."
  }

  validation {
    condition = length(var.table_mappings.transformation) == length(distinct([
      for rule in var.table_mappings.transformation : join(" ", [
        can(regex("^(rename|convert-(lowercase|uppercase)|(add|remove|replace)-(prefix|suffix))$", rule.rule_action))
        ? "rename ${rule.rule_target}"
        : rule.rule_action,
        join(".", compact([
          rule.schema_name,
          rule.table_name,
          rule.column_name,
          rule.rule_action == "add-column" ? rule.value : null,
        ])),
      ])
    ]))
    error_message = "table_mappings.transformation must not contain two rules that do the same to an object, for example rename it. Remove one of them."
  }

  validation {
    condition = (
      length(compact(concat(var.table_mappings.selection[*].name, var.table_mappings.transformation[*].name))) ==
      length(distinct(compact(concat(var.table_mappings.selection[*].name, var.table_mappings.transformation[*].name))))
    )
    error_message = "table_mappings: the name of each rule must be unique."
  }
}

variable "task_settings" {
  description = "DMS's task settings that differ from the defaults, by DMS's names, for example `{ FullLoadSettings = { TargetTablePrepMode = \"TRUNCATE_BEFORE_LOAD\" } }`. By default, existing tables of the subscriber keep their rows, and DMS's control tables are in the schema `awsdms`."
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition = can(flatten([for settings in values(var.task_settings) : keys(settings)])) && alltrue([
      for group, settings in var.task_settings :
      try(length(setsubtract(keys(settings), keys(local.default_task_settings[group]))) == 0, false)
    ])
    error_message = "task_settings must contain groups of DMS's task settings by name, for example FullLoadSettings, each with settings by name, for example TargetTablePrepMode."
  }

  validation {
    # Compares the types by the first character of the JSON: a letter, a digit or a quote.
    condition = alltrue(flatten([
      for group, settings in var.task_settings : [
        for name, value in settings : alltrue([
          for type in ["^[tf]", "^[-0-9]", "^\""] :
          can(regex(type, jsonencode(local.default_task_settings[group][name]))) == can(regex(type, jsonencode(value)))
        ]) if can(local.default_task_settings[group][name])
      ]
    ]))
    error_message = "task_settings: each value must have the type of DMS's setting: number, bool or string."
  }

  validation {
    condition = alltrue(flatten([
      for group, settings in var.task_settings : [
        for name, value in settings : !startswith(name, "Parallel") || jsonencode(value) == "0"
      ]
    ]))
    error_message = "task_settings: TargetMetadata must not contain settings that start with \"Parallel\": DMS does not apply changes to PostgreSQL in parallel."
  }
}

variable "tags" {
  description = "Tags of every AWS resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
