locals {
  # The names of tables by schema, without quotes: `my.schema` => ["Log"] for "my.schema".Log.
  tables_by_schema = {
    for parts in [
      for table in var.tables :
      regex("(?s)^(?:\"((?:[^\"]|\"\")+)\"|([^.\"]+))[.](?:\"((?:[^\"]|\"\")+)\"|([^.\"]+))$", table)
    ] :
    replace(coalesce(parts[0], parts[1]), "\"\"", "\"") => replace(coalesce(parts[2], parts[3]), "\"\"", "\"")...
  }

  # Terraform and the subscriber can reach the publisher by different addresses.
  publisher_address = {
    terraform = {
      host = var.publisher_host
      port = var.publisher_port
    }
    subscriber = {
      host = coalesce(var.publisher_host_for_subscriber, var.publisher_host)
      port = coalesce(var.publisher_port_for_subscriber, var.publisher_port)
    }
  }

  # Connection strings of libpq, in which a value is quoted and has its backslashes and quotes escaped.
  conninfo = {
    for client, address in local.publisher_address : client => join(" ", [
      for parameter in [
        ["host", address.host],
        ["port", address.port],
        ["dbname", var.publisher_database],
        ["user", var.name],
        ["sslmode", var.sslmode],
        ["connect_timeout", 10],
      ] :
      "${parameter[0]}='${replace(replace(parameter[1], "\\", "\\\\"), "'", "\\'")}'"
    ])
  }
}

# Publisher

resource "postgresql_role" "replication" {
  provider = postgresql.publisher

  name  = var.name
  login = true
  # On RDS, nobody may set the REPLICATION attribute, not even to false.
  roles               = var.rds_replication ? ["rds_replication"] : null
  replication         = var.rds_replication ? null : true
  password_wo         = var.password
  password_wo_version = var.password_version
}

resource "postgresql_grant" "database" {
  provider = postgresql.publisher

  role        = postgresql_role.replication.name
  database    = var.publisher_database
  object_type = "database"
  privileges  = ["CONNECT"]
}

resource "postgresql_grant" "schemas" {
  for_each = local.tables_by_schema
  provider = postgresql.publisher

  role        = postgresql_role.replication.name
  database    = var.publisher_database
  schema      = each.key
  object_type = "schema"
  privileges  = ["USAGE"]
}

resource "postgresql_grant" "tables" {
  for_each = local.tables_by_schema
  provider = postgresql.publisher

  role        = postgresql_role.replication.name
  database    = var.publisher_database
  schema      = each.key
  object_type = "table"
  objects     = each.value
  privileges  = ["SELECT"]
}

resource "postgresql_publication" "this" {
  provider = postgresql.publisher

  name     = var.name
  database = var.publisher_database
  tables   = var.tables
  # Servers before version 13 reject the parameter with any value.
  publish_via_partition_root_param = var.publish_via_partition_root ? true : null

  depends_on = [
    postgresql_grant.database,
    postgresql_grant.schemas,
    postgresql_grant.tables,
  ]
}

# Subscriber

resource "postgresql_replicated_schema" "this" {
  provider = postgresql.subscriber

  database            = var.subscriber_database
  conninfo            = local.conninfo["terraform"]
  password_wo         = var.password
  password_wo_version = var.password_version
  publications        = [postgresql_publication.this.name]
  drop_on_destroy     = var.drop_tables_on_destroy

  refresh_triggers = {
    tables = jsonencode(postgresql_publication.this.published_tables)
  }
}

resource "postgresql_subscription" "this" {
  provider = postgresql.subscriber

  name                = var.name
  database            = var.subscriber_database
  conninfo            = local.conninfo["subscriber"]
  publisher_conninfo  = local.conninfo["terraform"]
  password_wo         = var.password
  password_wo_version = var.password_version
  publications        = [postgresql_publication.this.name]
  published_tables    = var.tables
  copy_data           = var.copy_data

  refresh_triggers = {
    tables = jsonencode(postgresql_replicated_schema.this.tables)
  }

  depends_on = [postgresql_replicated_schema.this]
}

resource "postgresql_initial_sync" "this" {
  count    = var.wait_for_initial_sync ? 1 : 0
  provider = postgresql.subscriber

  database     = var.subscriber_database
  subscription = postgresql_subscription.this.name

  # Known only after apply if the subscription is replaced or gets new tables: then there are copies to wait for.
  refresh_triggers = {
    tables = jsonencode(postgresql_subscription.this.tables)
  }

  timeouts {
    create = var.initial_sync_timeout
    update = var.initial_sync_timeout
  }

  depends_on = [postgresql_subscription.this]
}

# Check

resource "postgresql_row_count" "publisher" {
  provider = postgresql.publisher

  database = var.publisher_database
  tables   = var.compare_row_counts ? var.tables : []

  triggers = {
    version = var.row_count_version
  }

  depends_on = [
    postgresql_subscription.this,
    postgresql_initial_sync.this,
  ]
}

resource "postgresql_row_count" "subscriber" {
  provider = postgresql.subscriber

  database = var.subscriber_database
  tables   = var.compare_row_counts ? var.tables : []

  triggers = {
    version = var.row_count_version
  }

  depends_on = [
    postgresql_subscription.this,
    postgresql_initial_sync.this,
  ]
}

data "postgresql_replication_status" "slot" {
  provider = postgresql.publisher

  database  = var.publisher_database
  slot_name = postgresql_subscription.this.slot_name

  depends_on = [
    postgresql_subscription.this,
    postgresql_initial_sync.this,
  ]
}

data "postgresql_replication_status" "subscription" {
  provider = postgresql.subscriber

  database     = var.subscriber_database
  subscription = postgresql_subscription.this.name

  depends_on = [
    postgresql_subscription.this,
    postgresql_initial_sync.this,
  ]
}
