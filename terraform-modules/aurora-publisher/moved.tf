# Former addresses: this module used to be generated, with a hash in each resource name.

moved {
  from = aws_db_subnet_group.publisher_subnet_group_4228263A
  to   = aws_db_subnet_group.this
}

moved {
  from = aws_security_group.publisher_security_group_E7E7F374
  to   = aws_security_group.this
}

moved {
  from = terraform_data.publisher_final_snapshot_B8CF49B0
  to   = terraform_data.final_snapshot
}

moved {
  from = aws_rds_cluster_parameter_group.publisher_parameter_group_CC9810A1
  to   = aws_rds_cluster_parameter_group.this
}

moved {
  from = aws_rds_cluster.publisher_cluster_BA726404
  to   = aws_rds_cluster.this
}

moved {
  from = aws_rds_cluster_instance.publisher_writer_880FF0F9
  to   = aws_rds_cluster_instance.writer
}

moved {
  from = aws_rds_cluster_instance.publisher_reader_1_27FCE463
  to   = aws_rds_cluster_instance.reader
}
