variable "replication_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "postgresql_role" "replication" {
  name                = "replication"
  login               = true
  replication         = true # On Aurora and RDS: roles = ["rds_replication"]
  password_wo         = var.replication_password
  password_wo_version = "1"
}
