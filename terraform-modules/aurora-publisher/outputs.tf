output "identifier" {
  description = "Identifier of the cluster."
  value       = aws_rds_cluster.this.cluster_identifier
}

output "host" {
  description = "Writer endpoint of the cluster."
  value       = aws_rds_cluster.this.endpoint
}

output "port" {
  description = "Port of the cluster."
  value       = var.port
}

output "database_name" {
  description = "Name of the database that contains the published tables."
  value       = var.database_name
}

output "admin_username" {
  description = "Name of the cluster's administrator."
  value       = var.master_username
}

output "admin_secret_arn" {
  description = "ARN of the Secrets Manager secret with the administrator's `username` and `password`."
  value       = aws_rds_cluster.this.master_user_secret[0].secret_arn
}

output "security_group_id" {
  description = "ID of the cluster's security group, without rules."
  value       = aws_security_group.this.id
}

output "engine_version" {
  description = "Requested version of Aurora PostgreSQL."
  value       = var.engine_version
}

output "parameter_group_name" {
  description = "Name of the cluster's parameter group, with the replication settings."
  value       = aws_rds_cluster_parameter_group.this.name
}

output "static_parameters" {
  description = "Parameters that take effect at the next reboot: values by name. Use them as `refresh_triggers` of `postgresql_rds_logical_replication`."
  value       = local.static_parameters
}
