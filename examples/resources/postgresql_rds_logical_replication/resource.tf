resource "aws_rds_cluster_parameter_group" "logical" {
  name   = "shop-logical"
  family = "aurora-postgresql17"

  parameter {
    name         = "rds.logical_replication"
    value        = "1"
    apply_method = "pending-reboot"
  }
}

# The provider is configured for the cluster's writer endpoint.
resource "postgresql_rds_logical_replication" "shop" {
  cluster_identifier   = "shop"
  parameter_group_name = aws_rds_cluster_parameter_group.logical.name
}
