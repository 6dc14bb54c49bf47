variable "replication_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "postgresql_replicated_schema" "orders" {
  provider            = postgresql.subscriber
  conninfo            = "host=publisher.example.com dbname=shop user=replication connect_timeout=10"
  password_wo         = var.replication_password
  password_wo_version = "1"
  publications        = ["orders"]
}
