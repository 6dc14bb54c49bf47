variable "archive_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

# The mapping for all roles without one.
resource "postgresql_user_mapping" "archive" {
  user_name           = "PUBLIC"
  server_name         = "archive"
  options             = { user = "reader" }
  password_wo         = var.archive_password
  password_wo_version = "1"
}
