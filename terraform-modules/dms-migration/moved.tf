# Former addresses: this module used to be generated, with a hash in each resource name.

moved {
  from = aws_secretsmanager_secret.source_secret_A865C4DD
  to   = aws_secretsmanager_secret.user["source"]
}

moved {
  from = aws_secretsmanager_secret_version.source_secret_version_2FED0E05
  to   = aws_secretsmanager_secret_version.user["source"]
}

moved {
  from = aws_iam_role.source_endpoint_secret_access_role_ED2BF927
  to   = aws_iam_role.secret_access["source"]
}

moved {
  from = aws_iam_role_policy.source_endpoint_secret_access_policy_29060637
  to   = aws_iam_role_policy.secret_access["source"]
}

moved {
  from = aws_dms_certificate.source_endpoint_certificate_B8D09B93[0]
  to   = aws_dms_certificate.this["source"]
}

moved {
  from = aws_dms_endpoint.source_endpoint_943E4FB4
  to   = aws_dms_endpoint.source
}

moved {
  from = aws_secretsmanager_secret.target_secret_E220B9D4
  to   = aws_secretsmanager_secret.user["target"]
}

moved {
  from = aws_secretsmanager_secret_version.target_secret_version_30391F26
  to   = aws_secretsmanager_secret_version.user["target"]
}

moved {
  from = aws_iam_role.target_endpoint_secret_access_role_B47B3A75
  to   = aws_iam_role.secret_access["target"]
}

moved {
  from = aws_iam_role_policy.target_endpoint_secret_access_policy_41EC491B
  to   = aws_iam_role_policy.secret_access["target"]
}

moved {
  from = aws_dms_certificate.target_endpoint_certificate_C53FAE66[0]
  to   = aws_dms_certificate.this["target"]
}

moved {
  from = aws_dms_endpoint.target_endpoint_D19E71F7
  to   = aws_dms_endpoint.target
}

moved {
  from = postgresql_role.source_user_role_E8A31091
  to   = postgresql_role.source
}

moved {
  from = postgresql_schema.source_user_own_schema_F8B66B32
  to   = postgresql_schema.source
}

moved {
  from = postgresql_grant.source_user_database_D4A774B4
  to   = postgresql_grant.source_database
}

moved {
  from = postgresql_grant.source_user_own_schema_grant_93C00D22
  to   = postgresql_grant.source_dms_schema
}

moved {
  from = postgresql_grant.source_user_schemas_92EC57F2
  to   = postgresql_grant.source_schemas
}

moved {
  from = postgresql_grant.source_user_tables_FBDB74BA
  to   = postgresql_grant.source_tables
}

moved {
  from = postgresql_role.target_user_role_52A94CF6
  to   = postgresql_role.target
}

moved {
  from = postgresql_schema.target_user_own_schema_29BAE097
  to   = postgresql_schema.target
}

moved {
  from = postgresql_grant.target_user_database_947928A5
  to   = postgresql_grant.target_database
}

moved {
  from = postgresql_grant.target_user_own_schema_grant_A97722CB
  to   = postgresql_grant.target_dms_schema
}

moved {
  from = postgresql_grant.target_user_schemas_9260E9E2
  to   = postgresql_grant.target_schemas
}

moved {
  from = postgresql_grant.target_user_tables_69A4EF7F
  to   = postgresql_grant.target_tables
}

moved {
  from = postgresql_dms_source.ddl_capture
  to   = postgresql_dms_source.this
}

moved {
  from = aws_security_group.replication_instance_group
  to   = aws_security_group.replication_instance
}

moved {
  from = aws_vpc_security_group_egress_rule.egress
  to   = aws_vpc_security_group_egress_rule.replication_instance
}

moved {
  from = aws_vpc_security_group_ingress_rule.publisher_ingress_dms_697C63F3
  to   = aws_vpc_security_group_ingress_rule.publisher
}

moved {
  from = aws_vpc_security_group_ingress_rule.subscriber_ingress_dms_19FD8773
  to   = aws_vpc_security_group_ingress_rule.subscriber
}

moved {
  from = aws_iam_role.dms_roles_dms-vpc-role_ADCEBD07[0]
  to   = aws_iam_role.dms["dms-vpc-role"]
}

moved {
  from = aws_iam_role.dms_roles_dms-cloudwatch-logs-role_8D39C129[0]
  to   = aws_iam_role.dms["dms-cloudwatch-logs-role"]
}

moved {
  from = aws_iam_role_policy_attachment.dms_roles_dms-vpc-role-policy_969F028A[0]
  to   = aws_iam_role_policy_attachment.dms["dms-vpc-role"]
}

moved {
  from = aws_iam_role_policy_attachment.dms_roles_dms-cloudwatch-logs-role-policy_2863CB3D[0]
  to   = aws_iam_role_policy_attachment.dms["dms-cloudwatch-logs-role"]
}

moved {
  from = aws_dms_replication_subnet_group.replication_instance_subnet_group_CE377814
  to   = aws_dms_replication_subnet_group.this
}

moved {
  from = aws_dms_replication_instance.replication_instance_1AD5EAB5
  to   = aws_dms_replication_instance.this
}

moved {
  from = aws_cloudwatch_log_group.log_group_EC5BDD13
  to   = aws_cloudwatch_log_group.this
}

moved {
  from = aws_dms_replication_task.task_B336BBAC
  to   = aws_dms_replication_task.this
}
