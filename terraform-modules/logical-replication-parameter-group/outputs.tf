output "name" {
  description = "Name of the parameter group."
  value       = one(concat(aws_rds_cluster_parameter_group.this[*].name, aws_db_parameter_group.this[*].name))
}

output "family" {
  description = "Parameter group family."
  value       = one(concat(aws_rds_cluster_parameter_group.this[*].family, aws_db_parameter_group.this[*].family))
}

output "static_parameters" {
  description = "Parameters that take effect at the next reboot: values by name."
  value       = local.static_parameters
}
