data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

# Roles that DMS finds by name, one of each for the account.
resource "aws_iam_role" "dms" {
  for_each = var.create_dms_roles ? toset(["dms-vpc-role", "dms-cloudwatch-logs-role"]) : []

  name        = each.key
  description = "AWS Database Migration Service requires this name."
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "dms.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # Only for this account, in any region.
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id }
        ArnLike = {
          "aws:SourceArn" = "arn:${data.aws_partition.this.partition}:dms:*:${data.aws_caller_identity.this.account_id}:*"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "dms" {
  for_each = var.create_dms_roles ? {
    "dms-vpc-role"             = "AmazonDMSVPCManagementRole"
    "dms-cloudwatch-logs-role" = "AmazonDMSCloudWatchLogsRole"
  } : {}

  role       = aws_iam_role.dms[each.key].name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/${each.value}"
}

# Roles by which DMS reads the secrets of its users.
resource "aws_iam_role" "secret_access" {
  for_each = local.users

  name_prefix = "dms-secret-"
  description = "Allows AWS Database Migration Service to read the password of a server."
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      # For secrets, the regional service assumes the role.
      Principal = { Service = "dms.${data.aws_region.this.id}.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "secret_access" {
  for_each = local.users

  name = "read-secret"
  role = aws_iam_role.secret_access[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
      Resource = aws_secretsmanager_secret.user[each.key].arn
    }]
  })
}
