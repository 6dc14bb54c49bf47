variable "name" {
  description = "Name of the replication role, the publication, the subscription and its replication slot."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9_]{1,63}$", var.name))
    error_message = "name must consist of 1 to 63 lower case letters, digits and underscores, because it is also the name of a replication slot."
  }
}

variable "publisher_host" {
  description = "Host name or IP address of the publisher. For an Aurora cluster: the writer endpoint."
  type        = string
  nullable    = false

  validation {
    condition     = !can(regex("(?i)[.]cluster-ro-[^.]+[.]", var.publisher_host))
    error_message = "publisher_host must be the writer endpoint (<name>.cluster-<id>.<region>.rds.amazonaws.com): a reader can neither publish nor subscribe."
  }
}

variable "publisher_port" {
  description = "Port of the publisher."
  type        = number
  default     = 5432
  nullable    = false

  validation {
    condition     = floor(var.publisher_port) == var.publisher_port && var.publisher_port >= 1 && var.publisher_port <= 65535
    error_message = "publisher_port must be a whole number from 1 to 65535."
  }
}

variable "publisher_host_for_subscriber" {
  description = "Host name or IP address of the publisher as the subscriber reaches it. Default: `publisher_host`."
  type        = string
  default     = null
  nullable    = true
}

variable "publisher_port_for_subscriber" {
  description = "Port of the publisher as the subscriber reaches it. Default: `publisher_port`."
  type        = number
  default     = null
  nullable    = true
}

variable "publisher_database" {
  description = "Name of the publisher's database, which contains the tables."
  type        = string
  default     = "postgres"
  nullable    = false
}

variable "subscriber_database" {
  description = "Name of the subscriber's database, into which the tables are replicated."
  type        = string
  default     = "postgres"
  nullable    = false
}

variable "tables" {
  description = "Tables to replicate, as `schema.table`. Put a part of a name that contains a dot in double quotes. The tables must exist at the publisher, and their names must be known at plan."
  type        = list(string)
  nullable    = false

  validation {
    condition = alltrue([
      for table in var.tables :
      can(regex("(?s)^(?:\"((?:[^\"]|\"\")+)\"|([^.\"]+))[.](?:\"((?:[^\"]|\"\")+)\"|([^.\"]+))$", table))
    ])
    error_message = "tables must contain names with their schema, for example \"public.orders\". Put a part of a name that contains a dot in double quotes, for example \"\\\"my.schema\\\".orders\"."
  }
}

variable "password" {
  description = "Password of the replication role."
  type        = string
  nullable    = false
  sensitive   = true
  ephemeral   = true
}

variable "password_version" {
  description = "Arbitrary version string. Change it to write a new `password` to both servers. No rows are copied again."
  type        = string
  default     = "1"
  nullable    = false
}

variable "sslmode" {
  description = "TLS mode of the connections to the publisher: libpq's `sslmode`."
  type        = string
  default     = "require"
  nullable    = false

  validation {
    condition     = contains(["disable", "allow", "prefer", "require", "verify-ca", "verify-full"], var.sslmode)
    error_message = "sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full."
  }
}

variable "rds_replication" {
  description = "Grant the replication role membership in `rds_replication` instead of the REPLICATION attribute. Required for Aurora and RDS."
  type        = bool
  default     = false
  nullable    = false
}

variable "publish_via_partition_root" {
  description = "Publish the changes of partitions as changes of their partitioned table. Otherwise, `tables` must contain the partitions. Requires PostgreSQL 13 or later."
  type        = bool
  default     = false
  nullable    = false
}

variable "copy_data" {
  description = "Copy existing rows before replicating changes. Also applies to tables that you add later. If false, the subscriber must already have the rows, and the publisher must not be written to until the subscription exists."
  type        = bool
  default     = true
  nullable    = false
}

variable "wait_for_initial_sync" {
  description = "Wait for the initial copy of every table to finish. If the timeout expires, the copy continues in the background, and the next apply resumes waiting."
  type        = bool
  default     = true
  nullable    = false
}

variable "initial_sync_timeout" {
  description = "Timeout of the wait for the initial copy, for example \"30m\" or \"1h30m\"."
  type        = string
  default     = "60m"
  nullable    = false

  validation {
    condition     = can(regex("^([0-9]+(h|m|s|ms))+$", var.initial_sync_timeout))
    error_message = "initial_sync_timeout must be a duration, for example \"30m\" or \"1h30m\"."
  }
}

variable "drop_tables_on_destroy" {
  description = "Drop the tables that this module created at the subscriber when the replication is destroyed."
  type        = bool
  default     = false
  nullable    = false
}

variable "compare_row_counts" {
  description = "Count the rows of the tables on both sides: on the first apply, and when `tables` or `row_count_version` change. The servers read the tables in full: set this to false if they are too large for that."
  type        = bool
  default     = true
  nullable    = false
}

variable "row_count_version" {
  description = "Arbitrary version string. Change it to count the rows again."
  type        = string
  default     = "1"
  nullable    = false
}
