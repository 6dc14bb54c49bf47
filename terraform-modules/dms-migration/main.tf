locals {
  # Schema of DMS's control tables at the subscriber, and of its heartbeat and DDL capture objects at the publisher.
  dms_schema = "awsdms"
}

# Network

resource "aws_security_group" "replication_instance" {
  name_prefix = "${var.name}-"
  description = "The replication instance of AWS DMS."
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_egress_rule" "replication_instance" {
  security_group_id = aws_security_group.replication_instance.id
  description       = "Servers, Secrets Manager, CloudWatch"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
  tags              = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "publisher" {
  security_group_id            = var.publisher.security_group_id
  referenced_security_group_id = aws_security_group.replication_instance.id
  ip_protocol                  = "tcp"
  from_port                    = var.publisher.port
  to_port                      = var.publisher.port
  tags                         = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "subscriber" {
  # A variable decides, because the IDs of the groups may be unknown at plan, and count must be known.
  count = var.shared_security_group ? 0 : 1

  security_group_id            = var.subscriber.security_group_id
  referenced_security_group_id = aws_security_group.replication_instance.id
  ip_protocol                  = "tcp"
  from_port                    = var.subscriber.port
  to_port                      = var.subscriber.port
  tags                         = var.tags
}

# Replication instance

resource "aws_dms_replication_subnet_group" "this" {
  replication_subnet_group_id          = var.name
  replication_subnet_group_description = "Replication instance ${var.name}"
  subnet_ids                           = var.subnet_ids
  tags                                 = var.tags

  # DMS needs its roles to create the group, and until it has deleted it.
  depends_on = [
    aws_iam_role_policy_attachment.dms,
    aws_vpc_security_group_egress_rule.replication_instance,
    aws_vpc_security_group_ingress_rule.publisher,
    aws_vpc_security_group_ingress_rule.subscriber,
  ]
}

resource "aws_dms_replication_instance" "this" {
  replication_instance_id      = var.name
  replication_instance_class   = var.replication_instance_class
  engine_version               = var.replication_engine_version
  auto_minor_version_upgrade   = false
  allow_major_version_upgrade  = true
  apply_immediately            = var.apply_immediately
  preferred_maintenance_window = var.preferred_maintenance_window

  allocated_storage = var.allocated_storage
  kms_key_arn       = var.kms_key_arn

  multi_az                    = var.multi_az
  availability_zone           = var.availability_zone
  replication_subnet_group_id = aws_dms_replication_subnet_group.this.id
  vpc_security_group_ids      = [aws_security_group.replication_instance.id]
  publicly_accessible         = false

  tags = var.tags

  depends_on = [
    aws_iam_role_policy_attachment.dms,
    aws_vpc_security_group_egress_rule.replication_instance,
    aws_vpc_security_group_ingress_rule.publisher,
    aws_vpc_security_group_ingress_rule.subscriber,
  ]

  lifecycle {
    # The publisher's zone changes with a failover, which must not replace the instance.
    ignore_changes = [availability_zone]
  }
}

# Endpoints

resource "aws_dms_certificate" "this" {
  for_each = { for endpoint_type, user in local.users : endpoint_type => user if var.certificate_pem != null }

  certificate_id  = "${var.name}-${each.key}"
  certificate_pem = var.certificate_pem
  tags            = var.tags
}

# The AWS provider plans changes of postgres_settings, but does not send them to DMS, so it would plan them in every run:
# https://github.com/hashicorp/terraform-provider-aws/issues/35834. It does send changes of extra_connection_attributes,
# which are the same settings. So the block sets them at creation, and the attribute changes them.

resource "aws_dms_endpoint" "source" {
  endpoint_id   = "${var.name}-source"
  endpoint_type = "source"
  engine_name   = var.publisher.engine
  database_name = var.publisher.database

  secrets_manager_arn             = aws_secretsmanager_secret.user["source"].arn
  secrets_manager_access_role_arn = aws_iam_role.secret_access["source"].arn

  ssl_mode        = var.certificate_pem == null ? "require" : "verify-full"
  certificate_arn = var.certificate_pem == null ? null : aws_dms_certificate.this["source"].certificate_arn

  # DMS does not modify the endpoint of a running task.
  pause_replication_tasks = true

  postgres_settings {
    capture_ddls                 = true
    ddl_artifacts_schema         = local.dms_schema
    fail_tasks_on_lob_truncation = true
    heartbeat_enable             = true
    heartbeat_frequency          = 5
    heartbeat_schema             = local.dms_schema
    plugin_name                  = "test_decoding"
    execute_timeout              = 60
    map_boolean_as_boolean       = true
    map_jsonb_as_clob            = false
    map_long_varchar_as          = "wstring"
    max_file_size                = 32768
  }

  extra_connection_attributes = join(";", [
    "CaptureDdls=true",
    "DdlArtifactsSchema=${local.dms_schema}",
    "FailTasksOnLobTruncation=true",
    "HeartbeatEnable=true",
    "HeartbeatFrequency=5",
    "HeartbeatSchema=${local.dms_schema}",
    "PluginName=test_decoding",
    "ExecuteTimeout=60",
    "MapBooleanAsBoolean=true",
    "MapJsonbAsClob=false",
    "MapLongVarcharAs=wstring",
    "MaxFileSize=32768",
  ])

  tags = var.tags

  depends_on = [
    aws_iam_role_policy.secret_access,
    postgresql_grant.source_database,
    postgresql_grant.source_dms_schema,
    postgresql_grant.source_schemas,
    postgresql_grant.source_tables,
    postgresql_dms_source.this,
  ]

  lifecycle {
    ignore_changes = [postgres_settings]
  }
}

resource "aws_dms_endpoint" "target" {
  endpoint_id   = "${var.name}-target"
  endpoint_type = "target"
  engine_name   = var.subscriber.engine
  database_name = var.subscriber.database

  secrets_manager_arn             = aws_secretsmanager_secret.user["target"].arn
  secrets_manager_access_role_arn = aws_iam_role.secret_access["target"].arn

  ssl_mode        = var.certificate_pem == null ? "require" : "verify-full"
  certificate_arn = var.certificate_pem == null ? null : aws_dms_certificate.this["target"].certificate_arn

  # DMS does not modify the endpoint of a running task.
  pause_replication_tasks = true

  postgres_settings {
    execute_timeout        = 60
    map_boolean_as_boolean = true
    map_jsonb_as_clob      = false
    map_long_varchar_as    = "wstring"
    max_file_size          = 32768
  }

  extra_connection_attributes = join(";", [
    "ExecuteTimeout=60",
    "MapBooleanAsBoolean=true",
    "MapJsonbAsClob=false",
    "MapLongVarcharAs=wstring",
    "MaxFileSize=32768",
  ])

  tags = var.tags

  depends_on = [
    aws_iam_role_policy.secret_access,
    postgresql_grant.target_database,
    postgresql_grant.target_dms_schema,
    postgresql_grant.target_schemas,
    postgresql_grant.target_tables,
  ]

  lifecycle {
    ignore_changes = [postgres_settings]
  }
}

# Task

resource "aws_cloudwatch_log_group" "this" {
  # DMS's name for the log group of an instance's tasks.
  name              = "dms-tasks-${aws_dms_replication_instance.this.replication_instance_id}"
  retention_in_days = var.log_retention_in_days
  tags              = var.tags
}

resource "aws_dms_replication_task" "this" {
  replication_task_id       = var.name
  migration_type            = var.migration_type
  cdc_start_position        = var.cdc_start_position
  replication_instance_arn  = aws_dms_replication_instance.this.replication_instance_arn
  source_endpoint_arn       = aws_dms_endpoint.source.endpoint_arn
  target_endpoint_arn       = aws_dms_endpoint.target.endpoint_arn
  table_mappings            = local.table_mappings
  replication_task_settings = local.task_settings
  start_replication_task    = var.start_replication_task
  tags                      = var.tags

  # DMS would create the log group without a retention.
  depends_on = [aws_cloudwatch_log_group.this]
}
