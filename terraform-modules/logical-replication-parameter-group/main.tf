locals {
  engine_major_version = split(".", var.engine_version)[0]
}

resource "aws_rds_cluster_parameter_group" "this" {
  count = var.engine == "aurora-postgresql" ? 1 : 0

  name_prefix = var.name_prefix
  description = "PostgreSQL logical replication"
  family      = "aurora-postgresql${local.engine_major_version}"
  tags        = var.tags

  dynamic "parameter" {
    for_each = local.replication_parameters

    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = parameter.value.apply_method
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_parameter_group" "this" {
  count = var.engine == "postgres" ? 1 : 0

  name_prefix = var.name_prefix
  description = "PostgreSQL logical replication"
  family      = "postgres${local.engine_major_version}"
  tags        = var.tags

  dynamic "parameter" {
    for_each = local.replication_parameters

    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = parameter.value.apply_method
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# RisingWave's documentation reports lost changes for exactly these versions.
check "write_through_cache" {
  assert {
    condition = (
      var.engine != "aurora-postgresql" ||
      !contains(["11.17", "12.12", "13.8", "14.5"], var.engine_version) ||
      try(local.replication_parameters["rds.logical_wal_cache"].value, "") == "0"
    )
    error_message = "Aurora PostgreSQL ${var.engine_version} may lose replicated changes in its write-through cache. Upgrade it, or disable the cache: parameters = { \"rds.logical_wal_cache\" = { value = \"0\" } }."
  }
}
