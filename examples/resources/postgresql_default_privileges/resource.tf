# Tables that migrations add later can be read too.
resource "postgresql_default_privileges" "reader" {
  role        = "replication"
  database    = "shop"
  owner       = "postgres"
  schema      = "public"
  object_type = "table"
  privileges  = ["SELECT"]
}
