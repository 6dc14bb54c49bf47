variable "dms_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "postgresql_role" "dms" {
  name                = "dms"
  login               = true
  replication         = true # On Aurora and RDS: roles = ["rds_superuser", "rds_replication"]
  password_wo         = var.dms_password
  password_wo_version = "1"
}

resource "postgresql_dms_source" "shop" {
  database = "shop"
  username = postgresql_role.dms.name
}
