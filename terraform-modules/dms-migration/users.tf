# DMS's users at both servers: their secrets, and their privileges.

locals {
  users = {
    source = {
      name     = "${replace(var.name, "-", "_")}_source"
      server   = "publisher"
      host     = var.publisher.host
      port     = var.publisher.port
      database = var.publisher.database
    }
    target = {
      name     = "${replace(var.name, "-", "_")}_target"
      server   = "subscriber"
      host     = var.subscriber.host
      port     = var.subscriber.port
      database = var.subscriber.database
    }
  }

  # Tables that the migration selects, by schema. An empty list stands for all tables of the schema.
  included_tables = {
    for rule in var.table_mappings.selection : rule.schema_name => rule.table_name... if rule.rule_action != "exclude"
  }
  source_tables = {
    for schema, tables in local.included_tables :
    schema => anytrue([for table in tables : strcontains(table, "%")]) ? tolist([]) : distinct(tables)
  }

  target_tables = var.existing_tables != null ? var.existing_tables : {
    for schema in ["public"] : schema => [] if contains(keys(local.source_tables), schema)
  }
}

# Passwords

resource "aws_secretsmanager_secret" "user" {
  for_each = local.users

  name_prefix = "${var.name}-${each.key}-"
  description = "Credentials of the role that DMS connects to the ${each.value.server} as."
  # The password is worthless after the destroy, which also drops the role.
  recovery_window_in_days = 0
  tags                    = var.tags
}

ephemeral "aws_secretsmanager_random_password" "user" {
  for_each = local.users

  password_length     = 32
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret_version" "user" {
  for_each = local.users

  secret_id = aws_secretsmanager_secret.user[each.key].id
  secret_string_wo = jsonencode({
    username = each.value.name
    host     = each.value.host
    port     = each.value.port
    dbname   = each.value.database
    password = ephemeral.aws_secretsmanager_random_password.user[each.key].random_password
  })
  secret_string_wo_version = var.password_version
}

# Every run generates a random password, and only a new password_version stores it: the roles need the stored password.
ephemeral "aws_secretsmanager_secret_version" "user" {
  for_each = local.users

  secret_id  = aws_secretsmanager_secret.user[each.key].id
  version_id = aws_secretsmanager_secret_version.user[each.key].version_id
}

# Publisher

resource "postgresql_role" "source" {
  provider = postgresql.publisher

  name                = local.users["source"].name
  login               = true
  roles               = ["rds_replication"]
  password_wo         = jsondecode(ephemeral.aws_secretsmanager_secret_version.user["source"].secret_string).password
  password_wo_version = var.password_version
}

resource "postgresql_schema" "source" {
  provider = postgresql.publisher

  name     = local.dms_schema
  database = var.publisher.database
  # The destroy drops the schema with its contents, so it must not exist before.
  if_not_exists = false
  drop_cascade  = true

  # Drop the schema before the role, which owns objects in it.
  depends_on = [postgresql_role.source]
}

resource "postgresql_grant" "source_database" {
  provider = postgresql.publisher

  role        = postgresql_role.source.name
  database    = var.publisher.database
  object_type = "database"
  privileges  = ["CONNECT"]
}

resource "postgresql_grant" "source_dms_schema" {
  provider = postgresql.publisher

  role        = postgresql_role.source.name
  database    = var.publisher.database
  schema      = postgresql_schema.source.name
  object_type = "schema"
  privileges  = ["CREATE", "USAGE"]
}

resource "postgresql_grant" "source_schemas" {
  for_each = toset(keys(local.source_tables))
  provider = postgresql.publisher

  role        = postgresql_role.source.name
  database    = var.publisher.database
  schema      = each.key
  object_type = "schema"
  privileges  = ["USAGE"]
}

resource "postgresql_grant" "source_tables" {
  for_each = local.source_tables
  provider = postgresql.publisher

  role        = postgresql_role.source.name
  database    = var.publisher.database
  schema      = each.key
  object_type = "table"
  objects     = each.value
  privileges  = ["SELECT"]
}

resource "postgresql_dms_source" "this" {
  provider = postgresql.publisher

  database = var.publisher.database
  schema   = postgresql_schema.source.name
  username = postgresql_role.source.name

  depends_on = [
    postgresql_grant.source_database,
    postgresql_grant.source_dms_schema,
    postgresql_grant.source_schemas,
    postgresql_grant.source_tables,
  ]
}

# Subscriber

resource "postgresql_role" "target" {
  provider = postgresql.subscriber

  name                = local.users["target"].name
  login               = true
  password_wo         = jsondecode(ephemeral.aws_secretsmanager_secret_version.user["target"].secret_string).password
  password_wo_version = var.password_version
}

resource "postgresql_schema" "target" {
  provider = postgresql.subscriber

  name     = local.dms_schema
  database = var.subscriber.database
  # The destroy drops the schema with its contents, so it must not exist before.
  if_not_exists = false
  drop_cascade  = true

  # Drop the schema before the role, which owns objects in it.
  depends_on = [postgresql_role.target]
}

resource "postgresql_grant" "target_database" {
  provider = postgresql.subscriber

  role        = postgresql_role.target.name
  database    = var.subscriber.database
  object_type = "database"
  privileges  = ["CONNECT", "CREATE"]
}

resource "postgresql_grant" "target_dms_schema" {
  provider = postgresql.subscriber

  role        = postgresql_role.target.name
  database    = var.subscriber.database
  schema      = postgresql_schema.target.name
  object_type = "schema"
  privileges  = ["CREATE", "USAGE"]
}

resource "postgresql_grant" "target_schemas" {
  for_each = toset(keys(local.target_tables))
  provider = postgresql.subscriber

  role        = postgresql_role.target.name
  database    = var.subscriber.database
  schema      = each.key
  object_type = "schema"
  privileges  = ["CREATE", "USAGE"]
}

resource "postgresql_grant" "target_tables" {
  for_each = { for schema, tables in local.target_tables : schema => tables if length(tables) > 0 }
  provider = postgresql.subscriber

  role        = postgresql_role.target.name
  database    = var.subscriber.database
  schema      = each.key
  object_type = "table"
  objects     = each.value
  privileges  = ["DELETE", "INSERT", "SELECT", "TRUNCATE", "UPDATE"]
}
