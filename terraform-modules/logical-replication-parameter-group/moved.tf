# Former addresses: this module used to be generated, with a hash in each resource name.

moved {
  from = aws_rds_cluster_parameter_group.cluster_group_E845D835
  to   = aws_rds_cluster_parameter_group.this
}

moved {
  from = aws_db_parameter_group.instance_group_15E9BC2A
  to   = aws_db_parameter_group.this
}
