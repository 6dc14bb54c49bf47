resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "PostgreSQL server ${var.name}"
  subnet_ids  = var.subnet_ids
  tags        = var.tags
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "PostgreSQL server ${var.name}"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_rds_cluster_parameter_group" "this" {
  name_prefix = "${var.name}-"
  description = "PostgreSQL logical replication"
  family      = "aurora-postgresql${split(".", var.engine_version)[0]}"
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
      !contains(["11.17", "12.12", "13.8", "14.5"], var.engine_version) ||
      try(local.replication_parameters["rds.logical_wal_cache"].value, "") == "0"
    )
    error_message = "Aurora PostgreSQL ${var.engine_version} may lose replicated changes in its write-through cache. Upgrade it, or disable the cache: parameters = { \"rds.logical_wal_cache\" = { value = \"0\" } }."
  }
}

# Makes the name of the final snapshot unique for each cluster: RDS rejects the name of an existing snapshot. A change of
# one of these values replaces the cluster.
resource "terraform_data" "final_snapshot" {
  triggers_replace = {
    name           = var.name
    kmsKeyId       = var.kms_key_id
    masterUsername = var.master_username
    databaseName   = var.database_name
  }
}

resource "aws_rds_cluster" "this" {
  cluster_identifier = var.name
  engine             = "aurora-postgresql"
  engine_version     = var.engine_version
  # The database postgres always exists.
  database_name                   = var.database_name == "postgres" ? null : var.database_name
  port                            = var.port
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this.name

  master_username             = var.master_username
  manage_master_user_password = true

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]

  storage_encrypted         = true
  kms_key_id                = var.kms_key_id
  backup_retention_period   = var.backup_retention_period
  copy_tags_to_snapshot     = true
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = var.skip_final_snapshot
  final_snapshot_identifier = "${var.name}-final-${substr(terraform_data.final_snapshot.id, 0, 8)}"
  apply_immediately         = var.apply_immediately
  tags                      = var.tags

  dynamic "serverlessv2_scaling_configuration" {
    for_each = var.serverlessv2_scaling_configuration[*]

    content {
      min_capacity = serverlessv2_scaling_configuration.value.min_capacity
      max_capacity = serverlessv2_scaling_configuration.value.max_capacity
    }
  }
}

locals {
  # With automatic upgrades, RDS would leave the minor version of the configuration, and Terraform would plan to go back.
  auto_minor_version_upgrade = can(regex("^[0-9]+$", var.engine_version))
}

resource "aws_rds_cluster_instance" "writer" {
  identifier                 = "${var.name}-1"
  cluster_identifier         = aws_rds_cluster.this.id
  engine                     = aws_rds_cluster.this.engine
  instance_class             = var.instance_class
  promotion_tier             = 0
  publicly_accessible        = var.publicly_accessible
  auto_minor_version_upgrade = local.auto_minor_version_upgrade
  copy_tags_to_snapshot      = true
  apply_immediately          = var.apply_immediately
  tags                       = var.tags
}

resource "aws_rds_cluster_instance" "reader" {
  count = var.readers

  identifier                 = "${var.name}-${count.index + 2}"
  cluster_identifier         = aws_rds_cluster.this.id
  engine                     = aws_rds_cluster.this.engine
  instance_class             = var.instance_class
  promotion_tier             = count.index + 1
  publicly_accessible        = var.publicly_accessible
  auto_minor_version_upgrade = local.auto_minor_version_upgrade
  copy_tags_to_snapshot      = true
  apply_immediately          = var.apply_immediately
  tags                       = var.tags

  # The first instance of a cluster becomes its writer.
  depends_on = [aws_rds_cluster_instance.writer]
}
