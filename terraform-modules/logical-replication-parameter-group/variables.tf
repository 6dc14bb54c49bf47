variable "engine" {
  description = "Engine of the server: \"aurora-postgresql\" for an Aurora cluster, \"postgres\" for an RDS instance."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["aurora-postgresql", "postgres"], var.engine)
    error_message = "engine must be \"aurora-postgresql\" or \"postgres\"."
  }
}

variable "engine_version" {
  description = "Engine version of the server, for example \"16.4\" or \"16\". Minimum: 10.6 for Aurora PostgreSQL, 10.4 for RDS for PostgreSQL."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[1-9][0-9]*([.][0-9]+([.-].*)?)?$", var.engine_version))
    error_message = "engine_version must be a version such as \"16.4\" or \"16\"."
  }

  validation {
    condition     = var.engine != "aurora-postgresql" || !can(regex("^([0-9]|10[.]0*[0-5])([.-].*)?$", var.engine_version))
    error_message = "engine_version must be 10.6 or later, for example \"16.4\": earlier versions of Aurora PostgreSQL do not support logical replication."
  }

  validation {
    condition     = var.engine != "postgres" || !can(regex("^([0-9]|10[.]0*[0-3])([.-].*)?$", var.engine_version))
    error_message = "engine_version must be 10.4 or later, for example \"16.4\": earlier versions of RDS for PostgreSQL do not support logical replication."
  }
}

variable "name_prefix" {
  description = "Prefix of the parameter group's name."
  type        = string
  default     = "logical-replication-"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*-?$", var.name_prefix))
    error_message = "name_prefix must consist of lower case letters, digits and single hyphens, and start with a letter."
  }
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
