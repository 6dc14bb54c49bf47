variable "name" {
  description = "Identifier of the cluster. Also the name, or the prefix of the name, of the resources that belong to it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.name)) && length(var.name) <= 50
    error_message = "name must consist of at most 50 lower case letters, digits and single hyphens, start with a letter, and not end with a hyphen."
  }
}

variable "engine_version" {
  description = "Version of Aurora PostgreSQL. With a major version such as \"16\", RDS selects the minor version and upgrades it automatically; with \"16.4\", the cluster stays at 16.4. Minimum: 10.6."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[1-9][0-9]*([.][0-9]+([.-].*)?)?$", var.engine_version))
    error_message = "engine_version must be a version such as \"16.4\" or \"16\"."
  }

  validation {
    condition     = !can(regex("^([0-9]|10[.]0*[0-5])([.-].*)?$", var.engine_version))
    error_message = "engine_version must be 10.6 or later, for example \"16.4\": earlier versions of Aurora PostgreSQL do not support logical replication."
  }
}

variable "vpc_id" {
  description = "ID of the cluster's VPC."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "IDs of the cluster's subnets: at least two subnets of the VPC, in different availability zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 2
    error_message = "subnet_ids must contain at least two subnets, in different availability zones: RDS requires two zones."
  }
}

variable "instance_class" {
  description = "DB instance class. The default is for evaluation: AWS advises against T classes in production. \"db.serverless\" requires `serverlessv2_scaling_configuration`."
  type        = string
  default     = "db.t4g.medium"
  nullable    = false
}

variable "serverlessv2_scaling_configuration" {
  description = "Minimum and maximum capacity of the instances, in Aurora capacity units. Required for the instance class \"db.serverless\"."
  type = object({
    min_capacity = number
    max_capacity = number
  })
  default  = null
  nullable = true

  validation {
    condition     = var.instance_class != "db.serverless" || var.serverlessv2_scaling_configuration != null
    error_message = "serverlessv2_scaling_configuration is required for the instance_class \"db.serverless\". Set min_capacity and max_capacity, in Aurora capacity units."
  }
}

variable "readers" {
  description = "Number of readers besides the writer: physical replicas for failover and for queries. Replication always uses the writer. Maximum: 15."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = floor(var.readers) == var.readers && var.readers >= 0 && var.readers <= 15
    error_message = "readers must be a whole number from 0 to 15."
  }
}

variable "database_name" {
  description = "Name of the database that contains the published tables. RDS creates it with the cluster."
  type        = string
  default     = "postgres"
  nullable    = false
}

variable "master_username" {
  description = "Name of the cluster's administrator. RDS generates, stores and rotates the password in Secrets Manager."
  type        = string
  default     = "postgres"
  nullable    = false
}

variable "port" {
  description = "Port of the cluster."
  type        = number
  default     = 5432
  nullable    = false

  validation {
    condition     = floor(var.port) == var.port && var.port >= 1 && var.port <= 65535
    error_message = "port must be a whole number from 1 to 65535."
  }
}

variable "kms_key_id" {
  description = "ARN of the KMS key that encrypts the storage. Default: the AWS managed key for RDS."
  type        = string
  default     = null
  nullable    = true
}

variable "backup_retention_period" {
  description = "Retention of automated backups, in days, from 1 to 35."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition = (
      floor(var.backup_retention_period) == var.backup_retention_period &&
      var.backup_retention_period >= 1 &&
      var.backup_retention_period <= 35
    )
    error_message = "backup_retention_period must be a whole number of days from 1 to 35."
  }
}

variable "publicly_accessible" {
  description = "Whether the cluster also has a public IP address. Its security group still controls the access."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether RDS refuses to delete the cluster. To destroy it, apply `false` first."
  type        = bool
  default     = true
  nullable    = false
}

variable "skip_final_snapshot" {
  description = "Delete the cluster and all of its data without a final snapshot. The name of the final snapshot is `<name>-final-<eight characters>`."
  type        = bool
  default     = false
  nullable    = false
}

variable "apply_immediately" {
  description = "Apply changes immediately instead of in the next maintenance window."
  type        = bool
  default     = false
  nullable    = false
}

variable "subscribers" {
  description = "Number of subscriptions and applications that replicate from this server. Each of them uses a replication slot."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = floor(var.subscribers) == var.subscribers && var.subscribers >= 0
    error_message = "subscribers must be a whole number of at least 0."
  }
}

variable "subscriptions" {
  description = "Number of subscriptions that this server has."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = floor(var.subscriptions) == var.subscriptions && var.subscriptions >= 0
    error_message = "subscriptions must be a whole number of at least 0."
  }
}

variable "tables_synced_at_once" {
  description = "Number of tables that a subscription copies at the same time. Applies to the subscriptions of this server and to those that replicate from it."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = floor(var.tables_synced_at_once) == var.tables_synced_at_once && var.tables_synced_at_once >= 1
    error_message = "tables_synced_at_once must be a whole number of at least 1."
  }
}

variable "dms_tasks" {
  description = "Number of DMS tasks that replicate changes from this server."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = floor(var.dms_tasks) == var.dms_tasks && var.dms_tasks >= 0
    error_message = "dms_tasks must be a whole number of at least 0."
  }
}

variable "spare" {
  description = "Number of additional slots, senders and workers: for physical replicas, for unused slots, and for slots that you create by hand."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.spare) == var.spare && var.spare >= 0
    error_message = "spare must be a whole number of at least 0."
  }
}

variable "parameters" {
  description = "Additional parameters, or values that override the computed ones, by RDS's parameter name. Write booleans as \"1\" and \"0\". `apply_method` is \"immediate\" or \"pending-reboot\". Default of `apply_method`: \"pending-reboot\". Do not set a parameter to RDS's default value with \"immediate\": RDS does not store the apply method of a default value, so Terraform would plan to set it in every run."
  type = map(object({
    value        = string
    apply_method = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for parameter in values(var.parameters) :
      contains(["immediate", "pending-reboot"], coalesce(parameter.apply_method, "immediate"))
    ])
    error_message = "parameters: apply_method must be \"immediate\" or \"pending-reboot\". Omit it for the default."
  }

  validation {
    condition = alltrue([
      for name, parameter in var.parameters : coalesce(parameter.apply_method, "pending-reboot") == "pending-reboot"
      if contains([
        "rds.logical_replication",
        "max_replication_slots",
        "max_wal_senders",
        "max_logical_replication_workers",
        "max_worker_processes",
      ], lower(name))
    ])
    error_message = "parameters: rds.logical_replication, max_replication_slots, max_wal_senders, max_logical_replication_workers and max_worker_processes are static parameters: their apply_method must be \"pending-reboot\"."
  }

  validation {
    condition = alltrue([
      for name, parameter in var.parameters : parameter.value == "1" if lower(name) == "rds.logical_replication"
    ])
    error_message = "parameters: rds.logical_replication must be \"1\", because the server cannot replicate without it. Omit it."
  }

  validation {
    condition     = length(distinct([for name in keys(var.parameters) : lower(name)])) == length(var.parameters)
    error_message = "parameters: each name must be unique, regardless of case: RDS stores parameter names in lower case."
  }
}

variable "tags" {
  description = "Tags of every AWS resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
