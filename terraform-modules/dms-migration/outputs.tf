output "replication_instance_id" {
  description = "Identifier of the replication instance."
  value       = aws_dms_replication_instance.this.replication_instance_id
}

output "replication_instance_arn" {
  description = "ARN of the replication instance."
  value       = aws_dms_replication_instance.this.replication_instance_arn
}

output "replication_task_arn" {
  description = "ARN of the replication task."
  value       = aws_dms_replication_task.this.replication_task_arn
}

output "source_endpoint_arn" {
  description = "ARN of the source endpoint."
  value       = aws_dms_endpoint.source.endpoint_arn
}

output "target_endpoint_arn" {
  description = "ARN of the target endpoint."
  value       = aws_dms_endpoint.target.endpoint_arn
}

output "source_secret_arn" {
  description = "ARN of the secret of DMS's user at the publisher."
  value       = aws_secretsmanager_secret.user["source"].arn
}

output "target_secret_arn" {
  description = "ARN of the secret of DMS's user at the subscriber."
  value       = aws_secretsmanager_secret.user["target"].arn
}

output "security_group_id" {
  description = "ID of the replication instance's security group."
  value       = aws_security_group.replication_instance.id
}

output "tables_without_primary_key" {
  description = "Tables of the publisher without a primary key. DMS cannot replicate UPDATE and DELETE on them."
  value       = postgresql_dms_source.this.tables_without_primary_key
}
