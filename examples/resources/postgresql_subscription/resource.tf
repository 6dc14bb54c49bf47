variable "replication_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "postgresql_subscription" "orders" {
  provider            = postgresql.subscriber
  name                = "orders"
  conninfo            = "host=publisher.example.com dbname=shop user=replication connect_timeout=10"
  password_wo         = var.replication_password
  password_wo_version = "1" # Another value writes the password again, and copies no row.
  publications        = ["orders"]
}
